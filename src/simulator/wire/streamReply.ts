import type { ServerResponse } from 'node:http';
import { sleep } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { assertNever } from '../../base/assertNever';
import type { Fault } from '../faults/fault';
import type { Pace } from '../pacing';
import type { Random } from '../random';
import type { StreamShape } from '../streamShape';
import { FrameWriter } from './frameWriter';
import { serializeEvent } from './serializeEvent';
import { isContentDelta, PING, WireEvents } from './wireEvents';
import type { WireEvent } from './wireEvents';
import type { SimulatedReply } from './reply';

/** Faults that happen inside a stream; those before it are over when it starts. */
type StreamFault = Extract<
  Fault,
  { kind: 'stall' | 'reset' | 'cut' | 'truncate' | 'error' | 'drip' }
>;

export interface StreamOptions {
  readonly reply: SimulatedReply;
  readonly shape: StreamShape;
  readonly pace: Pace;
  readonly faults: readonly Fault[];
  readonly random: Random;
  readonly clock: Clock;
  /** Aborted when the client went or the simulator closes. */
  readonly signal: AbortSignal;
  readonly pingIntervalMs: number;
  readonly requestId: string;
  /** Ends the connection before the answer is whole. */
  readonly cut: (how: 'reset' | 'close') => Promise<void>;
  /** Told of each piece of the answer that was sent: its tokens. */
  readonly produced: (tokens: number) => void;
}

function inStream(fault: Fault): fault is StreamFault {
  switch (fault.kind) {
    case 'status':
    case 'stop':
      return false;
    case 'stall':
    case 'reset':
      return fault.at !== 'headers';
    case 'cut':
    case 'truncate':
    case 'error':
    case 'drip':
      return true;
    default:
      return assertNever(fault);
  }
}

/** Where it happens, in content deltas before it; -1: before the first event. */
function position(fault: StreamFault): number {
  return fault.kind === 'stall' && fault.at === 'first' ? -1 : fault.after;
}

/** Writes one streamed reply, at its pace and with its faults. Headers have been set. */
export class StreamReply {
  readonly #writer: FrameWriter;
  readonly #faults: StreamFault[];
  #deltas = 0;
  #startedAt: number | undefined;
  /** When the next event is due, in ms from the first token. */
  #dueMs = 0;

  readonly response: ServerResponse;
  readonly options: StreamOptions;

  constructor(response: ServerResponse, options: StreamOptions) {
    this.response = response;
    this.options = options;

    const { shape, random, clock, signal, faults } = options;
    this.#writer = new FrameWriter(response, shape.writes, random, clock, signal);
    this.#faults = faults.filter(inStream).sort((a, b) => position(a) - position(b));
  }

  /** Resolves when the response has ended, well or by a fault; rejects with the signal's reason. */
  async run(): Promise<void> {
    const { reply, shape, random } = this.options;
    this.response.flushHeaders();
    if (await this.#faultsUntil(-1)) return;
    for (const event of new WireEvents(reply, shape, random).all()) {
      const next = this.#faults[0];
      if (next && (await this.#faultsBefore(event))) return;
      await this.#pace(event);
      await this.#writer.write(this.#text(event));
      if (event.name === 'message_start') await this.#waitForFirstToken();
      if (!isContentDelta(event)) continue;
      this.#deltas += 1;
      this.options.produced(event.tokens);
    }
    await this.#writer.end();
  }

  #text(event: WireEvent): string {
    return serializeEvent(event, this.options.shape.padding, this.options.random);
  }

  async #waitForFirstToken(): Promise<void> {
    await this.#writer.flush();
    await this.#wait(this.options.pace.beforeFirstTokenMs);
    this.#startedAt = this.options.clock.now();
  }

  /** Waits until the event is due. Deadlines add up, so that slow timers do not slow the stream. */
  async #pace(event: WireEvent): Promise<void> {
    if (event.tokens === 0 || this.#startedAt === undefined) return;
    const { pace, clock } = this.options;
    this.#dueMs += pace.nextMs(event.tokens);
    const waitMs = this.#startedAt + this.#dueMs - clock.now();
    if (waitMs < 1) return;
    await this.#writer.flush();
    await this.#wait(waitMs);
  }

  async #wait(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, this.options.signal, this.options.clock);
  }

  /** Faults whose place is reached; what is left of them happens before the end of the message. */
  async #faultsBefore(event: WireEvent): Promise<boolean> {
    if (event.name === 'message_delta') return this.#faultsUntil(Infinity, event);
    return isContentDelta(event) ? this.#faultsUntil(this.#deltas, event) : false;
  }

  /** Whether one of them ended the response. */
  async #faultsUntil(deltas: number, event?: WireEvent): Promise<boolean> {
    for (;;) {
      const fault = this.#faults[0];
      if (!fault || position(fault) > deltas) return false;
      this.#faults.shift();
      await this.#writer.flush();
      if (await this.#happen(fault, event ?? PING)) return true;
    }
  }

  async #happen(fault: StreamFault, event: WireEvent): Promise<boolean> {
    switch (fault.kind) {
      case 'stall':
        await this.#stall(fault.ms, fault.pings);
        return false;
      case 'drip':
        this.#writer.startDrip(fault);
        return false;
      case 'reset':
        await this.options.cut('reset');
        return true;
      case 'cut': {
        const text = this.#text(event);
        await this.#writer.write(text.slice(0, Math.ceil(text.length / 2)));
        await this.#writer.end();
        return true;
      }
      case 'truncate':
        await this.#writer.end();
        return true;
      case 'error': {
        const { type, message } = fault;
        const data = {
          type: 'error',
          error: { details: null, type, message },
          request_id: this.options.requestId,
        };
        await this.#writer.write(this.#text({ name: 'error', data, tokens: 0 }));
        await this.#writer.end();
        return true;
      }
      default:
        return assertNever(fault);
    }
  }

  async #stall(ms: number, pings: boolean): Promise<void> {
    const intervalMs = pings ? this.options.pingIntervalMs : Infinity;
    let leftMs = ms;
    while (leftMs > intervalMs) {
      await this.#wait(intervalMs);
      leftMs -= intervalMs;
      await this.#writer.write(this.#text(PING));
      await this.#writer.flush();
    }
    await this.#wait(leftMs);
    if (this.#startedAt !== undefined) this.#dueMs += ms;
  }
}
