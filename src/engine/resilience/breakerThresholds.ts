import type { EngineSettings } from '../settings';
import type { WindowCounts } from './breakerWindow';

export type BreakerSettings = EngineSettings['breaker'];

/** Ends of the settings' ranges, where adapting stops: settings.ts. */
const MAX_FAILURE_THRESHOLD = 20;
const MAX_SUCCESS_THRESHOLD = 10;
const MIN_RECOVERY_MS = 10_000;
export const MAX_RECOVERY_MS = 300_000;

/** Not less unless the user says so: one failure happens to every network. */
const MIN_FAILURE_THRESHOLD = 2;

/** Fewer calls in the window than this say nothing about shares. */
const MIN_CALLS = 20;
/** Share of failures in the window that opens the breaker, whatever their order. */
const OPENING_FAILURE_SHARE = 0.5;
/** How much of a failure a slow call is. */
const SLOW_WEIGHT = 0.5;

/**
 * What to make of the settings, from the window: 1 takes them as they are, up to 2 is patient with an endpoint that mostly
 * works, down to 0.5 is strict with one that does not. Halves for each quarter of the calls that failed (a slow one counts
 * half), so that the settings apply as they are at one quarter. 1 where `adaptive` is off or the window holds too few calls.
 */
export function leniency(settings: BreakerSettings, window: WindowCounts): number {
  if (!settings.adaptive || window.calls < MIN_CALLS) return 1;
  const strain = (window.failures + SLOW_WEIGHT * window.slow) / window.calls;
  return Math.max(0.5, 2 ** (1 - 4 * strain));
}

/** Failures in a row that open it: more where it mostly works. */
export function failureThreshold(settings: BreakerSettings, lenient: number): number {
  const lowest = Math.min(MIN_FAILURE_THRESHOLD, settings.failureThreshold);
  return clamp(Math.round(settings.failureThreshold * lenient), lowest, MAX_FAILURE_THRESHOLD);
}

/** Successes in a row that close it: fewer where it mostly worked. */
export function successThreshold(settings: BreakerSettings, lenient: number): number {
  return clamp(Math.round(settings.successThreshold / lenient), 1, MAX_SUCCESS_THRESHOLD);
}

/** How long it is open the first time, ms: shorter where it mostly worked. */
export function firstRecoveryMs(settings: BreakerSettings, lenient: number): number {
  return clamp(settings.recoveryMs / lenient, MIN_RECOVERY_MS, MAX_RECOVERY_MS);
}

/** How long it is open after recovery has failed, ms. */
export function grownRecoveryMs(settings: BreakerSettings, recoveryMs: number): number {
  return Math.min(recoveryMs * settings.factor, MAX_RECOVERY_MS);
}

/**
 * Whether the window alone opens it: by half of the calls failed; where `adaptive` is on also by all of them slow, with not one
 * that was not. Fewer slow calls never do: a slow answer is an answer.
 */
export function windowOpens(settings: BreakerSettings, window: WindowCounts): boolean {
  if (window.calls < MIN_CALLS) return false;
  if (window.failures >= OPENING_FAILURE_SHARE * window.calls) return true;
  return settings.adaptive && window.slow === window.calls;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
