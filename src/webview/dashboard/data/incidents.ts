import { NO_WORD } from '../../../protocol/dashboard';
import type { Dataset, Stretch } from './dataset';

/** How reliable the service was, told from requests as the engine does it. `undefined` without an incident. */
export interface Reliability {
  readonly incidents: number;
  /** Mean time between failures, ms. */
  readonly mtbfMs: number | undefined;
  /** Mean time to recovery, ms; an incident that goes on counts so far. */
  readonly mttrMs: number | undefined;
}

/** An incident begins with a request that failed by the service's fault, and ends with the next that was answered. `rows`: oldest first. */
export function reliabilityOf(dataset: Dataset, rows: Uint32Array, stretch: Stretch): Reliability {
  const { requests } = dataset;
  const ok = requests.outcome.names.indexOf('ok');
  let incidents = 0;
  let downMs = 0;
  let downSince: number | undefined;
  let firstAt: number | undefined;
  for (const row of rows) {
    const at = requests.at[row] ?? 0;
    const isAnswered = requests.outcome.values[row] === ok && isAsked(dataset, row);
    if (!isAnswered && !isUnavailable(dataset, row)) continue;
    firstAt ??= at;
    if (isAnswered) {
      if (downSince !== undefined) downMs += at - downSince;
      downSince = undefined;
    } else if (downSince === undefined) {
      downSince = at;
      incidents++;
    }
  }
  if (firstAt === undefined || incidents === 0) {
    return { incidents, mtbfMs: undefined, mttrMs: undefined };
  }
  if (downSince !== undefined) downMs += stretch.to - downSince;
  return {
    incidents,
    mtbfMs: Math.max(0, stretch.to - firstAt - downMs) / incidents,
    mttrMs: downMs / incidents,
  };
}

/** Whether the service was asked: what was kept says nothing about it. */
export function isAsked({ requests }: Dataset, row: number): boolean {
  return requests.servedFrom.values[row] === NO_WORD;
}

/** Whether it failed by the service's fault. */
export function isUnavailable({ requests, serviceFaults }: Dataset, row: number): boolean {
  const { names, values } = requests.errorKind;
  const kind = names[values[row] ?? NO_WORD];
  return kind !== undefined && serviceFaults.has(kind);
}
