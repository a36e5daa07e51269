import type { ErrorInfo, ErrorKind, TurnTotals } from './types';

export interface EngineErrorOptions {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
  /** The server's own words, fit to be shown. */
  readonly said?: string | undefined;
  /** Visible text that had arrived before the failure. */
  readonly partialText?: string;
  /** What the turn took until then. */
  readonly took?: TurnTotals | undefined;
}

/** Kinds where the same request may succeed a little later, unless the server said otherwise. */
const RETRYABLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'rate_limit',
  'overloaded',
  'api',
  'timeout_connect',
  'timeout_first_event',
  'timeout_idle',
  'network',
  'offline',
  'truncated',
  'circuit_open',
]);

/** The one error that leaves the engine. `message` is a sentence for a person: what happened and what to do. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: ErrorKind;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly said: string | undefined;
  readonly partialText: string;
  readonly took: TurnTotals | undefined;

  constructor(kind: ErrorKind, message: string, options: EngineErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? RETRYABLE.has(kind);
    this.retryAfterMs = options.retryAfterMs;
    this.said = options.said;
    this.partialText = options.partialText ?? '';
    this.took = options.took;
  }

  /** The same error with other words, more text or the request id that it could not know. */
  with(changes: {
    readonly message?: string;
    readonly partialText?: string;
    readonly requestId?: string | undefined;
    readonly took?: TurnTotals;
  }): EngineError {
    const { kind, status, retryable, retryAfterMs, said, cause } = this;
    return new EngineError(kind, changes.message ?? this.message, {
      status,
      requestId: changes.requestId ?? this.requestId,
      retryable,
      retryAfterMs,
      said,
      cause,
      partialText: changes.partialText ?? this.partialText,
      took: changes.took ?? this.took,
    });
  }

  toInfo(): ErrorInfo {
    const { kind, message, status, requestId, retryable, retryAfterMs, said } = this;
    const info = { kind, message, status, requestId, retryable, retryAfterMs };
    return said === undefined ? info : { ...info, said };
  }
}
