import type { MeasuredRequest } from '../../src/engine/metrics/metricsHistory';
import type { ErrorKind } from '../../src/engine/types';

/** A turn that went well: 400 ms to the first token, 1.4 s in all, 50 tokens out. */
export function measuredRequest(changes: Partial<MeasuredRequest> = {}): MeasuredRequest {
  return {
    uid: 'window-1',
    at: Date.UTC(2026, 0, 1),
    endpointId: 'api.example',
    model: 'model-a',
    action: 'chat',
    outcome: 'ok',
    stopReason: 'end_turn',
    errorKind: undefined,
    status: undefined,
    requestId: 'req_1',
    attempts: 1,
    continuations: 0,
    timing: {
      queueMs: 0,
      backoffMs: 0,
      connectMs: 0,
      firstByteMs: 300,
      firstTokenMs: 400,
      totalMs: 1_400,
    },
    usage: { inputTokens: 10, outputTokens: 50, cacheReadTokens: 3, cacheWriteTokens: 2 },
    costUSD: 0.001,
    ...changes,
  };
}

/** A turn that failed before its first byte. */
export function failedRequest(
  kind: ErrorKind,
  changes: Partial<MeasuredRequest> = {},
): MeasuredRequest {
  const untouched = { connectMs: undefined, firstByteMs: undefined, firstTokenMs: undefined };
  return measuredRequest({
    outcome: 'failed',
    stopReason: undefined,
    errorKind: kind,
    timing: { queueMs: 0, backoffMs: 0, ...untouched, totalMs: 20 },
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    costUSD: undefined,
    requestId: undefined,
    ...changes,
  });
}
