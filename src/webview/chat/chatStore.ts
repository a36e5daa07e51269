import { assertNever } from '../../base/assertNever';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Change, SessionView, TurnPatch } from '../../protocol/chat';
import { merged } from '../shared/merged';
import { strings } from '../shared/strings';
import type { ChatSink, Frame, Snapshot } from './hostLink';
import type { BodyDeps } from './markdownBody';
import { TurnModel, isRunning } from './turnModel';

/** What the panel shows, as the host told it. */
export class ChatStore extends Disposable implements ChatSink {
  readonly #deps: BodyDeps;
  readonly #now: () => number;
  readonly #sessionChanged = this._register(new Emitter<void>());
  readonly #turnsChanged = this._register(new Emitter<void>());
  readonly #composerAsked = this._register(new Emitter<void>());
  readonly #announced = this._register(new Emitter<string>());
  /** Text to put into the composer, in order; empty text only focuses it. */
  #forComposer: string[] = [];
  #session: SessionView | undefined;
  #turns: readonly TurnModel[] = [];

  readonly onSession = this.#sessionChanged.event;
  /** Turns came or went. */
  readonly onTurns = this.#turnsChanged.event;
  /** There is something to take for the composer. */
  readonly onComposer = this.#composerAsked.event;
  /** Something that a screen reader should say. */
  readonly onAnnounce = this.#announced.event;

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
    for (const change of changes) this.#apply(change);
  }

  focusComposer(): void {
    this.insertText('');
  }

  insertText(text: string): void {
    this.#forComposer.push(text);
    this.#composerAsked.fire();
  }

  /** What was asked of the composer since the last time, also before there was one; undefined for nothing. */
  takeForComposer(): readonly string[] | undefined {
    const taken = this.#forComposer;
    this.#forComposer = [];
    return taken.length > 0 ? taken : undefined;
  }

  announce(text: string): void {
    this.#announced.fire(text);
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
    if (error) this.announce(strings.answerFailed(error.title));
    else this.announce(state === 'done' ? strings.answerDone : strings.answerStopped);
  }

  #turn(id: string): TurnModel {
    const found = this.#turns.findLast((turn) => turn.id === id);
    if (!found) throw new RangeError(`expected a known turn, got ${id}`);
    return found;
  }
}
