/** Where the time of a request goes, in the order in which it is told. */
export type PhaseName =
  | 'queue'
  | 'pacing'
  | 'recovery'
  | 'backoff'
  | 'connect'
  | 'firstByte'
  | 'firstToken'
  | 'streaming';

/** Ms: waits as sums over all attempts, the others from the beginning. What is not known is `undefined`. */
export interface PhaseTimes {
  readonly queueMs: number | undefined;
  readonly pacingMs: number | undefined;
  readonly recoveryMs: number | undefined;
  readonly backoffMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly firstByteMs: number | undefined;
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
}

export interface Phase {
  readonly name: PhaseName;
  /** From the request's beginning, ms. */
  readonly startMs: number;
  readonly durationMs: number;
}

/**
 * Where the time went, one phase after the other without gaps from 0 to the total. Waits are sums over all attempts and stand first;
 * what earlier attempts took on the wire counts as waiting for the first byte.
 */
export function phasesOf(times: PhaseTimes): Phase[] {
  const { totalMs, firstByteMs, firstTokenMs } = times;
  const phases: Phase[] = [];
  let at = 0;
  const until = (name: PhaseName, endMs: number): void => {
    const end = Math.min(totalMs, endMs);
    if (end <= at) return;
    phases.push({ name, startMs: at, durationMs: end - at });
    at = end;
  };
  until('queue', times.queueMs ?? 0);
  until('pacing', at + (times.pacingMs ?? 0));
  until('recovery', at + (times.recoveryMs ?? 0));
  until('backoff', at + (times.backoffMs ?? 0));
  until('connect', at + (times.connectMs ?? 0));
  until('firstByte', firstByteMs ?? totalMs);
  until('firstToken', firstTokenMs ?? firstByteMs ?? totalMs);
  until('streaming', totalMs);
  return phases;
}
