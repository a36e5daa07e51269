import { systemClock } from '../../../src/base/clock';
import { FrameChannel, type FrameSource } from '../../../src/host/chat/frameChannel';
import { type HostToChat } from '../../../src/protocol/chat';
import { parseChatToHost } from '../../../src/protocol/chatToHost';
import type { BenchBrowser, OpenPage } from './benchBrowser';
import type { PageKind } from './benchPages';

const READY_LIMIT_MS = 20_000;

/**
 * The extension host's side of one page: the real `FrameChannel` over a line that takes its time. Messages keep their order.
 */
export class DelayedHost {
  readonly #channel: FrameChannel;
  readonly #oneWayMs: number;
  readonly #faults: string[] = [];
  readonly #ready = Promise.withResolvers<void>();
  #page: OpenPage | undefined;
  #taken: Promise<unknown> = Promise.resolve();
  #snapshotAt = 0;
  #frames = 0;
  #isClosed = false;

  constructor(source: FrameSource, roundTripMs: number) {
    this.#oneWayMs = roundTripMs / 2;
    this.#channel = new FrameChannel(source, (message) => this.#post(message), systemClock);
  }

  /** Opens the page and waits until it has asked for its content. `beforeContent` runs when its scripts are there and nothing else. */
  async open(
    browser: BenchBrowser,
    kind: PageKind,
    beforeContent: (page: OpenPage) => Promise<void> = () => Promise.resolve(),
  ): Promise<OpenPage> {
    const opened = await browser.open(kind, (json) => this.#later(() => this.#receive(json)));
    await beforeContent(opened);
    this.#page = opened;
    const limit = setTimeout(
      () => this.#ready.reject(new Error(`the page "${kind}" did not get ready`)),
      READY_LIMIT_MS,
    );
    await this.#ready.promise.finally(() => clearTimeout(limit));
    return opened;
  }

  /** Sends something that has no place in the order of the frames. */
  pass(message: HostToChat): void {
    this.#channel.pass(message);
  }

  /** Messages with changes that were sent. */
  get frames(): number {
    return this.#frames;
  }

  /** When the last snapshot arrived in the page, by the page's clock, once all that was sent is there. */
  async snapshotArrived(): Promise<number> {
    await this.#taken;
    return this.#snapshotAt;
  }

  /** @throws Error when the page has reported one */
  close(): void {
    this.#isClosed = true;
    this.#channel.dispose();
    if (this.#faults.length > 0) throw new Error(`the page reported: ${this.#faults.join('\n')}`);
  }

  async #post(message: HostToChat): Promise<boolean> {
    if (message.type === 'frame') this.#frames++;
    this.#later(() => this.#deliver(message));
    return true;
  }

  /** Straight away over a line without delay: even the shortest timer would be one. */
  #later(run: () => void): void {
    if (this.#oneWayMs === 0) run();
    else setTimeout(run, this.#oneWayMs);
  }

  #deliver(message: HostToChat): void {
    // Before the page has answered, it is not known yet: its first message is what brings the snapshot.
    if (!this.#page) {
      setImmediate(() => this.#deliver(message));
      return;
    }
    this.#taken = this.#page.take(message).then(
      (at) => {
        if (message.type === 'snapshot') this.#snapshotAt = at;
      },
      (error: unknown) => {
        if (!this.#isClosed) this.#faults.push(String(error));
      },
    );
  }

  #receive(json: string): void {
    const parsed = parseChatToHost(JSON.parse(json));
    if (!parsed.ok) {
      this.#faults.push(parsed.problem);
      return;
    }
    const message = parsed.value;
    if (message.type === 'ready' || message.type === 'resync') {
      this.#channel.ready();
      this.#ready.resolve();
    } else if (message.type === 'ack') {
      this.#channel.acknowledge(message.seq);
    } else if (message.type === 'fault') {
      this.#faults.push(message.message);
    }
  }
}
