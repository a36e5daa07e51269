import { networkInterfaces } from 'node:os';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

const BEAT_MS = 5_000;
/** A heartbeat that is so much late, or a wall clock that ran ahead so much: the machine slept. */
const SLEEP_MS = 5_000;

/** Reading the network's addresses is a system call; a change while nothing ran is noticed this late, which does no harm. */
const NETWORK_AGE_MS = 30_000;

/** How the machine was when a request started. */
export interface HostMoment {
  readonly now: number;
  readonly ahead: number;
  readonly network: string;
}

/**
 * Notices that the machine slept or changed its network while a request ran. Monotonic clocks stop during sleep on some systems and
 * go on on others: the first shows as a wall clock that ran ahead, the second as a heartbeat that came late. The heart beats only
 * while something runs.
 */
export class HostWatch extends Disposable {
  readonly #clock: Clock;
  readonly #networkOf: () => string;
  #running = 0;
  #beat: DisposableLike | undefined;
  #beatAt = 0;
  #sleptAt = Number.NEGATIVE_INFINITY;
  #network = '';
  #networkAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, networkOf: () => string = networkFingerprint) {
    super();
    this.#clock = clock;
    this.#networkOf = networkOf;
    this._register({ dispose: () => this.#beat?.dispose() });
  }

  /** A request starts. Call `ended` with what is returned. */
  started(): HostMoment {
    const now = this.#clock.now();
    if (now - this.#networkAt > NETWORK_AGE_MS) this.#readNetwork();
    if (this.#running++ === 0) this.#schedule();
    return { now, ahead: this.#clock.wallNow() - now, network: this.#network };
  }

  ended(): void {
    if (--this.#running > 0) return;
    this.#beat?.dispose();
    this.#beat = undefined;
  }

  /** Whether the machine slept or its network changed since. Costs a system call: ask only after a failure. */
  disturbedSince(moment: HostMoment): boolean {
    const now = this.#clock.now();
    if (this.#sleptAt >= moment.now) return true;
    if (this.#clock.wallNow() - now - moment.ahead > SLEEP_MS) return true;
    if (this.#beat && now - this.#beatAt > BEAT_MS + SLEEP_MS) return true;
    return this.#networkOf() !== moment.network;
  }

  #schedule(): void {
    if (this.isDisposed) return;
    this.#beatAt = this.#clock.now();
    this.#beat = this.#clock.setTimeout(() => {
      const now = this.#clock.now();
      if (now - this.#beatAt > BEAT_MS + SLEEP_MS) this.#sleptAt = now;
      this.#readNetwork();
      this.#schedule();
    }, BEAT_MS);
  }

  #readNetwork(): void {
    this.#network = this.#networkOf();
    this.#networkAt = this.#clock.now();
  }
}

/** Which addresses this machine has, loopback aside. */
function networkFingerprint(): string {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .sort()
    .join(' ');
}
