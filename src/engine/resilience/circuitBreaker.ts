import { assertNever } from '../../base/assertNever';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { BreakerHealth, BreakerState } from '../health';
import type { SavedBreaker } from '../ports';
import { Permit } from './breakerPermit';
import type { BreakerOutcome, BreakerPermit } from './breakerPermit';
import { CLOSED, placesOf, restoredPhase } from './breakerPhase';
import type { BreakerPhase, Outage } from './breakerPhase';
import {
  failureThreshold,
  firstRecoveryMs,
  grownRecoveryMs,
  leniency,
  successThreshold,
  windowOpens,
} from './breakerThresholds';
import type { BreakerSettings } from './breakerThresholds';
import { BreakerWindow } from './breakerWindow';
import { FirstTokenBaseline } from './firstTokenBaseline';
import { breakerKey } from './savedBreakers';
import { TrialSchedule } from './trialSchedule';
import { WaitingRoom } from './waitingRoom';
import type { Places } from './waitingRoom';

export interface CircuitBreakerOptions {
  readonly endpointId: string;
  readonly family: string;
  /** Asked when needed. A new `recoveryMs` or `factor` goes for the next opening; the rest applies at once. */
  readonly settings: () => BreakerSettings;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** What an earlier window knew: with `reopensAt` ahead the breaker starts open, for the remaining time. */
  readonly saved?: SavedBreaker | undefined;
}

/** Told as the wait for what depends on a request under way. */
const UNKNOWN_WAIT_MS = 3_000;

/**
 * The circuit breaker of one endpoint and model family: keeps requests from an endpoint that is down.
 *
 * - **Closed**: all go. Opens at `failureThreshold` failures in a row, or when half of at least 20 calls of the last minute
 *   failed, whatever their order.
 * - **Open** for `recoveryMs`: refused, except trial requests: real ones that can wait go out one at a time, every 3 s at first
 *   and later every tenth of the outage's length (`TrialSchedule`). A trial that fails changes nothing; one that succeeds makes
 *   the breaker half open at once. A refused request is not billed, so probing this way costs nothing.
 * - **Half open**: `halfOpenRequests` at once. `successThreshold` successes in a row close it, a failure opens it again for
 *   `factor` times as long, 300 s at most. Closing forgets all that.
 *
 * A permit given before the breaker last opened counts nothing any more: its request began in another weather.
 *
 * **Adaptive** thresholds (`breakerThresholds`): what the last minute showed moves them inside their ranges. The sliding window
 * of outcomes and of slow calls beside each other is resilience4j's (`failureRateThreshold` 50 %, `slowCallRateThreshold` 100 %);
 * that slowness is measured against the endpoint's own past rather than a fixed limit comes from Netflix's concurrency-limits
 * and Envoy's gradient controller; that a client should judge by the share of its own recent requests that were accepted, and
 * not by single failures, from Google's SRE book, "Handling Overload".
 *
 * Time-driven changes happen when somebody asks; there is a timer only while somebody waits, and never more than one. Timers
 * that come late and leaps of the clock do no harm.
 */
export class CircuitBreaker extends Disposable {
  readonly endpointId: string;
  readonly family: string;
  readonly #settings: () => BreakerSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #changed = this._register(new Emitter<void>());
  readonly #waiting: WaitingRoom;
  readonly #window = new BreakerWindow();
  readonly #firstTokens = new FirstTokenBaseline();
  #phase: BreakerPhase;
  /** Failures in a row. */
  #failures = 0;
  /** Before the last success. */
  #failuresBefore = 0;
  /** Counts openings (and resets): what permits belong to. */
  #episode = 0;

  /** `state` is another one. A change by time alone is told when it is first acted upon. */
  readonly onChange: Event<void> = this.#changed.event;

