import { AbortError, sleep } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { ConversationSummary, TurnStats } from '../../engine/ports';
import type { Change, TurnView } from '../../protocol/chat';
import type { Translate } from '../translate';
import { requestMessages } from './requestMessages';
import { titleOf } from './title';
import { canContinue, canRetry, outcomeOf, statsOf, toStored, viewOf } from './turn';
import type { Turn } from './turn';
import { streamTurn, WindowClosing } from './turnRun';
import type { TurnTarget } from './turnRun';
import { TurnSaver } from './turnSaver';
import type { OpenStore } from './turnSaver';

export interface ChatSessionDeps {
  readonly clock: Clock;
  readonly openStore: OpenStore;
  readonly translate: Translate;
  readonly newId: () => string;
  /** A write failed: the chat goes on, its end may be missing after a reload. */
  readonly onStoreFault: (error: unknown) => void;
}

/** How a turn is asked, beside its question. */
interface Asked {
  readonly fresh?: boolean;
  readonly notBefore?: number | undefined;
  /** What it took before it is gone on with. */
  readonly before?: TurnStats | undefined;
}

/** A question waits so long for its place in the store, ms; then it is sent, and saved when the store answers. */
const SAVE_PATIENCE_MS = 3_000;

/**
 * One conversation: its turns, one of them running at a time. Each turn is saved before it is sent (where the store
 * answers in time), its text at least every second while it comes, and whole at its end.
 */
export class ChatSession extends Disposable {
  readonly #deps: ChatSessionDeps;
  readonly #turns: Turn[];
  readonly #onChange = this._register(new Emitter<Change>());
  #conversation: ConversationSummary;
  #running: Turn | undefined;
  /** Resolves when every turn so far has ended and is on disk. */
  #settled: Promise<unknown> = Promise.resolve();

  /** Of the turns, and of `title` and `busy` of the session. */
  readonly onChange = this.#onChange.event;

  constructor(conversation: ConversationSummary, turns: readonly Turn[], deps: ChatSessionDeps) {
    super();
    this.#conversation = conversation;
    this.#turns = [...turns];
    this.#deps = deps;
  }

  get id(): string {
    return this.#conversation.id;
  }

  get title(): string {
    return this.#conversation.title;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  get isEmpty(): boolean {
    return this.#turns.length === 0;
  }

  /** Resolves when the turns asked so far have ended and are on disk, or their writing failed and was reported. */
  async idle(): Promise<void> {
    await this.#settled;
  }

  views(): TurnView[] {
    return this.#turns.map((turn) => this.#view(turn));
  }

  /** The last turn when it failed for want of a (good) key. */
  turnWaitingForKey(): string | undefined {
    const last = this.#turns.at(-1);
    if (last?.phase.kind !== 'failed') return undefined;
    const { kind } = last.phase.error;
    return kind === 'authentication' || kind === 'no_key' ? last.id : undefined;
  }

  /** Asks. Returns whether the question was taken: an empty one, or one while a turn runs, is not. */
  send(prompt: string, target: TurnTarget): boolean {
    if (this.isDisposed || this.busy || prompt.trim() === '') return false;
    this.#start(prompt, target);
    return true;
  }

  /** Stops the running turn; what has arrived stays. */
  stop(): void {
    this.#abort(new AbortError());
  }

