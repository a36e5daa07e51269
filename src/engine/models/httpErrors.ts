import { EngineError } from '../errors';
import { formatMoment } from '../resilience/phrases';
import type { ErrorKind } from '../types';
import { hostOf, safeText, sentence, type ErrorContext } from './errorText';
import { withoutMarkup } from './webPage';
import { isRecord } from './wireGuards';

/** An error as the server told it: in a response, or in the middle of a stream. */
export interface ServerFault {
  /** Absent for an error inside an answer with a good status. */
  readonly status?: number | undefined;
  /** Without a status they belong to the good answer around the error: only the request id is taken from them. */
  readonly headers?: Headers | undefined;
  /** Parsed JSON, or the text when it is none. */
  readonly body: unknown;
}

/** `error.type` without `_error`. Source: the SDK's `src/resources/shared.ts`. */
const KIND_BY_TYPE: Readonly<Record<string, ErrorKind>> = {
  invalid_request: 'invalid_request',
  authentication: 'authentication',
  billing: 'billing',
  permission: 'permission',
  not_found: 'not_found',
  request_too_large: 'request_too_large',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
  timeout: 'api',
  conflict: 'api',
  api: 'api',
};

const KIND_BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not_found',
  405: 'not_found',
  407: 'proxy',
  408: 'api',
  409: 'api',
  413: 'request_too_large',
  429: 'rate_limit',
  529: 'overloaded',
};

/** Types that servers use for everything: the status says more where it says anything. */
const VAGUE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['api', 'invalid_request']);

/** `error.details.error_code` of limits on money, which no waiting lifts. Source: the SDK's `src/core/error-classes.ts`. */
const SPEND_CODES: ReadonlySet<string> = new Set([
  'enforced_spend_limit_reached',
  'contract_spend_limit_reached',
  'linked_organization_spend_limit_reached',
]);

/**
 * Causes that the API tells by nothing but their wording. Matched on the server's text because there is no code for them; each
 * was seen on the wire.
 */
const KIND_BY_WORDING: readonly {
  readonly from: readonly ErrorKind[];
  readonly wording: RegExp;
  readonly kind: ErrorKind;
}[] = [
  { from: ['rate_limit'], wording: /^extra usage is required/i, kind: 'spend_limit' },
  { from: ['api'], wording: /^overloaded\b/i, kind: 'overloaded' },
  { from: ['invalid_request'], wording: /credit balance is too low/i, kind: 'billing' },
];

/** What happened and what to do, around the server's own words. */
const WORDS: Readonly<Partial<Record<ErrorKind, readonly [what: string, advice: string]>>> = {
  invalid_request: [
    'The server did not accept the request',
    'Change the question, the model or the settings.',
  ],
  authentication: ['The API key was refused', 'Set another API key.'],
  billing: ['The account cannot pay for this request', 'Check the plan and the billing details.'],
  permission: [
    'The API key is not allowed to do this',
    'Use another key or model, or ask who manages the account.',
  ],
  not_found: [
    'The server does not have what was asked for',
    'Check the name of the model and the base URL.',
  ],
  request_too_large: [
    'The request is too large for the server',
    'Shorten the question, remove attachments or start a new chat.',
  ],
  rate_limit: ['The rate limit is reached', 'Try again in a while, or send less at once.'],
  spend_limit: [
    'A spending limit is reached, and waiting does not lift it',
    'Raise the limit in the account, or use another key or model.',
  ],
  overloaded: ['The server is overloaded', 'Try again in a while, or choose another model.'],
  api: ['The server failed', 'Try again in a while.'],
  proxy: [
    'The proxy asks for a user name and password',
    'Set them in the proxy settings of VS Code.',
  ],
  protocol: [
    'The answer is not one of the Messages API',
    'Check the base URL: a proxy, a sign-in page or another kind of server may be answering.',
  ],
};

/** How fast use may grow; the rest of a `rate_limit` is how much. Source: the SDK's `src/resources/shared.ts`. */
const RAMP_CODE = 'ramp_limit_exceeded';
const RAMP_WORDS = [
  'Use grew faster than the account allows',
  'It is accepted again after a while; let it grow more slowly, or send less at once.',
] as const;

/** A spending limit that ends sooner is none: the header belongs to the ordinary limits. */
const SHORTEST_SPEND_LIMIT_MS = 600_000;

/** The typed error for what the server said. */
export function serverError(fault: ServerFault, context: ErrorContext): EngineError {
  const { status, headers } = fault;
  const details = readBody(fault.body);
  const kind = refine(kindOf(status, details.type), details);
  const advice = status === undefined ? undefined : headers;
  const waitMs = retryAfterMs(advice, context.wallNow);
  const words = wordsFor(kind, details.code, waitMs, context.wallNow);
  return new EngineError(kind, message(words, kind, status, details.said, headers, context), {
    status,
    requestId: requestIdOf(headers) ?? details.requestId,
    retryAfterMs: waitMs,
    said: ownWords(status, details.said, context),
    ...retryable(kind, status, advice),
  });
}

/** The error for a good status with something else in the body than the Messages API sends. */
export function unexpectedAnswer(
  response: Response,
  body: unknown,
  context: ErrorContext,
): EngineError {
  const { status, headers } = response;
  const { said, requestId } = readBody(body);
  const words = wordsFor('protocol', undefined, undefined, context.wallNow);
  return new EngineError('protocol', message(words, 'protocol', status, said, headers, context), {
    status,
    requestId: requestIdOf(headers) ?? requestId,
    said: ownWords(status, said, context),
  });
}

