import type {
  MeasuredRequest,
  MetricEvent,
  MetricsBatch,
  MetricsRetention,
  SystemSample,
} from '../../src/engine/metrics/metricsHistory';
import { NO_USAGE } from '../../src/engine/requests/usage';
import { measuredRequest } from './measuredRequest';

export const KEEP: MetricsRetention = { requestDays: 30, hourDays: 365 };

export function batch(more: Partial<MetricsBatch> = {}): MetricsBatch {
  return { requests: [], samples: [], events: [], ...more };
}

/** One that succeeded in a second and of which nothing is known that need not be. */
export function bareRequest(
  uid: string,
  at: number,
  more: Partial<MeasuredRequest> = {},
): MeasuredRequest {
  return measuredRequest({
    uid,
    at,
    endpointId: 'api.example.com',
    model: 'claude-test',
    stopReason: undefined,
    requestId: undefined,
    timing: {
      queueMs: 0,
      backoffMs: 0,
      connectMs: undefined,
      firstByteMs: undefined,
      firstTokenMs: undefined,
      totalMs: 1_000,
    },
    usage: NO_USAGE,
    costUSD: undefined,
    ...more,
  });
}

/** Nothing in it is left out. */
export function wholeRequest(uid: string, at: number): MeasuredRequest {
  return bareRequest(uid, at, {
    action: 'inline',
    outcome: 'failed',
    stopReason: 'max_tokens',
    errorKind: 'overloaded',
    status: 529,
    requestId: 'req_1',
    attempts: 3,
    continuations: 2,
    servedFrom: 'shared',
    timing: {
      queueMs: 1.5,
      pacingMs: 2.5,
      backoffMs: 3.5,
      recoveryMs: 4.5,
      connectMs: 0,
      firstByteMs: 5.5,
      firstTokenMs: 6.5,
      totalMs: 7.5,
    },
    usage: { inputTokens: 11, outputTokens: 12, cacheReadTokens: 13, cacheWriteTokens: 14 },
    costUSD: 0.25,
  });
}

export function systemSample(at: number, more: Partial<SystemSample> = {}): SystemSample {
  return {
    at,
    cpuShare: 0.25,
    rssMB: 300.5,
    heapMB: 90,
    loopDelayMs: 1.25,
    running: 2,
    queued: 1,
    concurrency: 4,
    headroom: undefined,
    storeMs: undefined,
    networkMs: undefined,
    ...more,
  };
}

export function metricEvent(uid: string, at: number, more: Partial<MetricEvent> = {}): MetricEvent {
  return { uid, at, kind: 'up', model: undefined, label: '', ...more };
}
