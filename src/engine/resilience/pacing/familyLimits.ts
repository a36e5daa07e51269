import type { LimitHealth } from '../../health';
import type { LimitUse } from '../../ports';
import type { EngineSettings } from '../../settings';
import type { LimitName, Usage } from '../../types';
import type { Flight } from './flight';
import { countedInput } from './inputCalibration';
import { LongestWait } from './longestWait';
import { OwnLimits } from './ownLimits';
import { PaceGuess } from './paceGuess';
import type { Ahead, Need, PacingWait } from './pacingTypes';
import { readRateLimits } from './rateLimitHeaders';
import type { HeaderBucket, RateLimitHeaders } from './rateLimitHeaders';
import { ServerLimits } from './serverLimits';

/** While nothing is known of the limits (or a 429 proved it wrong) one request is unanswered at a time, but no longer than this. */
const PROBE_MS = 1_000;
const FIRST_HOLD_MS = 1_000;
const MAX_HOLD_MS = 30_000;
/** Reading headers costs more than all else here; good answers that come this close together tell the same. */
const READ_EVERY_MS = 20;
const MINUTE_MS = 60_000;
const NOT_ACCEPTED = 400;
const TOO_MANY_REQUESTS = 429;

/**
 * The limits of one model family under one key: the server's buckets as its answers tell them, and the user's own. Synchronous, starts
 * nothing. Times are `Clock.now()` readings, ms.
 */
export class FamilyLimits {
  readonly #server = new ServerLimits();
  readonly #own = new OwnLimits();
  readonly #pace = new PaceGuess();
  readonly #flights = new Set<Flight>();
  #unanswered = 0;
  #lastSentAt = 0;
  /** Limits are not known, or not trusted since a 429. */
  #probing = true;
  #readAt = Number.NEGATIVE_INFINITY;
  #heldUntil = 0;
  #heldFor: LimitName = 'requests';
  #holds = 0;
  /** Whether the server said how long to hold, and which request it refused. */
  #wasNamed = false;
  #refused: Need = { input: 0, output: 0 };

  setOwnLimits(settings: EngineSettings['pacing'], now: number): void {
    this.#own.apply(settings, now);
  }

