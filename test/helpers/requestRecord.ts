import type { FinishedTurn } from '../../src/engine/metrics/recorder';
import type { RequestRecord } from '../../src/engine/metrics/snapshot';
import type { ErrorKind } from '../../src/engine/types';

/** A turn that went well: 400 ms to the first token, 1.4 s in all, 50 tokens out. */
export function finishedTurn(changes: Partial<FinishedTurn> = {}): FinishedTurn {
  return {
    endpointId: 'api.example',
    model: 'model-a',
    action: 'chat',
    outcome: 'ok',
    stopReason: 'end_turn',
    error: undefined,
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
    requestId: 'req_1',
    attempts: 1,
    continuations: 0,
    ...changes,
  };
}

/** A turn that failed before its first byte. */
export function failedTurn(kind: ErrorKind, requestId?: string): FinishedTurn {
  const untouched = { connectMs: undefined, firstByteMs: undefined, firstTokenMs: undefined };
  return finishedTurn({
    outcome: 'failed',
    stopReason: undefined,
    error: {
      kind,
      message: 'It failed.',
      status: undefined,
      requestId,
      retryable: false,
      retryAfterMs: undefined,
    },
    timing: { queueMs: 0, backoffMs: 0, ...untouched, totalMs: 20 },
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    costUSD: undefined,
    requestId,
  });
}

export function requestRecord(changes: Partial<RequestRecord> = {}): RequestRecord {
  return { id: 1, uid: 'window-1', at: Date.UTC(2026, 0, 1), ...finishedTurn(changes), ...changes };
}
