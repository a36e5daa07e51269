/** What every fault has. */
interface FaultScope {
  /** How many times in a row a conversation meets it before one request gets through. Infinity: always. */
  readonly times: number;
  /** `all`: also /v1/models and count_tokens. */
  readonly scope: 'messages' | 'all';
  /** How it was written, to count by and to log. */
  readonly text: string;
}

/** An answer with this status instead of a reply. */
export interface StatusFault {
  readonly kind: 'status';
  readonly status: number;
  /** `error.type`, `error.message` and `error.details` of a body in the API's form. */
  readonly type: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Sent as it is instead of a body in the API's form. */
  readonly body: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
}

/** Nothing moves for `ms`, then it goes on. */
export interface StallFault {
  readonly kind: 'stall';
  readonly at: 'headers' | 'first' | 'stream';
  /** Content deltas before it, for `stream`. */
  readonly after: number;
  readonly pings: boolean;
  readonly ms: number;
}

/** The connection is cut with a TCP reset. */
export interface ResetFault {
  readonly kind: 'reset';
  readonly at: 'headers' | 'stream';
  readonly after: number;
}

/** The response ends in the middle of an event. */
export interface CutFault {
  readonly kind: 'cut';
  readonly after: number;
}

/** The response ends between two events, without `message_stop`. */
export interface TruncateFault {
  readonly kind: 'truncate';
  readonly after: number;
}

/** An `error` event inside the stream, after which it ends. */
export interface ErrorEventFault {
  readonly kind: 'error';
  readonly after: number;
  readonly type: string;
  readonly message: string;
}

/** The rest comes `bytes` at a time, `ms` apart. */
export interface DripFault {
  readonly kind: 'drip';
  readonly after: number;
  readonly bytes: number;
  readonly ms: number;
}

/** Not a failure: the reply stops early for this reason. */
export interface StopFault {
  readonly kind: 'stop';
  readonly reason: 'pause_turn' | 'refusal' | 'max_tokens' | 'model_context_window_exceeded';
  /** Tokens of text before it. */
  readonly after: number;
}

export type FaultAction =
  | StatusFault
  | StallFault
  | ResetFault
  | CutFault
  | TruncateFault
  | ErrorEventFault
  | DripFault
  | StopFault;

export type Fault = FaultAction & FaultScope;
