import type { MeasuredRequest } from '../../src/engine/metrics/metricsHistory';
import { measuredOf } from '../../src/engine/metrics/snapshot';
import type { ErrorKind } from '../../src/engine/types';
import { failedTurn, requestRecord } from './requestRecord';

/** What is measured of `finishedTurn`. */
export function measuredRequest(changes: Partial<MeasuredRequest> = {}): MeasuredRequest {
  return { ...measuredOf(requestRecord()), ...changes };
}

/** What is measured of `failedTurn`. */
export function failedRequest(
  kind: ErrorKind,
  changes: Partial<MeasuredRequest> = {},
): MeasuredRequest {
  return { ...measuredOf(requestRecord(failedTurn(kind))), ...changes };
}
