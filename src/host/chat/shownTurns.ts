import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { ConversationSummary, StoredTurn } from '../../engine/ports';
import type { Change } from '../../protocol/chat';
import type { TurnPatch, TurnView } from '../../protocol/turn';
import type { Translate } from '../translate';
import type { ConversationRecord } from './conversationRecord';
import type { QuestionQueue } from './questionQueue';
import type { SessionCompaction } from './sessionCompaction';
import { SessionViews } from './sessionViews';
import type { SessionWork } from './sessionWork';
import { fromStored } from './turn';
import type { Turn } from './turn';
import { TurnDeletions } from './turnDeletions';
import { TurnTree } from './turnTree';

interface ShownTurnsDeps {
  readonly translate: Translate;
  readonly record: ConversationRecord;
  readonly work: SessionWork;
  readonly queue: Pick<QuestionQueue, 'isEmpty'>;
  readonly compaction: Pick<SessionCompaction, 'viewOf'>;
}

/** A conversation's turns, of which one path is shown, and the news of them. */
export class ShownTurns extends Disposable {
  readonly #deps: ShownTurnsDeps;
  readonly #views: SessionViews;
  readonly #onChange = this._register(new Emitter<Change>());
  readonly #onReplaced = this._register(new Emitter<void>());
  readonly deletions: TurnDeletions;
  #tree: TurnTree<Turn>;

  /** Of the turns that are shown and of the session's own fields. */
  readonly onChange = this.#onChange.event;
  /** Other turns are shown: everything is to be read again. */
  readonly onReplaced = this.#onReplaced.event;

  constructor(turns: readonly Turn[], deps: ShownTurnsDeps) {
    super();
    this.#deps = deps;
    const { record, work } = deps;
    this.#tree = new TurnTree(turns, record.value.head);
    const tree = () => this.#tree;
    this.#views = new SessionViews({ ...deps, tree, isBusy: () => work.isBusy });
    this.deletions = new TurnDeletions({ record, work, tree, changed: () => this.replaced() });
  }

  get tree(): TurnTree<Turn> {
    return this.#tree;
  }

  views(): TurnView[] {
    return this.#tree.path.map((turn) => this.#views.of(turn));
  }

  /** Into the tree; to be told when it is under way. */
  add(turn: Turn): void {
    this.#tree.add(turn);
    this.#rememberHead();
  }

  /** `before`: what was shown before it came. */
  tellAdded(turn: Turn, before: readonly Turn[]): void {
    for (const left of before) if (!this.#tree.isShown(left)) this.#tellRemoved(left);
    const previous = this.#tree.path.at(-2);
    if (previous) this.patch(previous, this.#views.notLast(previous));
    this.tell({ kind: 'turnAdded', turn: this.#views.of(turn) });
  }

  /** Gives way to another, here and in the store. */
  drop(turn: Turn): void {
    this.#tree.remove(turn);
    this.#tellRemoved(turn);
    void this.deletions.deleteStored(turn);
  }

  show(turn: Turn): void {
    this.#tree.show(turn);
    this.replaced();
  }

  replaced(): void {
    this.#rememberHead();
    this.#onReplaced.fire();
  }

  /** What the store has now; where that is another, by another window's hand, it is shown instead. */
  follow(conversation: ConversationSummary, stored: readonly StoredTurn[]): void {
    const { record } = this.#deps;
    const turns = stored.map((turn) => fromStored(turn));
    const tree = new TurnTree(turns, conversation.head);
    this.deletions.hideIn(tree);
    if (fingerprint(conversation, tree) === fingerprint(record.value, this.#tree)) return;
    record.replace(conversation);
    this.#tree = tree;
    this.#onReplaced.fire();
    this.tellSession({ title: conversation.title });
  }

  tell(change: Change): void {
    this.#onChange.fire(change);
  }

  tellSession(session: Extract<Change, { kind: 'session' }>['session']): void {
    this.tell({ kind: 'session', session });
  }

  patch(turn: Turn, patch: TurnPatch): void {
    if (this.#tree.isShown(turn)) this.tell({ kind: 'turn', turnId: turn.id, patch });
  }

  tellEnded(turn: Turn): void {
    this.patch(turn, this.#views.ended(turn));
  }

  /** What stands below the last turn is another: questions wait, or do no more. */
  tellEndNote(): void {
    const { last } = this.#tree;
    if (last) this.patch(last, { endNote: this.#views.endNote(last) });
  }

  tellCompaction(turnIds: readonly string[]): void {
    for (const id of turnIds) {
      const turn = this.#tree.find(id);
      if (turn) this.patch(turn, { compaction: this.#deps.compaction.viewOf(turn) ?? null });
    }
  }

  #tellRemoved({ id }: Turn): void {
    this.tell({ kind: 'turnRemoved', turnId: id });
  }

  #rememberHead(): void {
    const { record } = this.#deps;
    const { head } = this.#tree;
    if (head !== record.value.head) record.change({ head });
  }
}

/** Tells two states of a conversation apart, as far as they are shown. */
function fingerprint({ title, compaction }: ConversationSummary, tree: TurnTree<Turn>): string {
  const turns = [...tree.all].map(({ id, phase, text, feedback }) => [
    id,
    phase.kind,
    phase.kind === 'interrupted' && phase.elsewhere,
    text.length,
    feedback,
  ]);
  return JSON.stringify([title, compaction?.at, tree.last?.id, turns]);
}