  /**
   * Asks a turn's question again. A turn without any reply gives way to the new one; else both stay. `later`: as soon as the server,
   * which named a moment, takes it.
   */
  retry(turnId: string, target: TurnTarget, later = false): boolean {
    const turn = this.#find(turnId);
    if (!turn || this.busy || this.isDisposed || !canRetry(turn)) return false;
    if (turn.text.trim() === '') this.#remove(turn);
    this.#start(turn.prompt, target, {
      fresh: true,
      notBefore: later ? retryMoment(turn) : undefined,
    });
    return true;
  }

  /** Goes on with the last reply from where it broke off. */
  continueTurn(turnId: string, target: TurnTarget): boolean {
    const turn = this.#find(turnId);
    if (!turn || this.busy || this.isDisposed) return false;
    if (!canContinue(turn, turn === this.#turns.at(-1))) return false;
    const before = statsOf(turn.phase);
    turn.phase = { kind: 'running', controller: new AbortController(), notice: undefined };
    this.#onChange.fire({
      kind: 'turn',
      turnId,
      patch: {
        state: 'streaming',
        endNote: null,
        canContinue: false,
        canAskAgain: false,
        stats: null,
        error: null,
      },
    });
    this.#begin(turn, target, { before });
    return true;
  }

  /** Ends the running turn as interrupted; resolves when that is on disk. */
  async close(): Promise<void> {
    this.#abort(new WindowClosing());
    await this.idle();
    this.dispose();
  }

  override dispose(): void {
    this.stop();
    super.dispose();
  }

  #abort(reason: AbortError): void {
    const phase = this.#running?.phase;
    if (phase?.kind === 'running') phase.controller.abort(reason);
  }

  #find(turnId: string): Turn | undefined {
    return this.#turns.find((turn) => turn.id === turnId);
  }

  #view(turn: Turn): TurnView {
    return viewOf(turn, turn === this.#turns.at(-1), this.#deps.translate);
  }

  #remove(turn: Turn): void {
    this.#turns.splice(this.#turns.indexOf(turn), 1);
    this.#onChange.fire({ kind: 'turnRemoved', turnId: turn.id });
    // A write of it that the store has not taken yet would bring it back.
    const deleted = this.#settled
      .then(() => this.#deps.openStore())
      .then((store) => store.deleteTurn(turn.id))
      .catch((error: unknown) => this.#deps.onStoreFault(error));
    this.#settled = Promise.all([this.#settled, deleted]);
  }

  #start(prompt: string, target: TurnTarget, asked: Asked = {}): void {
    const before = this.#turns.at(-1);
    const turn: Turn = {
      id: this.#deps.newId(),
      ordinal: (before?.ordinal ?? -1) + 1,
      createdAt: this.#deps.clock.wallNow(),
      prompt,
      model: target.model,
      endpointId: target.endpointId,
      phase: { kind: 'running', controller: new AbortController(), notice: undefined },
      text: '',
      thinking: '',
      tools: [],
      notes: [],
      content: [],
    };
    this.#turns.push(turn);
    if (before && canContinue(before, true)) {
      this.#onChange.fire({
        kind: 'turn',
        turnId: before.id,
        patch: { canContinue: false, canAskAgain: false },
      });
    }
    this.#onChange.fire({ kind: 'turnAdded', turn: this.#view(turn) });
    this.#nameAfter(prompt);
    this.#begin(turn, target, asked);
  }

  #begin(turn: Turn, target: TurnTarget, asked: Asked): void {
    this.#running = turn;
    this.#settled = Promise.all([this.#settled, this.#run(turn, target, asked)]);
    this.#onChange.fire({ kind: 'session', session: { busy: true, title: this.title } });
  }

  #nameAfter(prompt: string): void {
    if (this.#conversation.title !== '') return;
    this.#conversation = { ...this.#conversation, title: titleOf(prompt) };
  }

  /** Never rejects: faults of the store are reported, all else is the turn's end. */
  async #run(turn: Turn, target: TurnTarget, asked: Asked): Promise<void> {
    const { openStore, clock, onStoreFault } = this.#deps;
    const saver = new TurnSaver(turn.id, () => outcomeOf(turn), openStore, clock, onStoreFault);
    await this.#awaitSaved(turn, this.#save(turn, saver));
    // It is there already, with the end that it had.
    if (turn.text !== '') saver.rewrite();
    const earlier = this.#turns.slice(0, this.#turns.indexOf(turn));
    const { before, ...how } = asked;
    const ask = { messages: requestMessages(earlier, turn), conversationId: this.id, ...how };
    await streamTurn(turn, target, ask, {
      clock,
      translate: this.#deps.translate,
      before,
      changed: (change) => this.#onChange.fire(change),
      saver,
    });
    this.#running = undefined;
    this.#showEnd(turn);
    await saver.finish(outcomeOf(turn));
  }

  #save(turn: Turn, saver: TurnSaver): Promise<void> {
    // Each time: another window may have deleted the conversation, or a damaged file been put aside. One that is there stays.
    return saver.insert(toStored(turn, this.id), (store) =>
      store.createConversation(this.#conversation),
    );
  }

  /** Resolves when the turn is saved, is stopped, or the store has taken too long. */
  async #awaitSaved(turn: Turn, saved: Promise<void>): Promise<void> {
    if (turn.phase.kind !== 'running') return;
    const waited = new AbortController();
    const signal = AbortSignal.any([turn.phase.controller.signal, waited.signal]);
    try {
      await Promise.race([saved, sleep(SAVE_PATIENCE_MS, signal, this.#deps.clock)]);
    } catch {
      // Stopped: what sends the turn ends it at once.
    } finally {
      waited.abort();
    }
  }

  #showEnd(turn: Turn): void {
    const view = this.#view(turn);
    this.#onChange.fire({
      kind: 'turn',
      turnId: turn.id,
      patch: {
        state: view.state,
        notice: null,
        noticeUntil: null,
        notes: view.notes,
        endNote: view.endNote ?? null,
        canContinue: view.canContinue,
        canAskAgain: view.canAskAgain,
        stats: view.stats ?? null,
        error: view.error ?? null,
      },
    });
    this.#onChange.fire({ kind: 'session', session: { busy: false } });
  }
}

/** When the server that refused the turn takes it, ms since 1970, as far as it said. */
function retryMoment({ phase }: Turn): number | undefined {
  if (phase.kind !== 'failed' || phase.at === undefined) return undefined;
  const { retryAfterMs } = phase.error;
  return retryAfterMs === undefined ? undefined : phase.at + retryAfterMs;
}
