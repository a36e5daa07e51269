import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sleep, throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Random } from '../random';
import type { StreamShape } from '../streamShape';

/** In burst mode: written as soon as this much has gathered. */
const BURST_BYTES = 16 * 1024;

export interface Drip {
  readonly bytes: number;
  readonly ms: number;
}

/** Where UTF-8 text is cut so that the pieces end inside characters, where it has any that are longer than a byte. */
export function splitInsideCharacters(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(bytes.length, start + random.integer(1, 48));
    const longer = bytes.findIndex((byte, at) => at > start && at <= end && (byte & 0xc0) === 0x80);
    if (longer > 0) end = longer;
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

/** Puts a stream's text on the wire in the pieces that the shape asks for, no faster than the client takes them. */
export class FrameWriter {
  #gathered = '';
  #drip: Drip | undefined;

  readonly response: ServerResponse;
  readonly writes: StreamShape['writes'];
  readonly random: Random;
  readonly clock: Clock;
  readonly signal: AbortSignal;

  constructor(
    response: ServerResponse,
    writes: StreamShape['writes'],
    random: Random,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.response = response;
    this.writes = writes;
    this.random = random;
    this.clock = clock;
    this.signal = signal;
  }

  /** From now on the text comes in drops. */
  startDrip(drip: Drip): void {
    this.#drip = drip;
  }

  async write(text: string): Promise<void> {
    throwIfAborted(this.signal);
    if (this.#drip) await this.#writeInDrops(Buffer.from(text), this.#drip);
    else if (this.writes === 'burst') await this.#gather(text);
    else if (this.writes === 'split') await this.#writeSplit(Buffer.from(text));
    else await this.#writeAlone(text);
  }

  /** Sends what has gathered: before a wait and at the end. */
  async flush(): Promise<void> {
    if (this.#gathered === '') return;
    const text = this.#gathered;
    this.#gathered = '';
    await this.#send(text);
  }

  async end(): Promise<void> {
    await this.flush();
    this.response.end();
  }

  async #gather(text: string): Promise<void> {
    this.#gathered += text;
    if (this.#gathered.length >= BURST_BYTES) await this.flush();
  }

  async #writeInDrops(bytes: Buffer, { bytes: size, ms }: Drip): Promise<void> {
    await this.flush();
    for (let start = 0; start < bytes.length; start += size) {
      await this.#send(bytes.subarray(start, start + size));
      await sleep(ms, this.signal, this.clock);
    }
  }

  async #writeSplit(bytes: Buffer): Promise<void> {
    for (const piece of splitInsideCharacters(bytes, this.random)) await this.#writeAlone(piece);
  }

  /** A turn of the event loop between writes, so that each leaves as a packet of its own. */
  async #writeAlone(data: string | Buffer): Promise<void> {
    await this.#send(data);
    await nextTurn();
  }

  async #send(data: string | Buffer): Promise<void> {
    throwIfAborted(this.signal);
    if (!this.response.write(data)) await once(this.response, 'drain', { signal: this.signal });
  }
}
