import type { Action, LimitName, Usage } from '../../types';

export interface PacingRequest {
  /** Models of one family share limits. */
  readonly family: string;
  readonly model: string;
  readonly action: Action;
  /** Raw estimate, from the text's size. */
  readonly inputTokens: number;
  /** `max_tokens`. */
  readonly maxOutputTokens: number;
}

/** What was put aside for one request. Has to be settled when the request has ended, however it did. */
export interface Reservation {
  /** An answer's status and headers, good or bad. Only the first one counts. */
  answered(status: number, headers: Headers): void;
  /**
   * The request has ended and used so much. `undefined`: not known. Without any answer everything is given back then (what the server
   * charged all the same, as after a timeout, shows in the next answer's headers); after a good answer all that was put aside counts as
   * used; a bad one has given it back already. Only the first call counts.
   */
  settle(usage: Usage | undefined): void;
}

export interface PacingWait {
  readonly limit: LimitName;
  /** Above 0. */
  readonly waitMs: number;
}

/** Amounts of one request, as they were put aside. */
export interface Need {
  readonly input: number;
  readonly output: number;
}

/** What those take who wait before someone, added up. */
export interface Ahead extends Need {
  readonly requests: number;
}
