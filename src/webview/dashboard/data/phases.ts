import type { DashboardRequests } from '../../../protocol/dashboard';

export const PHASES = [
  'queue',
  'pacing',
  'backoff',
  'recovery',
  'connect',
  'firstByte',
  'firstToken',
  'rest',
] as const;

export interface Phase {
  readonly name: (typeof PHASES)[number];
  /** From the request's beginning, ms. */
  readonly startMs: number;
  readonly durationMs: number;
}

/**
 * Where the time of a request went, one after the other. Waits are known as sums over all attempts only: they are drawn before the last
 * attempt, which they came before; what is left of the time before its first byte is that of attempts that failed.
 */
export function phasesOf(requests: DashboardRequests, row: number): Phase[] {
  const known = (column: Float32Array): number => {
    const value = column[row] ?? 0;
    return Number.isNaN(value) ? 0 : Math.max(0, value);
  };
  const totalMs = known(requests.totalMs);
  const phases: Phase[] = [];
  let startMs = 0;
  const add = (name: Phase['name'], durationMs: number): void => {
    const held = Math.min(durationMs, totalMs - startMs);
    if (held <= 0) return;
    phases.push({ name, startMs, durationMs: held });
    startMs += held;
  };
  add('queue', known(requests.queueMs));
  add('pacing', known(requests.pacingMs));
  add('backoff', known(requests.backoffMs));
  add('recovery', known(requests.recoveryMs));
  add('connect', known(requests.connectMs));
  add('firstByte', known(requests.firstByteMs) - startMs);
  add('firstToken', known(requests.firstTokenMs) - startMs);
  add('rest', totalMs - startMs);
  return phases;
}
