import { assertNever } from '../../base/assertNever';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Change, SessionView } from '../../protocol/chat';
import type { TurnPatch } from '../../protocol/turn';
import { merged } from '../shared/merged';
import { strings } from '../shared/strings';
import type { ChatSink, Completions, Frame, HistoryAnswer, Snapshot, Undoable } from './hostLink';
import type { BodyDeps } from './markdownBody';
import { TurnModel, isRunning } from './turnModel';

/** For screen readers. `isUrgent`: now, in the middle of what is being said. */
export interface Announcement {
  readonly text: string;
  readonly isUrgent: boolean;
}

/** What the panel shows, as the host told it. */
export class ChatStore extends Disposable implements ChatSink {
  readonly #deps: BodyDeps;
  readonly #now: () => number;
  readonly #sessionChanged = this._register(new Emitter<void>());
  readonly #turnsChanged = this._register(new Emitter<void>());
  readonly #composerAsked = this._register(new Emitter<void>());
  readonly #announced = this._register(new Emitter<Announcement>());
  readonly #turnAsked = this._register(new Emitter<void>());
  readonly #historyAsked = this._register(new Emitter<void>());
  readonly #findAsked = this._register(new Emitter<void>());
  readonly #completed = this._register(new Emitter<Completions>());
  readonly #historyCame = this._register(new Emitter<HistoryAnswer>());
  readonly #historyChanged = this._register(new Emitter<void>());
  readonly #undoable = this._register(new Emitter<Undoable>());
  /** Text to put into the composer, in order; empty text only focuses it. */
  #forComposer: string[] = [];
  #turnToShow: string | undefined;
  #session: SessionView | undefined;
  #turns: readonly TurnModel[] = [];

  readonly onSession = this.#sessionChanged.event;
  /** Turns came or went. */
  readonly onTurns = this.#turnsChanged.event;
  /** There is something to take for the composer. */
  readonly onComposer = this.#composerAsked.event;
  /** Something that a screen reader should say. */
  readonly onAnnounce = this.#announced.event;
  /** There is a turn to bring into sight. */
  readonly onShowTurn = this.#turnAsked.event;
  readonly onShowHistory = this.#historyAsked.event;
  readonly onShowFind = this.#findAsked.event;
  /** An answer to `complete`, maybe to an older one. */
  readonly onCompletions = this.#completed.event;
  /** An answer to `history`, maybe to an older one. */
  readonly onHistory = this.#historyCame.event;
  /** A list of conversations that is shown is no longer right. */
  readonly onHistoryChanged = this.#historyChanged.event;
  readonly onUndoable = this.#undoable.event;

  constructor(deps: BodyDeps, now: () => number) {
    super();
    this.#deps = deps;
    this.#now = now;
    this._register({ dispose: () => this.#turns.forEach((turn) => turn.dispose()) });
  }

  /** `undefined` until the first snapshot. */
  get session(): SessionView | undefined {
    return this.#session;
  }

  get turns(): readonly TurnModel[] {
    return this.#turns;
  }

  snapshot({ session, turns }: Snapshot): void {
    this.#session = session;
    const known = new Map(this.#turns.map((turn) => [turn.id, turn]));
    // From the end, where the reader most likely is: what is made first is drawn first.
    this.#turns = turns
      .toReversed()
      .map((turn) => {
        const there = known.get(turn.id);
        known.delete(turn.id);
        if (!there) return new TurnModel(turn, this.#deps);
        there.replace(turn);
        return there;
      })
      .toReversed();
    for (const gone of known.values()) gone.dispose();
    this.#sessionChanged.fire();
    this.#turnsChanged.fire();
  }

  frame({ changes }: Frame): void {
    // Code gets its colours in the same frame: one more would cost as much again.
    this.#deps.slices.within(() => {
      for (const change of changes) this.#apply(change);
    });
  }

  focusComposer(): void {
    this.insertText('');
  }

  insertText(text: string): void {
    this.#forComposer.push(text);
    this.#composerAsked.fire();
  }

  showTurn(turnId: string): void {
    this.#turnToShow = turnId;
    this.#turnAsked.fire();
  }

  showHistory(): void {
    this.#historyAsked.fire();
  }

  showFind(): void {
    this.#findAsked.fire();
  }

  completions(answer: Completions): void {
    this.#completed.fire(answer);
  }

  history(answer: HistoryAnswer): void {
    this.#historyCame.fire(answer);
  }

  historyChanged(): void {
    this.#historyChanged.fire();
  }

  undoable(done: Undoable): void {
    this.#undoable.fire(done);
  }

  /** What was asked of the composer since the last time, also before there was one; undefined for nothing. */
  takeForComposer(): readonly string[] | undefined {
    const taken = this.#forComposer;
    this.#forComposer = [];
    return taken.length > 0 ? taken : undefined;
  }

  /** The turn that should be brought into sight, if it is one of those shown; also when it was asked for before they were there. */
  takeTurnToShow(): string | undefined {
    const id = this.#turnToShow;
    if (id === undefined || !this.#turns.some((turn) => turn.id === id)) return undefined;
    this.#turnToShow = undefined;
    return id;
  }

  announce(text: string, isUrgent = false): void {
    this.#announced.fire({ text, isUrgent });
  }

  #apply(change: Change): void {
    switch (change.kind) {
      case 'turnAdded':
        this.#turns = [...this.#turns, new TurnModel(change.turn, this.#deps)];
        this.#turnsChanged.fire();
        return;
      case 'turnRemoved':
        this.#turn(change.turnId).dispose();
        this.#turns = this.#turns.filter((turn) => turn.id !== change.turnId);
        this.#turnsChanged.fire();
        return;
      case 'append':
        this.#turn(change.turnId).append(change.text, change.thinking, this.#now());
        return;
      case 'thinkingVoid':
        this.#turn(change.turnId).voidThinking(change.length);
        return;
      case 'turn':
        this.#patch(this.#turn(change.turnId), change.patch);
        return;
      case 'session':
        if (this.#session) this.#session = merged(this.#session, change.session);
        this.#sessionChanged.fire();
        return;
      default:
        assertNever(change);
    }
  }

  #patch(turn: TurnModel, patch: TurnPatch): void {
    const wasRunning = isRunning(turn.facts.state);
    turn.patch(patch);
    if (!wasRunning || isRunning(turn.facts.state)) return;
    const { error, state } = turn.facts;
    if (error) this.announce(strings.answerFailed(error.title), true);
    else this.announce(state === 'done' ? strings.answerDone : strings.answerStopped);
  }

  #turn(id: string): TurnModel {
    const found = this.#turns.findLast((turn) => turn.id === id);
    if (!found) throw new RangeError(`expected a known turn, got ${id}`);
    return found;
  }
}
