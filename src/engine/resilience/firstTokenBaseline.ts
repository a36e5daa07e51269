/** Below so many samples nothing is called slow. */
const MIN_SAMPLES = 20;
/** So many times the usual time is slow. */
const SLOW_FACTOR = 4;
/** Weight of the newest sample once there are fifty: about the last fifty calls make up what is usual. */
const WEIGHT = 0.02;

/**
 * What time to the first token is usual here, and whether one is far above it. A moving mean of logarithms, because such times
 * are spread over orders of magnitude and one long prompt must not move the picture. What is slow moves it too, but as if it
 * were just at the border: an endpoint that has become slow for good is the new normal after a while.
 */
export class FirstTokenBaseline {
  #samples = 0;
  #meanLog = 0;

  /** Learns from one call. @returns whether it was slow, measured by the calls before it */
  isSlow(firstTokenMs: number): boolean {
    // Below a millisecond a kept answer or a test's server speaks; the logarithm must stay finite.
    const log = Math.log(Math.max(1, firstTokenMs));
    const border = this.#meanLog + Math.log(SLOW_FACTOR);
    const settled = this.#samples >= MIN_SAMPLES;
    const slow = settled && log > border;
    this.#samples++;
    const weight = Math.max(WEIGHT, 1 / this.#samples);
    this.#meanLog += weight * ((slow ? border : log) - this.#meanLog);
    return slow;
  }
}
