import type { Clock } from '../../base/clock';

/** How reliable the service was. `undefined` before there was anything to tell it from. */
export interface Reliability {
  /** Times that it stopped answering. */
  readonly incidents: number;
  /** Mean time between failures: how long it answered from one incident to the next, ms. */
  readonly mtbfMs: number | undefined;
  /** Mean time to recovery: from the first turn that failed to the next that was answered, ms. Incidents that go on count so far. */
  readonly mttrMs: number | undefined;
}

/** An incident begins with a turn that failed by the service's fault and ends with the next one that was answered. */
export class Incidents {
  readonly #clock: Clock;
  #since: number;
  #count = 0;
  #downMs = 0;
  #downSince: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  answered(): void {
    if (this.#downSince === undefined) return;
    this.#downMs += this.#clock.now() - this.#downSince;
    this.#downSince = undefined;
  }

  failed(): void {
    if (this.#downSince !== undefined) return;
    this.#downSince = this.#clock.now();
    this.#count++;
  }

  reliability(): Reliability {
    const now = this.#clock.now();
    const downMs = this.#downMs + (this.#downSince === undefined ? 0 : now - this.#downSince);
    const incidents = this.#count;
    if (incidents === 0) return { incidents, mtbfMs: undefined, mttrMs: undefined };
    return {
      incidents,
      mtbfMs: (now - this.#since - downMs) / incidents,
      mttrMs: downMs / incidents,
    };
  }

  reset(): void {
    this.#since = this.#clock.now();
    this.#count = 0;
    this.#downMs = 0;
    this.#downSince = undefined;
  }
}
