import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { Event } from '../../base/event';
import type { Change, HostToChat, SessionView } from '../../protocol/chat';
import type { TurnView } from '../../protocol/turn';
import { ChangeBuffer } from './changeBuffer';
import { HeldMessages } from './heldMessages';
import { FrameWindow, MIN_FRAME_INTERVAL_MS } from './frameWindow';

/** More held-back text than this is not worth keeping beside the turns themselves: a snapshot replaces it. UTF-16 units. */
export const MAX_HELD_TEXT = 1_000_000;

/** What is shown: changes as they happen, and the whole at any time. */
export interface FrameSource {
  readonly onChange: Event<Change>;
  /** Everything is another: a snapshot must follow. */
  readonly onReplaced: Event<void>;
  snapshot(): { readonly session: SessionView; readonly turns: TurnView[] };
}

/** Delivers to one webview. `false`: it is not there to take it. Must not reject. */
export type PostToWebview = (message: HostToChat) => Promise<boolean>;

/**
 * - `detached` no page listens: changes are not kept, the next `ready` gets a snapshot
 * - `live` the page has everything up to the buffer
 * - `behind` too much was held back: nothing more is kept, the next sign of life gets a snapshot
 */
type State =
  | { readonly kind: 'detached' }
  | {
      readonly kind: 'live';
      readonly buffer: ChangeBuffer;
      readonly window: FrameWindow;
      lastSentAt: number;
      timer: DisposableLike | undefined;
    }
  | { readonly kind: 'behind' };

/**
 * The way from the conversation to one webview: merges changes, sends at most one message a frame and only while few enough
 * are unacknowledged. Over a slow link messages get bigger, not more; towards a page that is hidden or hangs nothing piles up.
 */
export class FrameChannel extends Disposable {
  readonly #source: FrameSource;
  readonly #post: PostToWebview;
  readonly #clock: Clock;
  #state: State = { kind: 'detached' };
  #seq = 0;
  readonly #held = new HeldMessages();

  constructor(source: FrameSource, post: PostToWebview, clock: Clock) {
    super();
    this.#source = source;
    this.#post = post;
    this.#clock = clock;
    this._register(source.onChange((change) => this.#onChange(change)));
    this._register(source.onReplaced(() => this.#onReplaced()));
  }

  /** The page listens, or has lost its place: it gets everything. */
  ready(): void {
    if (this.isDisposed) return;
    this.#leaveLive();
    this.#state = {
      kind: 'live',
      buffer: new ChangeBuffer(),
      window: new FrameWindow(),
      lastSentAt: this.#clock.now(),
      timer: undefined,
    };
    this.#send({ type: 'snapshot', seq: this.#seq, ...this.#source.snapshot() });
    for (const message of this.#held.take()) this.#send(message);
  }

  /** Something that takes no part in the order of the frames. While no page listens it waits for one, if it is still of use then. */
  pass(message: HostToChat): void {
    if (this.#state.kind === 'detached') this.#held.add(message);
    else this.#send(message);
  }

  acknowledge(seq: number): void {
    switch (this.#state.kind) {
      case 'live':
        this.#state.window.acknowledged(seq, this.#clock.now());
        this.#schedule();
        return;
      case 'behind':
        this.ready();
        return;
      case 'detached':
        return;
    }
  }

  /** A page listens, as far as is known. */
  get hasPage(): boolean {
    return this.#state.kind !== 'detached';
  }

  /** Changes that wait for the page to paint what it has: bytes that they would take on the way. Works it out anew each time. */
  get heldBytes(): number {
    const state = this.#state;
    if (state.kind !== 'live' || state.buffer.isEmpty) return 0;
    return Buffer.byteLength(JSON.stringify(state.buffer.changes));
  }

  /** The page is gone or out of sight; it will say `ready` when it is back. */
  detach(): void {
    this.#leaveLive();
    this.#state = { kind: 'detached' };
  }

  override dispose(): void {
    this.detach();
    super.dispose();
  }

  #onChange(change: Change): void {
    if (this.#state.kind !== 'live') return;
    this.#state.buffer.add(change);
    if (this.#state.buffer.textLength > MAX_HELD_TEXT) {
      // Without a frame under way no sign of life would come.
      if (this.#state.window.isIdle) {
        this.ready();
        return;
      }
      this.#leaveLive();
      this.#state = { kind: 'behind' };
      return;
    }
    this.#schedule();
  }

  #onReplaced(): void {
    if (this.#state.kind !== 'detached') this.ready();
  }

  #schedule(): void {
    const state = this.#state;
    if (state.kind !== 'live' || state.timer || state.buffer.isEmpty || !state.window.isOpen) {
      return;
    }
    const sinceLast = this.#clock.now() - state.lastSentAt;
    state.timer = this.#clock.setTimeout(
      () => {
        state.timer = undefined;
        if (this.#state === state) this.#flush(state);
      },
      Math.max(0, MIN_FRAME_INTERVAL_MS - sinceLast),
    );
  }

  #flush(state: Extract<State, { kind: 'live' }>): void {
    this.#seq += 1;
    state.lastSentAt = this.#clock.now();
    state.window.sent(this.#seq, state.lastSentAt);
    this.#send({ type: 'frame', seq: this.#seq, changes: state.buffer.take() });
  }

  #send(message: HostToChat): void {
    const sentIn = this.#state;
    void this.#post(message).then((delivered) => {
      if (!delivered && this.#state === sentIn) this.detach();
    });
  }

  #leaveLive(): void {
    if (this.#state.kind === 'live') this.#state.timer?.dispose();
  }
}
