import { assertNever } from '../base/assertNever';
import type { EngineError } from '../engine/errors';
import type { ErrorInfo, ErrorKind, Reply, ReplyEvent, StopReason, Usage } from '../engine/types';

/** What was not there is `null`: every line of a type has the same members. */
type OrNull<T> = T | null;

/** The lines on standard output, one JSON object each; the last one is `done` or `error`. See docs/HEADLESS.md. */
export type OutputLine =
  | { readonly type: 'text' | 'thinking'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly type: 'waiting';
      readonly reason: 'queue' | 'backoff';
      readonly waitMs: OrNull<number>;
    }
  | {
      readonly type: 'retry';
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly delayMs: number;
      readonly error: ErrorMembers;
    }
  | {
      readonly type: 'done';
      readonly stopReason: StopReason;
      readonly usage: Usage;
      readonly timing: TimingMembers;
      readonly costUSD: OrNull<number>;
      readonly requestId: OrNull<string>;
      readonly attempts: number;
    }
  | (ErrorMembers & { readonly type: 'error'; readonly partialText: string });

interface ErrorMembers {
  readonly kind: ErrorKind;
  readonly status: OrNull<number>;
  readonly message: string;
  readonly requestId: OrNull<string>;
  readonly retryable: boolean;
}

interface TimingMembers {
  readonly queueMs: number;
  readonly firstByteMs: OrNull<number>;
  readonly firstTokenMs: OrNull<number>;
  readonly totalMs: number;
}

/** The line of an event; `undefined` for one that has none. */
export function eventLine(event: ReplyEvent): OutputLine | undefined {
  switch (event.type) {
    case 'text':
    case 'thinking':
    case 'tool_use':
      return event;
    case 'waiting':
      return { type: 'waiting', reason: event.reason, waitMs: event.waitMs ?? null };
    case 'retry': {
      const { type, attempt, maxAttempts, delayMs, error } = event;
      return { type, attempt, maxAttempts, delayMs, error: errorMembers(error) };
    }
    case 'attempt':
      return undefined;
    default:
      return assertNever(event);
  }
}

export function doneLine({
  stopReason,
  usage,
  timing,
  costUSD,
  requestId,
  attempts,
}: Reply): OutputLine {
  return {
    type: 'done',
    stopReason,
    usage,
    timing: {
      queueMs: rounded(timing.queueMs),
      firstByteMs: roundedOrNull(timing.firstByteMs),
      firstTokenMs: roundedOrNull(timing.firstTokenMs),
      totalMs: rounded(timing.totalMs),
    },
    costUSD: costUSD === undefined ? null : Number(costUSD.toPrecision(12)),
    requestId: requestId ?? null,
    attempts,
  };
}

export function errorLine(error: EngineError): OutputLine {
  return {
    type: 'error',
    ...errorMembers(error.toInfo()),
    partialText: error.partialText,
  };
}

function errorMembers(error: ErrorInfo): ErrorMembers {
  const { kind, status, message, requestId, retryable } = error;
  return {
    kind,
    status: status ?? null,
    message: message,
    requestId: requestId ?? null,
    retryable,
  };
}

function roundedOrNull(ms: number | undefined): OrNull<number> {
  return ms === undefined ? null : rounded(ms);
}

/** To the microsecond: what is behind it is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
