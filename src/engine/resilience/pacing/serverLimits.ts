import type { LimitUse } from '../../ports';
import type { LimitName, Usage } from '../../types';
import type { Flight } from './flight';
import { countedInput } from './inputCalibration';
import type { LongestWait } from './longestWait';
import type { Ahead, Need } from './pacingTypes';
import type { HeaderBucket, RateLimitHeaders } from './rateLimitHeaders';
import { PUT_ASIDE, ServerBucket } from './serverBucket';

/** Weight of the newest reply in the speed of replies. */
const SPEED_WEIGHT = 0.2;
const LIMITS: readonly LimitName[] = ['requests', 'input_tokens', 'output_tokens'];

/**
 * The server's buckets for one model family. Requests and input are charged when a request arrives there; output as it is produced,
 * of which nothing is known before the end: replies are taken to come at the speed of those before.
 */
export class ServerLimits {
  readonly #requests = new ServerBucket();
  readonly #input = new ServerBucket();
  readonly #output = new ServerBucket();
  /** Input and output together, where the server tells no more. */
  readonly #tokens = new ServerBucket();
  /** Output tokens per ms of one reply; and as it was at the last observation. */
  #speed = 0;
  #observedSpeed = 0;
  /** Charged since the last observation. */
  #used = { requests: 0, input: 0, output: 0 };

  bucket(limit: LimitName): ServerBucket {
    if (limit === 'requests') return this.#requests;
    if (limit === 'output_tokens') return this.#output;
    return this.#input.capacity === 0 ? this.#tokens : this.#input;
  }

  /** The limit of which the smallest part is left. */
  emptiest(now: number): LimitName {
    let emptiest: LimitName = 'requests';
    let least = Number.POSITIVE_INFINITY;
    for (const limit of LIMITS) {
      const bucket = this.bucket(limit);
      const share = bucket.capacity === 0 ? 1 : bucket.level(now) / bucket.capacity;
      if (share >= least) continue;
      least = share;
      emptiest = limit;
    }
    return emptiest;
  }

  fits({ input, output }: Need, now: number): boolean {
    return (
      this.#requests.waitMs(1, now) === 0 &&
      this.#input.waitMs(input, now) === 0 &&
      this.#output.waitMs(output, now) === 0 &&
      this.#tokens.waitMs(input + output, now) === 0
    );
  }

  addWaits(longest: LongestWait, { input, output }: Need, ahead: Ahead, now: number): void {
    longest.add('requests', this.#requests.waitMs(1, now, ahead.requests));
    longest.add('input_tokens', this.#input.waitMs(input, now, ahead.input));
    longest.add('output_tokens', this.#output.waitMs(output, now, ahead.output));
    const aheadOfBoth = ahead.input + ahead.output;
    longest.add('input_tokens', this.#tokens.waitMs(input + output, now, aheadOfBoth));
  }

  /** Below 0: gives back. */
  take(requests: number, { input, output }: Need, now: number): void {
    this.#requests.take(requests, now);
    this.#input.take(input, now);
    this.#output.take(output, now);
    this.#tokens.take(input + output, now);
  }

  takeElsewhere(use: LimitUse, since: number, now: number): void {
    const { requests, inputTokens, outputTokens } = use;
    this.#requests.takeElsewhere(requests, since, now);
    this.#input.takeElsewhere(inputTokens, since, now);
    this.#output.takeElsewhere(outputTokens, since, now);
    this.#tokens.takeElsewhere(inputTokens + outputTokens, since, now);
  }

  accepted({ input }: Need): void {
    this.#used.requests++;
    this.#used.input += input;
  }

  refused({ input, output, sentAt }: Flight): void {
    this.#requests.refused(1, sentAt);
    this.#input.refused(input, sentAt);
    this.#output.refused(output, sentAt);
    this.#tokens.refused(input + output, sentAt);
  }

  /** What an answer tells, with these requests under way. */
  observe(seen: RateLimitHeaders, flights: Iterable<Flight>, now: number): void {
    let requests = 0;
    let input = 0;
    let undrawn = 0;
    for (const flight of flights) {
      undrawn += flight.output;
      if (flight.state === 'unanswered') {
        requests++;
        input += flight.input;
      } else undrawn -= this.#produced(flight, this.#speed, now);
    }
    const { requests: usedRequests, input: usedInput, output: usedOutput } = this.#used;
    const usedBoth = usedInput + usedOutput;
    observe(this.#requests, seen.requests, 0, requests, usedRequests, now);
    observe(this.#input, seen.input, 0, input, usedInput, now);
    observe(this.#output, seen.output, undrawn, 0, usedOutput, now);
    observe(this.#tokens, seen.tokens, undrawn, input, usedBoth, now);
    this.#observedSpeed = this.#speed;
    this.#used = { requests: 0, input: 0, output: 0 };
  }

  /** Puts right what was reserved, as far as no observation has done so since. */
  settle(flight: Flight, usage: Usage, now: number): void {
    const isAccepted = flight.state === 'accepted';
    const { outputTokens } = usage;
    const inputOff = countedInput(usage) - flight.input;
    this.#used.input += inputOff;
    this.#used.output += outputTokens;
    const isInputSeen = (bucket: ServerBucket): boolean =>
      isAccepted && bucket.observedAt >= flight.answeredAt;
    this.#input.take(isInputSeen(this.#input) ? 0 : inputOff, now);
    this.#settleOutput(this.#output, flight, outputTokens, now);
    this.#settleOutput(this.#tokens, flight, outputTokens, now);
    this.#tokens.take(isInputSeen(this.#tokens) ? 0 : inputOff, now);
    if (isAccepted) this.#learnSpeed(outputTokens, now - flight.answeredAt);
  }

  #settleOutput(bucket: ServerBucket, flight: Flight, used: number, now: number): void {
    const { output, answeredAt, state } = flight;
    const { observedAt } = bucket;
    if (state !== 'accepted' || observedAt < answeredAt) {
      bucket.take(used - output, now);
      return;
    }
    // The observation contained what had been produced by then. Now that the end is known, so is that.
    const thenUndrawn = output - this.#produced(flight, this.#observedSpeed, observedAt);
    const lastedMs = now - answeredAt;
    const trulyUndrawn = lastedMs > 0 ? (used * (now - observedAt)) / lastedMs : 0;
    bucket.take(trulyUndrawn - thenUndrawn, now, trulyUndrawn - thenUndrawn * PUT_ASIDE);
  }

  #produced(flight: Flight, speed: number, now: number): number {
    return Math.min(flight.output, speed * (now - flight.answeredAt));
  }

  #learnSpeed(outputTokens: number, lastedMs: number): void {
    if (outputTokens <= 0 || lastedMs <= 0) return;
    const speed = outputTokens / lastedMs;
    this.#speed = this.#speed === 0 ? speed : this.#speed + SPEED_WEIGHT * (speed - this.#speed);
  }
}

function observe(
  bucket: ServerBucket,
  seen: HeaderBucket | undefined,
  undrawn: number,
  uncertain: number,
  used: number,
  now: number,
): void {
  if (seen) bucket.observe(seen, { undrawn, uncertain }, used, now);
}
