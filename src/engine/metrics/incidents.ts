/** How reliable the service was. `undefined` before there was anything to tell it from. */
export interface Reliability {
  /** Times that it stopped answering. */
  readonly incidents: number;
  /** Mean time between failures: how long it answered from one incident to the next, ms. */
  readonly mtbfMs: number | undefined;
  /** Mean time to recovery: from the first turn that failed to the next that was answered, ms. Incidents that go on count so far. */
  readonly mttrMs: number | undefined;
}

/** An incident begins with a turn that failed by the service's fault and ends with the next one that was answered. Times are ms since 1970. */
export class Incidents {
  #since: number | undefined;
  #count = 0;
  #downMs = 0;
  #downSince: number | undefined;

  /** A turn was answered, or failed by the service's fault, at this time. They come in their order, or nearly. */
  ended(isAnswered: boolean, at: number): void {
    this.#since = Math.min(this.#since ?? at, at);
    if (!isAnswered) {
      if (this.#downSince !== undefined) return;
      this.#downSince = at;
      this.#count++;
    } else if (this.#downSince !== undefined) {
      this.#downMs += Math.max(0, at - this.#downSince);
      this.#downSince = undefined;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** How long it did not answer, ms; an incident that goes on counts so far. */
  downMs(now: number): number {
    const current = this.#downSince === undefined ? 0 : Math.max(0, now - this.#downSince);
    return this.#downMs + current;
  }

  reliability(now: number): Reliability {
    const incidents = this.#count;
    if (incidents === 0 || this.#since === undefined) {
      return { incidents, mtbfMs: undefined, mttrMs: undefined };
    }
    const downMs = this.downMs(now);
    return {
      incidents,
      mtbfMs: Math.max(0, now - this.#since - downMs) / incidents,
      mttrMs: downMs / incidents,
    };
  }
}
