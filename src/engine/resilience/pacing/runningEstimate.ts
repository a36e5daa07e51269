/** Weight of the newest sample: about the last ten count. */
const WEIGHT = 0.2;

/**
 * A value that most samples stay below: running mean plus running mean deviation, as TCP sets its retransmission timer
 * (Jacobson 1988; there with four deviations, where a late guess costs more).
 */
export class RunningEstimate {
  #mean = 0;
  #deviation = 0;
  #hasSample = false;

  /** `undefined` before the first sample. */
  get high(): number | undefined {
    return this.#hasSample ? this.#mean + this.#deviation : undefined;
  }

  add(sample: number): void {
    if (!this.#hasSample) {
      this.#hasSample = true;
      this.#mean = sample;
      this.#deviation = sample / 4;
      return;
    }
    const error = sample - this.#mean;
    this.#mean += WEIGHT * error;
    this.#deviation += WEIGHT * (Math.abs(error) - this.#deviation);
  }
}