  constructor(options: CircuitBreakerOptions) {
    super();
    this.endpointId = options.endpointId;
    this.family = options.family;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#phase = options.saved
      ? restoredPhase(options.saved, options.clock, options.random)
      : CLOSED;
    this.#waiting = this._register(
      new WaitingRoom(options.clock, (now) => {
        this.#refresh(now);
        return this.#places(now);
      }),
    );
  }

  get state(): BreakerState {
    const phase = this.#phase;
    return phase.name === 'open' && this.#clock.now() >= phase.until ? 'half_open' : phase.name;
  }

  /**
   * A permit for one request now, or `undefined` when refused.
   * @param patient work that waits for recovery, so that it may be the trial request
   */
  tryAcquire(patient: boolean): BreakerPermit | undefined {
    if (patient) this.#waiting.came();
    if (this.#phase.name !== 'closed' && !this.#takePlace(patient)) return undefined;
    return new Permit(this.#episode, this.#settled);
  }

  /**
   * Resolves as soon as `tryAcquire(true)` is worth trying (again); no more are woken at a time than there are places, in the
   * order of their arrival. Rejects with the signal's reason, or an `AbortError` when the breaker is disposed.
   */
  wait(signal: AbortSignal): Promise<void> {
    return this.#waiting.wait(signal);
  }

  /** A request whose permit was settled as a success has failed after all, by the endpoint's fault. */
  failed(): void {
    this.#refresh(this.#clock.now());
    // Open already: it is one more of those that broke with the endpoint.
    if (this.#phase.name === 'open') return;
    // Its first token was no success then: a server that begins every reply and ends none has failed in a row.
    if (this.#failures === 0) this.#failures = this.#failuresBefore;
    this.#onFailure();
    this.#waiting.serve();
  }

  /** Until the next patient attempt may go out, ms; 0 when it may now. An estimate while that hangs on one under way. */
  get nextAttemptMs(): number {
    const phase = this.#phase;
    if (phase.name === 'closed') return 0;
    const now = this.#clock.now();
    if (phase.name === 'half_open' || now >= phase.until) {
      return this.#places(now).free > 0 ? 0 : UNKNOWN_WAIT_MS;
    }
    const untilTrialMs = phase.trials.isOut ? UNKNOWN_WAIT_MS : phase.trials.dueAt - now;
    // One place is what the trial keeps when the breaker becomes half open under it.
    const isFull = phase.trials.isOut && this.#settings().halfOpenRequests === 1;
    return Math.max(0, isFull ? untilTrialMs : Math.min(untilTrialMs, phase.until - now));
  }

  /** Closes it, whatever it knows. */
  reset(): void {
    this.#episode++;
    if (this.#phase.name === 'closed') this.#forget();
    else this.#close();
    this.#waiting.serve();
  }

  health(): BreakerHealth {
    const settings = this.#settings();
    const now = this.#clock.now();
    const { calls, failures, slow } = this.#window.counts(now);
    const phase = this.#phase;
    const lenient =
      phase.name === 'closed'
        ? leniency(settings, { calls, failures, slow })
        : phase.outage.lenient;
    return {
      endpointId: this.endpointId,
      family: this.family,
      state: this.state,
      failures: this.#failures,
      failureThreshold: failureThreshold(settings, lenient),
      successes: phase.name === 'half_open' ? phase.successes : 0,
      successThreshold: successThreshold(settings, lenient),
      failureShare: calls === 0 ? 0 : failures / calls,
      slowShare: calls === 0 ? 0 : slow / calls,
      retryInMs: phase.name === 'open' && now < phase.until ? phase.until - now : undefined,
      trialInMs: phase.name === 'open' ? this.nextAttemptMs : undefined,
      recoveryMs: this.#nextRecoveryMs(lenient),
    };
  }

  /** What to keep over a reload; `undefined` while closed. */
  saved(): SavedBreaker | undefined {
    const phase = this.#phase;
    if (phase.name === 'closed') return undefined;
    const now = this.#clock.now();
    const wallNow = this.#clock.wallNow();
    return {
      key: breakerKey(this),
      reopensAt: phase.name === 'open' ? wallNow + (phase.until - now) : wallNow,
      openedAt: wallNow - (now - phase.outage.startedAt),
      recoveryMs: phase.outage.recoveryMs,
    };
  }

  readonly #settled = (episode: number, outcome: BreakerOutcome): void => {
    if (episode !== this.#episode) return;
    if (this.#phase.name !== 'closed') this.#freePlace(outcome);
    switch (outcome.kind) {
      case 'success':
        this.#onSuccess(outcome.firstTokenMs);
        break;
      case 'failure':
        this.#onFailure();
        break;
      case 'ignored':
        break;
      default:
        assertNever(outcome);
    }
    this.#waiting.serve();
  };

  #onSuccess(firstTokenMs: number | undefined): void {
    const now = this.#clock.now();
    const slow = firstTokenMs !== undefined && this.#firstTokens.isSlow(firstTokenMs);
    this.#window.record(now, slow ? 'slow' : 'ok');
    this.#failuresBefore = this.#failures;
    this.#failures = 0;
    const phase = this.#phase;
    if (phase.name === 'closed') {
      if (slow && windowOpens(this.#settings(), this.#window.counts(now))) this.#open(now);
      return;
    }
    const successes = phase.name === 'half_open' ? phase.successes + 1 : 1;
    if (successes >= successThreshold(this.#settings(), phase.outage.lenient)) this.#close();
    else if (phase.name === 'half_open') phase.successes = successes;
    else this.#enter({ name: 'half_open', outage: phase.outage, taken: 0, successes });
  }

  #onFailure(): void {
    const now = this.#clock.now();
    this.#window.record(now, 'failed');
    this.#failures++;
    const phase = this.#phase;
    if (phase.name === 'half_open') {
      const recoveryMs = grownRecoveryMs(this.#settings(), phase.outage.recoveryMs);
      this.#enterOpen(now, { ...phase.outage, recoveryMs });
    } else if (phase.name === 'closed') {
      const settings = this.#settings();
      const counts = this.#window.counts(now);
      const isFull = this.#failures >= failureThreshold(settings, leniency(settings, counts));
      if (isFull || windowOpens(settings, counts)) this.#open(now);
    }
  }

  #open(now: number): void {
    const settings = this.#settings();
    const lenient = leniency(settings, this.#window.counts(now));
    this.#enterOpen(now, {
      startedAt: now,
      recoveryMs: firstRecoveryMs(settings, lenient),
      lenient,
    });
  }

  #enterOpen(now: number, outage: Outage): void {
    this.#episode++;
    const trials = new TrialSchedule(outage.startedAt, now, this.#random);
    this.#enter({ name: 'open', outage, until: now + outage.recoveryMs, trials });
  }

  #close(): void {
    this.#forget();
    this.#enter(CLOSED);
  }

  #forget(): void {
    this.#failures = 0;
    this.#failuresBefore = 0;
    this.#window.clear();
  }

  #enter(phase: BreakerPhase): void {
    this.#phase = phase;
    this.#changed.fire();
  }

  /** Half open as soon as it has been open for long enough. A trial under way keeps a place. */
  #refresh(now: number): void {
    const phase = this.#phase;
    if (phase.name !== 'open' || now < phase.until) return;
    const taken = phase.trials.isOut ? 1 : 0;
    this.#enter({ name: 'half_open', outage: phase.outage, taken, successes: 0 });
  }

  #takePlace(patient: boolean): boolean {
    const now = this.#clock.now();
    this.#refresh(now);
    const phase = this.#phase;
    if (phase.name === 'open' && !patient) return false;
    if (this.#places(now).free < 1) return false;
    if (phase.name === 'half_open') phase.taken++;
    else if (phase.name === 'open') phase.trials.start();
    return true;
  }

  #freePlace(outcome: BreakerOutcome): void {
    const now = this.#clock.now();
    this.#refresh(now);
    if (this.#phase.name === 'half_open') this.#phase.taken--;
    else if (this.#phase.name === 'open' && outcome.kind !== 'success') {
      this.#phase.trials.end(now, outcome.kind === 'failure');
    }
  }

  #places(now: number): Places {
    return placesOf(this.#phase, now, this.#settings().halfOpenRequests);
  }

  #nextRecoveryMs(lenient: number): number {
    const settings = this.#settings();
    const phase = this.#phase;
    if (phase.name === 'closed') return firstRecoveryMs(settings, lenient);
    const { recoveryMs } = phase.outage;
    return this.state === 'open' ? recoveryMs : grownRecoveryMs(settings, recoveryMs);
  }
}
