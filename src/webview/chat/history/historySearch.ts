import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import type { Event } from '../../../base/event';
import type { ChatToHost } from '../../../protocol/chatToHost';
import { MAX_HISTORY_ITEMS } from '../../../protocol/history';
import type { HistoryItem, HistoryScope } from '../../../protocol/history';
import type { HistoryAnswer } from '../hostLink';

/** After the last key, ms. */
const SEARCH_DELAY_MS = 150;
/** An answer that takes longer is not coming, ms. */
const ANSWER_LIMIT_MS = 15_000;

type HistoryState =
  | { readonly kind: 'loading' }
  /** `query`: what these were found with; the field may be ahead of it. */
  | { readonly kind: 'list'; readonly items: readonly HistoryItem[]; readonly query: string }
  /** `text`: empty where the host said nothing. */
  | { readonly kind: 'problem'; readonly text: string };

/** Where answers come from. */
interface HistorySource {
  readonly onHistory: Event<HistoryAnswer>;
  readonly onHistoryChanged: Event<void>;
}

/**
 * The list of conversations as it is asked of the host: what is typed counts once the keys rest, only the answer to the newest
 * question does, and until it is there the list before it stays. Asks nothing while it is closed.
 */
export class HistorySearch extends Disposable {
  readonly #post: (message: ChatToHost) => void;
  readonly #clock: Clock;
  readonly #changed = this._register(new Emitter<void>());
  #isOpen = false;
  #query = '';
  #scope: HistoryScope = 'workspace';
  #state: HistoryState = { kind: 'loading' };
  /** The newest question. */
  #requestId = 0;
  #askedQuery = '';
  /** That one is. */
  #isAnswered = false;
  /** The keys' rest. */
  #rest: DisposableLike | undefined;
  /** The limit of the question under way. */
  #limit: DisposableLike | undefined;

  readonly onChange = this.#changed.event;

  constructor(source: HistorySource, post: (message: ChatToHost) => void, clock: Clock) {
    super();
    this.#post = post;
    this.#clock = clock;
    this._register(source.onHistory((answer) => this.#take(answer)));
    this._register(source.onHistoryChanged(() => this.#isOpen && this.ask()));
    this._register({ dispose: () => this.#stopWaiting() });
  }

  get query(): string {
    return this.#query;
  }

  get scope(): HistoryScope {
    return this.#scope;
  }

  get state(): HistoryState {
    return this.#state;
  }

  /** Whether the list is what the field and the scope ask for; else that is still to come. */
  get isUpToDate(): boolean {
    return this.#isAnswered && this.#askedQuery === this.#query.trim();
  }

  /** Starts with everything in the scope that was last looked at. */
  open(): void {
    this.#isOpen = true;
    this.#query = '';
    this.#state = { kind: 'loading' };
    this.ask();
  }

  close(): void {
    this.#isOpen = false;
    this.#stopWaiting();
  }

  setQuery(query: string): void {
    this.#query = query;
    this.#rest?.dispose();
    this.#rest = this.#clock.setTimeout(() => this.ask(), SEARCH_DELAY_MS);
    this.#changed.fire();
  }

  setScope(scope: HistoryScope): void {
    if (scope === this.#scope) return;
    this.#scope = scope;
    this.ask();
  }

  /** Asks now. */
  ask(): void {
    this.#stopWaiting();
    this.#requestId++;
    this.#askedQuery = this.#query.trim();
    this.#isAnswered = false;
    if (this.#state.kind === 'problem') this.#state = { kind: 'loading' };
    this.#post({
      type: 'history',
      requestId: this.#requestId,
      query: this.#askedQuery,
      scope: this.#scope,
    });
    this.#limit = this.#clock.setTimeout(() => {
      this.#state = { kind: 'problem', text: '' };
      this.#changed.fire();
    }, ANSWER_LIMIT_MS);
    this.#changed.fire();
  }

  #take({ requestId, items, problem }: HistoryAnswer): void {
    if (!this.#isOpen || requestId !== this.#requestId) return;
    const query = this.#askedQuery;
    this.#isAnswered = true;
    this.#limit?.dispose();
    this.#state =
      problem === undefined
        ? { kind: 'list', items: items.slice(0, MAX_HISTORY_ITEMS), query }
        : { kind: 'problem', text: problem };
    this.#changed.fire();
  }

  #stopWaiting(): void {
    this.#rest?.dispose();
    this.#limit?.dispose();
  }
}
