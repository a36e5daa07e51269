import type { Usage } from '../../types';
import type { FamilyLimits } from './familyLimits';
import type { Flight } from './flight';
import type { PacingRequest, Reservation } from './pacingTypes';

/** Told by requests what becomes of them. One object serves all of them: `context` is what a request was made with. */
export interface RequestEnds<Context> {
  now(): number;
  answered(context: Context): void;
  ended(context: Context, request: PacingRequest, usage: Usage | undefined): void;
}

/** One reservation. It keeps to the limits of the key it was sent with: an answer to an old key says nothing of the new one. */
export class PacedRequest<Context> implements Reservation {
  readonly #limits: FamilyLimits;
  readonly #flight: Flight;
  readonly #ends: RequestEnds<Context>;
  readonly #context: Context;
  readonly #request: PacingRequest;
  #settled = false;

  constructor(
    limits: FamilyLimits,
    flight: Flight,
    request: PacingRequest,
    ends: RequestEnds<Context>,
    context: Context,
  ) {
    this.#limits = limits;
    this.#flight = flight;
    this.#request = request;
    this.#ends = ends;
    this.#context = context;
  }

  answered(status: number, headers: Headers): void {
    this.#limits.answered(this.#flight, status, headers, this.#ends.now());
    this.#ends.answered(this.#context);
  }

  settle(usage: Usage | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#limits.settle(this.#flight, usage, this.#ends.now());
    this.#ends.ended(this.#context, this.#request, usage);
  }
}
