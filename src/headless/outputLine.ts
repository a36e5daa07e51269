import { assertNever } from '../base/assertNever';
import type { EngineError } from '../engine/errors';
import type {
  ErrorInfo,
  ErrorKind,
  LimitName,
  Reply,
  ReplyEvent,
  ServedFrom,
  ShapeNote,
  StopReason,
  Usage,
  WaitReason,
} from '../engine/types';

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
      readonly reason: WaitReason;
      readonly waitMs: OrNull<number>;
      readonly limit: OrNull<LimitName>;
      readonly endpointId: OrNull<string>;
    }
  | {
      readonly type: 'retry';
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly delayMs: number;
      readonly error: ErrorMembers;
    }
  | {
      readonly type: 'resumed';
      readonly continuation: number;
      readonly error: OrNull<ErrorMembers>;
    }
  | {
      readonly type: 'fallback';
      readonly endpointId: string;
      readonly model: string;
      readonly error: ErrorMembers;
    }
  | { readonly type: 'shaped'; readonly notes: readonly ShapeNote[] }
  | { readonly type: 'served'; readonly from: ServedFrom }
  | {
      readonly type: 'done';
      readonly stopReason: StopReason;
      readonly usage: Usage;
      readonly timing: TimingMembers;
      readonly costUSD: OrNull<number>;
      readonly requestId: OrNull<string>;
      readonly attempts: number;
      readonly model: string;
      readonly endpointId: string;
      readonly continuations: number;
      readonly servedFrom: OrNull<ServedFrom>;
    }
  | (ErrorMembers & { readonly type: 'error'; readonly partialText: string });

interface ErrorMembers {
  readonly kind: ErrorKind;
  readonly status: OrNull<number>;
  readonly message: string;
  readonly requestId: OrNull<string>;
  readonly retryable: boolean;
  readonly retryAfterMs: OrNull<number>;
}

interface TimingMembers {
  readonly queueMs: number;
  readonly pacingMs: number;
  readonly backoffMs: number;
  readonly recoveryMs: number;
  readonly firstByteMs: OrNull<number>;
  readonly firstTokenMs: OrNull<number>;
  readonly totalMs: number;
}

/**
 * The line as JSON. With `id`, that of one request among several, each line has it as its second member, and a tool's own id is
 * `toolUseId`.
 */
export function lineJSON(line: OutputLine, id: string | undefined): string {
  if (id === undefined) return JSON.stringify(line);
  const { type, ...members } = line;
  if (line.type !== 'tool_use') return JSON.stringify({ type, id, ...members });
  const { id: toolUseId, name, input } = line;
  return JSON.stringify({ type, id, toolUseId, name, input });
}

/** The line of an event; `undefined` for one that has none. */
export function eventLine(event: ReplyEvent): OutputLine | undefined {
  switch (event.type) {
    case 'text':
    case 'thinking':
    case 'tool_use':
      return event;
    case 'waiting':
      return {
        type: 'waiting',
        reason: event.reason,
        waitMs: roundedOrNull(event.waitMs),
        limit: event.limit ?? null,
        endpointId: event.endpointId ?? null,
      };
    case 'retry': {
      const { type, attempt, maxAttempts, delayMs, error } = event;
      return { type, attempt, maxAttempts, delayMs, error: errorMembers(error) };
    }
    case 'resumed': {
      const { type, continuation, error } = event;
      return { type, continuation, error: error ? errorMembers(error) : null };
    }
    case 'fallback':
      return { ...event, error: errorMembers(event.error) };
    case 'shaped':
    case 'served':
      return event;
    case 'attempt':
      return undefined;
    default:
      return assertNever(event);
  }
}

export function doneLine(reply: Reply): OutputLine {
  const { stopReason, usage, timing, costUSD, requestId, attempts } = reply;
  const { model, endpointId, continuations, servedFrom } = reply;
  return {
    type: 'done',
    stopReason,
    usage,
    timing: {
      queueMs: rounded(timing.queueMs),
      pacingMs: rounded(timing.pacingMs ?? 0),
      backoffMs: rounded(timing.backoffMs),
      recoveryMs: rounded(timing.recoveryMs ?? 0),
      firstByteMs: roundedOrNull(timing.firstByteMs),
      firstTokenMs: roundedOrNull(timing.firstTokenMs),
      totalMs: rounded(timing.totalMs),
    },
    costUSD: costUSD === undefined ? null : Number(costUSD.toPrecision(12)),
    requestId: requestId ?? null,
    attempts,
    model,
    endpointId,
    continuations,
    servedFrom: servedFrom ?? null,
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
  const { kind, status, message, requestId, retryable, retryAfterMs } = error;
  return {
    kind,
    status: status ?? null,
    message,
    requestId: requestId ?? null,
    retryable,
    retryAfterMs: retryAfterMs ?? null,
  };
}

function roundedOrNull(ms: number | undefined): OrNull<number> {
  return ms === undefined ? null : rounded(ms);
}

/** To the microsecond: what is behind it is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
