import { Emitter } from '../../base/event';
import type { TurnPatch, TurnView, TurnViewState } from '../../protocol/turn';
import { MarkdownBody } from './markdownBody';
import type { BodyDeps } from './markdownBody';
import { merged } from '../shared/merged';
import { TurnUi } from './turn/turnUi';

/** A turn without its texts: those go to the page past the components. */
export type TurnFacts = Omit<TurnView, 'text' | 'thinking'>;

/** One question and its answer, as far as the panel has them. */
export class TurnModel {
  readonly answer: MarkdownBody;
  readonly ui = new TurnUi();
  readonly #facts = new Emitter<void>();
  readonly #thinkingGrew = new Emitter<string | undefined>();
  #view: TurnFacts;
  #thinking: string;
  /** Monotonic ms between the first thinking seen here and the first text; `undefined` where that was not seen. */
  #thinkingTime: { readonly from: number; readonly to: number | undefined } | undefined;

  /** Anything but the texts changed, or the first text came. */
  readonly onFacts = this.#facts.event;
  /** Thinking that was added; `undefined`: it is another text. */
  readonly onThinking = this.#thinkingGrew.event;

  constructor(turn: TurnView, deps: BodyDeps) {
    const { text, thinking, ...facts } = turn;
    this.#view = facts;
    this.#thinking = thinking;
    this.answer = new MarkdownBody(deps);
    this.answer.replace(text);
    if (!isRunning(turn.state)) this.answer.finish();
  }

  get id(): string {
    return this.#view.id;
  }

  get facts(): TurnFacts {
    return this.#view;
  }

  get thinking(): string {
    return this.#thinking;
  }

  get hasText(): boolean {
    return this.answer.text !== '';
  }

  /** How long the model thought before its first text, ms. */
  get thinkingMs(): number | undefined {
    const time = this.#thinkingTime;
    return time?.to === undefined ? undefined : time.to - time.from;
  }

  append(text: string, thinking: string, now: number): void {
    if (thinking !== '') {
      if (this.#thinking === '') this.#thinkingTime = { from: now, to: undefined };
      const isFirst = this.#thinking === '';
      this.#thinking += thinking;
      if (isFirst) this.#facts.fire();
      else this.#thinkingGrew.fire(thinking);
    }
    if (text === '') return;
    const isFirst = !this.hasText;
    this.answer.append(text);
    if (!isFirst) return;
    if (this.#thinkingTime) this.#thinkingTime = { from: this.#thinkingTime.from, to: now };
    this.#facts.fire();
  }

  /** The last `length` UTF-16 units of the thinking are void. */
  voidThinking(length: number): void {
    this.#thinking = this.#thinking.slice(0, Math.max(0, this.#thinking.length - length));
    if (this.#thinking === '') this.#thinkingTime = undefined;
    this.#facts.fire();
    this.#thinkingGrew.fire(undefined);
  }

  patch(patch: TurnPatch): void {
    const { notice, noticeUntil, endNote, branch, feedback, compaction, stats, error, ...plain } =
      patch;
    const next: TurnFacts = merged(this.#view, plain);
    put(next, 'notice', notice);
    put(next, 'noticeUntil', noticeUntil);
    put(next, 'endNote', endNote);
    put(next, 'branch', branch);
    put(next, 'feedback', feedback);
    put(next, 'compaction', compaction);
    put(next, 'stats', stats);
    put(next, 'error', error);
    this.#view = next;
    if (!isRunning(next.state)) this.answer.finish();
    this.#facts.fire();
  }

  /** Becomes what the host says it is; what is the same already stays on the page. */
  replace(turn: TurnView): void {
    const { text, thinking, ...facts } = turn;
    this.#view = facts;
    this.#thinking = thinking;
    this.answer.replace(text);
    if (!isRunning(facts.state)) this.answer.finish();
    this.#facts.fire();
    this.#thinkingGrew.fire(undefined);
  }

  dispose(): void {
    this.answer.dispose();
    this.ui.dispose();
    this.#facts.dispose();
    this.#thinkingGrew.dispose();
  }
}

export function isRunning(state: TurnViewState): boolean {
  return state === 'waiting' || state === 'streaming';
}

type Clearable =
  'notice' | 'noticeUntil' | 'endNote' | 'branch' | 'feedback' | 'compaction' | 'stats' | 'error';

/** Absent stays, null clears. */
function put<K extends Clearable>(
  facts: TurnFacts,
  key: K,
  value: TurnFacts[K] | null | undefined,
): void {
  if (value === null) delete facts[key];
  else if (value !== undefined) facts[key] = value;
}
