/** `error.type` of the Messages API (SDK `resources/shared.ts`, `ErrorType`), and the one that only a 413 has. */
export type ApiErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'api_error'
  | 'overloaded_error'
  | 'request_too_large';

const TYPE_BY_STATUS: Readonly<Record<number, ApiErrorType>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function errorTypeOf(status: number): ApiErrorType {
  return TYPE_BY_STATUS[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

/** A request that is refused, with what the API would answer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly type: ApiErrorType;
  /** Beside those of every answer, or instead of them. */
  readonly headers: readonly (readonly [string, string])[];

  constructor(
    status: number,
    message: string,
    type: ApiErrorType = errorTypeOf(status),
    headers: readonly (readonly [string, string])[] = [],
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.headers = headers;
  }
}

export function invalid(message: string): ApiProblem {
  return new ApiProblem(400, message);
}

/** The body as the API writes it. A 413 comes from the edge: without the outer `type` and without `request_id`. */
export function errorBody(
  type: string,
  message: string,
  requestId: string,
  details?: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (type === 'request_too_large') return { error: { type, message } };
  const error = details ? { details, type, message } : { type, message };
  return { type: 'error', error, request_id: requestId };
}
