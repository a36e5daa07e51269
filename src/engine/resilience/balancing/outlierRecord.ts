import type { Clock } from '../../../base/clock';
import { RollingCount } from '../../metrics/rollingCount';
import type { EngineSettings } from '../../settings';

/** Source: Envoy's `outlier_detection.consecutive_5xx`. */
const MAX_FAILURES_IN_ROW = 5;
/** The failure share is looked at over the last two minutes, and only from so many calls on. */
const BUCKET_MS = 10_000;
const BUCKETS = 12;
const MIN_CALLS = 10;
/** How far above that of the others a failure share has to be: with 10 calls each, chance alone gets there in about 1 % of cases. */
const MAX_EXCESS = 0.3;

type BalancingSettings = EngineSettings['balancing'];

type Standing =
  | { readonly kind: 'in'; readonly since: number }
  | { readonly kind: 'ejected'; readonly until: number };

/**
 * What is known of one endpoint's failures, and whether it is left out because of them.
 * Source: Envoy's outlier detection: consecutive failures, or a failure share far above the rest of the group; left out for a base
 * time multiplied by the number of ejections in a row, which goes down again while the endpoint stays in. Envoy compares in standard
 * deviations, which say nothing about groups of two or three; here the share has to be 0.3 above that of all the others together.
 */
export class OutlierRecord {
  readonly #clock: Clock;
  readonly #calls: RollingCount;
  readonly #failures: RollingCount;
  #failuresInRow = 0;
  /** Ejections in a row, as of the last one. */
  #ejections = 0;
  #standing: Standing;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#calls = new RollingCount(clock, BUCKET_MS, BUCKETS);
    this.#failures = new RollingCount(clock, BUCKET_MS, BUCKETS);
    this.#standing = { kind: 'in', since: clock.now() };
  }

  /** Monotonic ms; `undefined` while it is not left out. In the past where its time is over and nobody has called `readmit`. */
  get ejectedUntil(): number | undefined {
    return this.#standing.kind === 'ejected' ? this.#standing.until : undefined;
  }

  succeeded(): void {
    this.#failuresInRow = 0;
    this.#calls.add();
  }

  failed(): void {
    this.#failuresInRow += 1;
    this.#calls.add();
    this.#failures.add();
  }

  /** Whether it fails enough to be left out. `others`: of the same group, itself among them or not. */
  isOutlier(others: Iterable<{ readonly record: OutlierRecord }>): boolean {
    if (this.#failuresInRow >= MAX_FAILURES_IN_ROW) return true;
    const calls = this.#calls.total();
    if (calls < MIN_CALLS) return false;
    let othersCalls = 0;
    let othersFailures = 0;
    for (const { record } of others) {
      if (record === this) continue;
      othersCalls += record.#calls.total();
      othersFailures += record.#failures.total();
    }
    if (othersCalls < MIN_CALLS) return false;
    return this.#failures.total() / calls - othersFailures / othersCalls >= MAX_EXCESS;
  }

  eject({ ejectionMs, maxEjectionMs }: BalancingSettings): void {
    const now = this.#clock.now();
    if (this.#standing.kind === 'in') {
      const forgiven = Math.floor((now - this.#standing.since) / ejectionMs);
      this.#ejections = Math.max(0, this.#ejections - forgiven);
    }
    this.#ejections += 1;
    const forMs = Math.min(ejectionMs * this.#ejections, maxEjectionMs);
    this.#standing = { kind: 'ejected', until: now + forMs };
    // When it comes back it is judged by what it does then.
    this.#failuresInRow = 0;
    this.#calls.reset();
    this.#failures.reset();
  }

  /** Changes the end of a running ejection. */
  ejectUntil(until: number): void {
    if (this.#standing.kind === 'ejected') this.#standing = { kind: 'ejected', until };
  }

  readmit(): void {
    if (this.#standing.kind === 'ejected') {
      this.#standing = { kind: 'in', since: this.#clock.now() };
    }
  }
}
