import { assertNever } from '../../base/assertNever';
import type { Clock } from '../../base/clock';
import type { SavedBreaker } from '../ports';
import { MAX_RECOVERY_MS } from './breakerThresholds';
import { TrialSchedule } from './trialSchedule';
import type { Places } from './waitingRoom';

/** From the first opening until it is closed. Times are the clock's. */
export interface Outage {
  readonly startedAt: number;
  readonly recoveryMs: number;
  /** How strict to be with this one: `leniency`, as it was when it began. */
  readonly lenient: number;
}

/** Where a circuit breaker is, with what only counts there. */
export type BreakerPhase =
  | { readonly name: 'closed' }
  | {
      readonly name: 'open';
      readonly outage: Outage;
      /** When it becomes half open by itself. */
      readonly until: number;
      readonly trials: TrialSchedule;
    }
  | { readonly name: 'half_open'; readonly outage: Outage; taken: number; successes: number };

export const CLOSED: BreakerPhase = { name: 'closed' };

/** The places for patient requests. */
export function placesOf(phase: BreakerPhase, now: number, halfOpenRequests: number): Places {
  switch (phase.name) {
    case 'closed':
      return { free: Number.POSITIVE_INFINITY, nextAt: Number.POSITIVE_INFINITY };
    case 'open': {
      const { trials, until } = phase;
      if (now >= until) return halfOpenPlaces(halfOpenRequests - (trials.isOut ? 1 : 0));
      if (trials.isDue(now)) return { free: 1, nextAt: until };
      return { free: 0, nextAt: Math.min(until, trials.dueAt) };
    }
    case 'half_open':
      return halfOpenPlaces(halfOpenRequests - phase.taken);
    default:
      return assertNever(phase);
  }
}

function halfOpenPlaces(free: number): Places {
  return { free, nextAt: Number.POSITIVE_INFINITY };
}

/** Open for what is left of a saved outage; closed where nothing is. */
export function restoredPhase(
  saved: SavedBreaker,
  clock: Clock,
  random: () => number,
): BreakerPhase {
  const wallNow = clock.wallNow();
  // The wall clock may have been set meanwhile, and the file is anybody's.
  const remainingMs = Math.min(saved.reopensAt - wallNow, MAX_RECOVERY_MS);
  if (!(remainingMs > 0)) return CLOSED;
  const now = clock.now();
  const startedAt = now - Math.max(0, wallNow - saved.openedAt);
  const recoveryMs = Math.min(Math.max(saved.recoveryMs, remainingMs), MAX_RECOVERY_MS);
  return {
    name: 'open',
    outage: { startedAt, recoveryMs, lenient: 1 },
    until: now + remainingMs,
    trials: new TrialSchedule(startedAt, now, random),
  };
}