  /** What the request has to wait for, if anything, when those `ahead` go first. */
  wait(need: Need, ahead: Ahead, now: number): PacingWait | undefined {
    const longest = new LongestWait();
    if (!this.#mayAskAgain(need, now)) this.#server.addWaits(longest, need, ahead, now);
    this.#own.addWaits(longest, need, ahead, now);
    longest.add('requests', this.#pace.waitMs(now));
    longest.add('requests', this.#probeWaitMs(now));
    longest.add(this.#heldFor, this.#heldUntil - now);
    return longest.result;
  }

  /** Whether the request may go out now: there is no `wait`. */
  fits(need: Need, now: number): boolean {
    return (
      now >= this.#heldUntil &&
      this.#probeWaitMs(now) <= 0 &&
      this.#pace.waitMs(now) === 0 &&
      (this.#mayAskAgain(need, now) || this.#server.fits(need, now)) &&
      this.#own.fits(need, now)
    );
  }

  send(need: Need, now: number): Flight {
    const { input, output } = need;
    const flight: Flight = { input, output, sentAt: now, state: 'unanswered', answeredAt: 0 };
    this.#flights.add(flight);
    this.#unanswered++;
    this.#lastSentAt = now;
    this.#pace.sent(now);
    this.#server.take(1, flight, now);
    this.#own.take(1, flight, now);
    return flight;
  }

  answered(flight: Flight, status: number, headers: Headers, now: number): void {
    if (flight.state !== 'unanswered') return;
    this.#unanswered--;
    if (status < NOT_ACCEPTED) {
      flight.state = 'accepted';
      flight.answeredAt = now;
      this.#server.accepted(flight);
      this.#pace.accepted(now);
    } else {
      this.#giveBack(flight, status === TOO_MANY_REQUESTS ? 1 : 0, now);
    }
    const seen = this.#read(status, headers, now);
    if (status === TOO_MANY_REQUESTS) {
      this.#refused = flight;
      this.#server.refused(flight);
      if (!seen || !explains(seen, flight)) this.#pace.refused(flight.sentAt, now);
    } else {
      this.#probing = false;
      this.#holds = 0;
    }
    if (seen) this.#server.observe(seen, this.#flights, now);
  }

  settle(flight: Flight, usage: Usage | undefined, now: number): void {
    if (flight.state === 'ended') return;
    if (flight.state === 'unanswered') {
      this.#unanswered--;
      if (!usage) {
        this.#giveBack(flight, 1, now);
        return;
      }
      // A model that has no headers to tell.
      this.#probing = false;
      this.#server.accepted(flight);
    }
    this.#flights.delete(flight);
    if (usage) {
      this.#server.settle(flight, usage, now);
      const input = countedInput(usage) - flight.input;
      this.#own.take(0, { input, output: usage.outputTokens - flight.output }, now);
    }
    flight.state = 'ended';
  }

  /** Nothing goes out for so long; for growing times where the server names none. */
  hold(retryAfterMs: number | undefined, now: number): void {
    this.#probing = true;
    if (retryAfterMs === undefined && now < this.#heldUntil) return;
    this.#wasNamed = retryAfterMs !== undefined;
    const waitMs = retryAfterMs ?? Math.min(MAX_HOLD_MS, FIRST_HOLD_MS * 2 ** this.#holds++);
    this.#heldUntil = Math.max(this.#heldUntil, now + waitMs);
    this.#heldFor = this.#server.emptiest(now);
  }

  /** How long the server has asked to wait, from now; 0 for not at all. */
  heldForMs(now: number): number {
    return Math.max(0, this.#heldUntil - now);
  }

  usedElsewhere(use: LimitUse, since: number, now: number): void {
    // After a longer silence most of it is refilled: taken to be even, what counts is the last minute's part.
    const start = Math.max(since, now - MINUTE_MS);
    const share = since < start ? MINUTE_MS / (now - since) : 1;
    const requests = use.requests * share;
    const input = use.inputTokens * share;
    const output = use.outputTokens * share;
    const recent = { ...use, requests, inputTokens: input, outputTokens: output };
    this.#server.takeElsewhere(recent, start, now);
    this.#own.take(requests, { input, output }, now);
  }

  health(
    limit: LimitName,
    now: number,
  ): Pick<LimitHealth, 'perMinute' | 'remaining' | 'resetInMs' | 'foreignShare'> {
    const server = this.#server.bucket(limit);
    const own = this.#own.bucket(limit);
    const foreignShare = server.foreignShare(now);
    const perMinute = tighter(server.capacity, own.capacity);
    if (perMinute === 0) {
      return { perMinute: undefined, remaining: undefined, resetInMs: undefined, foreignShare };
    }
    const serverLevel = server.capacity === 0 ? perMinute : server.level(now);
    const ownLevel = own.capacity === 0 ? perMinute : own.level(now);
    const ownFullInMs =
      own.capacity === 0 ? 0 : ((own.capacity - ownLevel) / own.capacity) * MINUTE_MS;
    return {
      perMinute,
      remaining: Math.max(0, Math.floor(Math.min(serverLevel, ownLevel))),
      resetInMs: Math.ceil(Math.max(server.fullInMs(now), ownFullInMs)),
      foreignShare,
    };
  }

  /**
   * When the wait that a refusal named is over, one request that is no larger than the refused one asks, whatever the buckets are
   * thought to hold: the server knows better.
   */
  #mayAskAgain({ input, output }: Need, now: number): boolean {
    if (!this.#wasNamed || !this.#probing || this.#unanswered > 0) return false;
    const refused = this.#refused;
    return now >= this.#heldUntil && input <= refused.input && output <= refused.output;
  }

  #probeWaitMs(now: number): number {
    return this.#probing && this.#unanswered > 0 ? this.#lastSentAt + PROBE_MS - now : 0;
  }

  #giveBack(flight: Flight, requests: number, now: number): void {
    flight.state = 'ended';
    this.#flights.delete(flight);
    const back = { input: -flight.input, output: -flight.output };
    this.#server.take(-requests, back, now);
    this.#own.take(-requests, back, now);
  }

  #read(status: number, headers: Headers, now: number): RateLimitHeaders | undefined {
    if (status < NOT_ACCEPTED && now - this.#readAt < READ_EVERY_MS) return undefined;
    this.#readAt = now;
    return readRateLimits(headers);
  }
}

/** Whether one of the buckets that the server tells of was too empty for the request. */
function explains(seen: RateLimitHeaders, { input, output }: Need): boolean {
  const { requests, tokens } = seen;
  return (
    (requests !== undefined && requests.remaining < 1) ||
    isShort(seen.input, input) ||
    isShort(seen.output, output) ||
    isShort(tokens, input + output)
  );
}

function isShort(bucket: HeaderBucket | undefined, need: number): boolean {
  return bucket !== undefined && bucket.remaining - bucket.slack < need;
}

/** Of two limits where 0 is none. */
function tighter(one: number, other: number): number {
  if (one === 0 || other === 0) return one + other;
  return Math.min(one, other);
}
