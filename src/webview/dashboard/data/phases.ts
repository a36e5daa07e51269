import type { DashboardRequests } from '../../../protocol/dashboard';
import { phasesOf } from '../../../protocol/phases';
import type { Phase } from '../../../protocol/phases';

/** Where the time of a request went; nothing where its total is not known. */
export function phasesAt(requests: DashboardRequests, row: number): Phase[] {
  const known = (column: Float32Array): number | undefined => {
    const value = column[row];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
  return phasesOf({
    queueMs: known(requests.queueMs),
    pacingMs: known(requests.pacingMs),
    recoveryMs: known(requests.recoveryMs),
    backoffMs: known(requests.backoffMs),
    connectMs: known(requests.connectMs),
    firstByteMs: known(requests.firstByteMs),
    firstTokenMs: known(requests.firstTokenMs),
    totalMs: known(requests.totalMs) ?? 0,
  });
}