/** The server's name for this request, to be told to its support. */
export function requestIdOf(headers: Headers | undefined): string | undefined {
  return headers?.get('request-id') ?? headers?.get('x-request-id') ?? undefined;
}

function kindOf(status: number | undefined, type: string | undefined): ErrorKind {
  const byType = type === undefined ? undefined : KIND_BY_TYPE[type.replace(/_error$/, '')];
  if (status === undefined) return byType ?? 'api';
  const byStatus = kindOfStatus(status);
  if (byType === undefined || (VAGUE.has(byType) && !VAGUE.has(byStatus))) return byStatus;
  return byType;
}

function kindOfStatus(status: number): ErrorKind {
  const known = KIND_BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'api';
  return status >= 400 ? 'invalid_request' : 'protocol';
}

function refine(kind: ErrorKind, { code, said }: ErrorDetails): ErrorKind {
  if (code !== undefined && SPEND_CODES.has(code)) return 'spend_limit';
  const match = KIND_BY_WORDING.find((each) => each.from.includes(kind) && each.wording.test(said));
  return match?.kind ?? kind;
}

function retryable(
  kind: ErrorKind,
  status: number | undefined,
  headers: Headers | undefined,
): { retryable?: boolean } {
  // The server sends `x-should-retry: true` with every 429; a limit on money stays all the same, and so does a missing password.
  if (kind === 'spend_limit' || kind === 'proxy') return { retryable: false };
  const asked = headers?.get('x-should-retry');
  if (asked === 'true') return { retryable: true };
  if (asked === 'false') return { retryable: false };
  if (status === 501 || status === 505) return { retryable: false };
  return {};
}

/**
 * What the server asked to wait: `retry-after-ms`, or `retry-after` in seconds or as a date. A date is counted from the
 * response's own `date`, so that a wrong clock here does no harm. Never negative.
 */
export function retryAfterMs(headers: Headers | undefined, wallNow: number): number | undefined {
  const precise = headers?.get('retry-after-ms')?.trim();
  if (precise && /^\d+(\.\d+)?$/.test(precise)) return Number(precise);
  const value = headers?.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  // Dates start with the day's name; `Date.parse` alone takes even "-5" for one.
  const until = /^[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const serverNow = Date.parse(headers?.get('date') ?? '');
  return Math.max(0, until - (Number.isNaN(serverNow) ? wallNow : serverNow));
}

interface ErrorDetails {
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly said: string;
  readonly requestId: string | undefined;
}

/** Reads Anthropic's envelope and, for the sake of a good message, the habits of other servers. */
function readBody(body: unknown): ErrorDetails {
  if (!isRecord(body)) {
    const said = typeof body === 'string' ? withoutMarkup(body) : '';
    return { type: undefined, code: undefined, said, requestId: undefined };
  }
  const { error } = body;
  const inner = isRecord(error) ? error : {};
  const details = isRecord(inner['details']) ? inner['details'] : {};
  return {
    type: stringOf(inner['type']),
    code: stringOf(details['error_code']),
    said: withoutMarkup(
      stringOf(inner['message']) ??
        stringOf(error) ??
        stringOf(body['message']) ??
        stringOf(body['detail']) ??
        '',
    ),
    requestId: stringOf(body['request_id']),
  };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wordsFor(
  kind: ErrorKind,
  code: string | undefined,
  waitMs: number | undefined,
  wallNow: number,
): readonly [what: string, advice: string] {
  if (kind === 'rate_limit' && code === RAMP_CODE) return RAMP_WORDS;
  if (kind === 'spend_limit' && waitMs !== undefined && waitMs >= SHORTEST_SPEND_LIMIT_MS) {
    const until = formatMoment(wallNow + waitMs, wallNow);
    return [
      `A spending limit is reached until ${until}`,
      'Raise the limit in the account, or use another key or model until then.',
    ];
  }
  return WORDS[kind] ?? ['The server answered with an error', 'Try again.'];
}

function message(
  [what, advice]: readonly [what: string, advice: string],
  kind: ErrorKind,
  status: number | undefined,
  said: string,
  headers: Headers | undefined,
  context: ErrorContext,
): string {
  if (status !== undefined && isRedirect(status)) {
    return redirectMessage(status, headers, context);
  }
  const place = kind === 'authentication' ? ` by ${hostOf(context.endpoint)}` : '';
  const number = status === undefined ? '' : ` (${status})`;
  const words = ownWords(status, said, context);
  return `${what}${place}${number}${words === undefined ? '.' : `: ${sentence(words)}`} ${advice}`;
}

/** What the server said, fit to be shown. What a redirect says in its body helps nobody. */
function ownWords(
  status: number | undefined,
  said: string,
  context: ErrorContext,
): string | undefined {
  if (status !== undefined && isRedirect(status)) return undefined;
  return safeText(said, context) || undefined;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function redirectMessage(
  status: number,
  headers: Headers | undefined,
  context: ErrorContext,
): string {
  const target = headers?.get('location') ?? '';
  const where = target === '' ? 'another address' : safeText(target.split('?')[0] ?? '', context);
  return `${hostOf(context.endpoint)} sends requests on to ${where} (${status}), and keys are not sent on. Set the base URL to the right address.`;
}
