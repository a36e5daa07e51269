import type { Endpoint, ErrorKind } from '../types';

/** What an error's text may need to know of the request it belongs to. Lives as long as the request, never in the error. */
export interface ErrorContext {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  /** Milliseconds since 1970, to make sense of dates in headers. */
  readonly wallNow: number;
}

/** What is known of a failure; `retryable` where it is not the kind's own. */
export interface Finding {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly retryable?: boolean;
}

const MAX_LENGTH = 500;
/** Anything shorter would be found in ordinary words. */
const MIN_SECRET_LENGTH = 6;
// eslint-disable-next-line no-control-regex -- removing them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g;
const KEY_LIKE = /\bsk-[\w-]{8,}/g;
const AUTH_LIKE = /\b(bearer|basic)\s+[\w+/=.~-]{6,}/gi;

/** Text from outside made fit to be shown: no key or header value in it, one line, at most 500 characters. */
export function safeText(text: string, context: ErrorContext): string {
  let safe = text;
  for (const secret of [context.key, ...Object.values(context.endpoint.headers)]) {
    if (secret !== undefined && secret.length >= MIN_SECRET_LENGTH) {
      safe = safe.replaceAll(secret, '[hidden]');
    }
  }
  safe = safe
    .replace(KEY_LIKE, '[hidden]')
    .replace(AUTH_LIKE, '$1 [hidden]')
    .replace(CONTROL, ' ')
    .trim();
  return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH)}…` : safe;
}

/**
 * What caused an error, as an `Error` that holds nothing but its scrubbed names, codes and messages: a library's own error may
 * carry the request with its headers.
 */
export function safeCause(error: unknown, context: ErrorContext): Error | undefined {
  const parts = causeChain(error).map((each) => {
    const code = errorCode(each);
    return `${each.name}${code === undefined ? '' : ` [${code}]`}: ${safeText(each.message, context)}`;
  });
  if (parts.length === 0) return undefined;
  const cause = new Error(parts.join(' <- '));
  // The stack would show the place of this copy.
  delete cause.stack;
  return cause;
}

/** The error and what caused it, outermost first; of several causes (all addresses refused) each. At most 8. */
export function causeChain(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  const visit = (each: unknown): void => {
    if (!(each instanceof Error) || chain.includes(each) || chain.length >= 8) return;
    chain.push(each);
    if (each instanceof AggregateError) for (const inner of each.errors) visit(inner);
    visit(each.cause);
  };
  visit(error);
  return chain;
}

/** Node's, OpenSSL's or undici's code, such as `ECONNREFUSED`. */
export function errorCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Adds the full stop that another text may lack. */
export function sentence(text: string): string {
  return /[.!?…][)\]"'”’»]*$/.test(text) ? text : `${text}.`;
}

/** Scheme, host and port of the endpoint, for messages; never user, password or query. */
export function originOf(endpoint: Endpoint): string {
  try {
    return new URL(endpoint.baseURL).origin;
  } catch {
    return 'the base URL';
  }
}

export function hostOf(endpoint: Endpoint): string {
  try {
    return new URL(endpoint.baseURL).host;
  } catch {
    return 'the server';
  }
}
