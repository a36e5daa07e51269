/** Growth at a refusal: fast until the right order of magnitude is found, slow after that. */
const SEARCH_FACTOR = 2;
const CORRECTION_FACTOR = 1.3;
/** So many accepted in a row end the search. */
const SETTLED_FROM = 5;
/** Without a refusal the spacing shrinks by a third in a minute, and is forgotten when it has got this small. */
const SHRINK_MS = 150_000;
const LEAST_MS = 20;

/**
 * How far apart requests have to be where a server refuses them and no header says why: answers without headers, or the combined
 * `tokens` bucket, which hides which of its two parts is empty. Grows by a factor, shrinks slowly (as TCP finds its rate, with its
 * gain and loss exchanged because this is a spacing). Times are `Clock.now()` readings, ms.
 */
export class PaceGuess {
  #spacingMs = 0;
  #nextAt = 0;
  #lastSentAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #acceptedAt = 0;
  #accepted = 0;

  waitMs(now: number): number {
    return this.#spacingMs === 0 ? 0 : Math.max(0, this.#nextAt - now);
  }

  sent(now: number): void {
    this.#lastSentAt = now;
    if (this.#spacingMs > 0) this.#nextAt = now + this.#spacingMs;
  }

  accepted(now: number): void {
    if (this.#spacingMs === 0) return;
    this.#accepted++;
    const sinceMs = now - Math.max(this.#acceptedAt, this.#refusedAt);
    this.#acceptedAt = now;
    this.#spacingMs *= Math.max(0, 1 - sinceMs / SHRINK_MS);
    if (this.#spacingMs < LEAST_MS) this.#spacingMs = 0;
  }

  /** Of requests that were on their way together, one counts. */
  refused(sentAt: number, now: number): void {
    if (sentAt < this.#refusedAt) return;
    const isSettled = this.#accepted >= SETTLED_FROM;
    const factor = isSettled ? CORRECTION_FACTOR : SEARCH_FACTOR;
    this.#spacingMs = Math.max(this.#spacingMs, LEAST_MS) * factor;
    this.#accepted = 0;
    this.#refusedAt = now;
    this.#nextAt = this.#lastSentAt + this.#spacingMs;
  }
}
