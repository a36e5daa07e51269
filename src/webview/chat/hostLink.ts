import { assertNever } from '../../base/assertNever';
import { countNodes } from './countNodes';
import { showTokenColors } from './highlight/tokenColors';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { HostToChat } from '../../protocol/chat';
import type { ChatToHost } from '../../protocol/chatToHost';
import { parseHostToChat } from '../../protocol/chat';
import { Asking } from '../shared/asking';
import type { FrameSource } from '../shared/frames';
import { faultText } from '../shared/reportFaults';

export type Snapshot = Extract<HostToChat, { type: 'snapshot' }>;
export type Frame = Extract<HostToChat, { type: 'frame' }>;
export type Completions = Extract<HostToChat, { type: 'completions' }>;
export type HistoryAnswer = Extract<HostToChat, { type: 'history' }>;
export type Undoable = Extract<HostToChat, { type: 'undoable' }>;

/** Where messages of the host take effect. */
export interface ChatSink {
  snapshot(snapshot: Snapshot): void;
  frame(frame: Frame): void;
  focusComposer(): void;
  insertText(text: string): void;
  showTurn(turnId: string): void;
  showHistory(): void;
  showFind(): void;
  completions(answer: Completions): void;
  history(answer: HistoryAnswer): void;
  historyChanged(): void;
  undoable(done: Undoable): void;
}

/**
 * The host's messages, applied in order, all that arrived together in one go before the next paint, and acknowledged after it.
 * A gap in the numbers throws away what follows it and asks for everything anew. A snapshot that does not come is asked for
 * again: a panel must not stay blank for a message that was lost.
 */
export class HostLink extends Disposable {
  readonly #post: (message: ChatToHost) => void;
  readonly #frames: FrameSource;
  readonly #sink: ChatSink;
  readonly #asking: Asking;
  /** Number of the last frame. `undefined`: nothing counts until the snapshot that was asked for. */
  #seq: number | undefined;
  #queue: HostToChat[] = [];
  #scheduled: DisposableLike | undefined;

  constructor(
    post: (message: ChatToHost) => void,
    frames: FrameSource,
    sink: ChatSink,
    clock: Clock,
  ) {
    super();
    this.#post = post;
    this.#frames = frames;
    this.#sink = sink;
    this.#asking = this._register(new Asking(clock));
    this._register({ dispose: () => this.#scheduled?.dispose() });
  }

  start(): void {
    this.#ask('ready');
  }

  /** Asks for everything anew, and takes nothing else before it. */
  resync(): void {
    this.#ask('resync');
  }

  fault(error: unknown): void {
    this.#post({ type: 'fault', message: faultText(error) });
  }

  /** Takes a message as it came. */
  receive(data: unknown): void {
    const parsed = parseHostToChat(data);
    if (!parsed.ok) {
      this.fault(new TypeError(`message from the host: ${parsed.problem}`));
      return;
    }
    this.#queue.push(parsed.value);
    this.#scheduled ??= this.#frames.beforePaint(() => {
      this.#scheduled = undefined;
      this.#applyAll();
    });
  }

  #ask(first: 'ready' | 'resync'): void {
    let type = first;
    this.#seq = undefined;
    this.#asking.start(() => {
      this.#post({ type });
      type = 'resync';
    });
  }

  #applyAll(): void {
    const messages = this.#queue;
    this.#queue = [];
    let painted: number | undefined;
    for (const message of messages) {
      try {
        painted = this.#apply(message) ?? painted;
      } catch (error) {
        this.fault(error);
        // What a frame that failed left behind is not what the host thinks is here. A snapshot that fails would fail again.
        if (message.type === 'frame') this.resync();
      }
    }
    if (painted === undefined) return;
    const seq = painted;
    // Stands for all frames before it, too.
    this.#frames.afterPaint(() => this.#post({ type: 'ack', seq }));
  }

  /** Returns the number to acknowledge. */
  #apply(message: HostToChat): number | undefined {
    if (message.type === 'frame') return this.#applyFrame(message);
    if (message.type === 'snapshot') {
      this.#asking.answered();
      this.#seq = message.seq;
      this.#sink.snapshot(message);
    } else {
      this.#pass(message);
    }
    return undefined;
  }

  /** What has no place in the order of frames. */
  #pass(message: Exclude<HostToChat, Snapshot | Frame>): void {
    switch (message.type) {
      case 'focusComposer':
        this.#sink.focusComposer();
        return;
      case 'insertText':
        this.#sink.insertText(message.text);
        return;
      case 'showTurn':
        this.#sink.showTurn(message.turnId);
        return;
      case 'showHistory':
        this.#sink.showHistory();
        return;
      case 'showFind':
        this.#sink.showFind();
        return;
      case 'completions':
        this.#sink.completions(message);
        return;
      case 'history':
        this.#sink.history(message);
        return;
      case 'historyChanged':
        this.#sink.historyChanged();
        return;
      case 'undoable':
        this.#sink.undoable(message);
        return;
      case 'measure':
        this.#post({ type: 'measured', nodes: countNodes(document) });
        return;
      case 'tokenColors':
        showTokenColors(message.styles);
        return;
      default:
        assertNever(message);
    }
  }

  #applyFrame(frame: Frame): number | undefined {
    if (this.#seq === undefined || frame.seq <= this.#seq) return undefined;
    if (frame.seq !== this.#seq + 1) {
      this.resync();
      return undefined;
    }
    this.#seq = frame.seq;
    this.#sink.frame(frame);
    return frame.seq;
  }
}
