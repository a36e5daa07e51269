import { describe, expect, it } from 'vitest';
import type { ErrorContext } from '../../../../src/engine/models/errorText';
import { retryAfterMs, serverError } from '../../../../src/engine/models/httpErrors';
import { parseBody } from '../../../../src/engine/models/responseBody';
import { formatMoment } from '../../../../src/engine/resilience/phrases';
import type { ErrorKind } from '../../../../src/engine/types';
import { TEST_KEY, testEndpoint } from '../../../helpers/modelHarness';
import { haveRecordings, recordedErrors } from '../../../helpers/wireRecordings';

const context: ErrorContext = {
  endpoint: testEndpoint('https://api.example.com/base'),
  key: TEST_KEY,
  wallNow: Date.UTC(2026, 10, 22, 12, 0, 0),
};

function envelope(type: string, message: string, code?: string): object {
  const details = code === undefined ? null : { error_code: code };
  return { type: 'error', error: { type, message, details }, request_id: 'req_body' };
}

function errorOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  return serverError({ status, headers: new Headers(headers), body }, context);
}

describe('the kind of a server error', () => {
  const cases: readonly (readonly [number, unknown, ErrorKind, boolean])[] = [
    [400, envelope('invalid_request_error', 'bad'), 'invalid_request', false],
    [400, envelope('invalid_request_error', 'Your credit balance is too low'), 'billing', false],
    [401, envelope('authentication_error', 'invalid x-api-key'), 'authentication', false],
    [401, envelope('invalid_request_error', 'no key'), 'authentication', false],
    [402, envelope('billing_error', 'pay'), 'billing', false],
    [
      402,
      envelope('billing_error', 'x', 'linked_organization_spend_limit_reached'),
      'spend_limit',
      false,
    ],
    [403, envelope('permission_error', 'no'), 'permission', false],
    [404, envelope('not_found_error', 'model: x'), 'not_found', false],
    [405, '', 'not_found', false],
    [407, '', 'proxy', false],
    [408, '', 'api', true],
    [409, envelope('conflict_error', 'busy'), 'api', true],
    [
      413,
      { error: { type: 'request_too_large', message: 'Request exceeds' } },
      'request_too_large',
      false,
    ],
    [413, '<html></html>', 'request_too_large', false],
    [422, { detail: 'x' }, 'invalid_request', false],
    [429, envelope('rate_limit_error', 'slow down'), 'rate_limit', true],
    [429, envelope('rate_limit_error', 'x', 'ramp_limit_exceeded'), 'rate_limit', true],
    [429, envelope('rate_limit_error', 'x', 'enforced_spend_limit_reached'), 'spend_limit', false],
    [429, envelope('rate_limit_error', 'x', 'contract_spend_limit_reached'), 'spend_limit', false],
    [
      429,
      envelope('rate_limit_error', 'Extra usage is required for long context requests.'),
      'spend_limit',
      false,
    ],
    [429, '', 'rate_limit', true],
    [500, envelope('api_error', 'Internal server error'), 'api', true],
    [500, envelope('api_error', 'Overloaded'), 'overloaded', true],
    [501, '', 'api', false],
    [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'api', true],
    [503, 'no healthy upstream', 'api', true],
    [504, envelope('timeout_error', 'x'), 'api', true],
    [520, '', 'api', true],
    [529, envelope('overloaded_error', 'Overloaded. See docs'), 'overloaded', true],
    [529, '', 'overloaded', true],
    [418, '', 'invalid_request', false],
    [302, '', 'protocol', false],
  ];
  it.each(cases)('%i %j is %s', (status, body, kind, retryable) => {
    expect(errorOf(status, body)).toMatchObject({ kind, status, retryable });
  });

  it('in a stream comes from the type alone', () => {
    const kindOf = (type: string): ErrorKind =>
      serverError({ body: envelope(type, 'x') }, context).kind;
    expect(kindOf('overloaded_error')).toBe('overloaded');
    expect(kindOf('rate_limit_error')).toBe('rate_limit');
    expect(kindOf('api_error')).toBe('api');
    expect(kindOf('invalid_request_error')).toBe('invalid_request');
    expect(kindOf('error_of_the_future')).toBe('api');
  });
});

describe('whether a retry makes sense', () => {
  it('is what the server says before our own table', () => {
    expect(errorOf(400, '', { 'x-should-retry': 'true' }).retryable).toBe(true);
    expect(errorOf(529, '', { 'x-should-retry': 'false' }).retryable).toBe(false);
    expect(errorOf(500, '', { 'x-should-retry': 'maybe' }).retryable).toBe(true);
  });

  it('is no where money is the limit, whatever the server says', () => {
    const body = envelope('rate_limit_error', 'x', 'enforced_spend_limit_reached');
    expect(errorOf(429, body, { 'x-should-retry': 'true' }).retryable).toBe(false);
  });
});

describe('a proxy that wants a password', () => {
  it('is not asked again, whatever it says', () => {
    expect(errorOf(407, '', { 'x-should-retry': 'true' }).retryable).toBe(false);
  });
});

describe('the headers of a good answer with an error in it', () => {
  it('say which request it was, not whether and when to try again', () => {
    const headers = new Headers({
      'request-id': 'req_stream',
      'retry-after': '30',
      'x-should-retry': 'false',
    });
    expect(
      serverError({ headers, body: envelope('overloaded_error', 'x') }, context),
    ).toMatchObject({
      kind: 'overloaded',
      requestId: 'req_stream',
      retryAfterMs: undefined,
      retryable: true,
    });
  });
});

describe('retry-after', () => {
  it.each([
    [{ 'retry-after': '16' }, 16_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '16', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:20 GMT' }, 20_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    // A clock that is an hour off does not matter when the server tells its own.
    [
      { 'retry-after': 'Sun, 22 Nov 2026 13:00:30 GMT', date: 'Sun, 22 Nov 2026 13:00:00 GMT' },
      30_000,
    ],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{}, undefined],
  ])('%j means %s ms', (headers, expected) => {
    expect(retryAfterMs(new Headers(headers), context.wallNow)).toBe(expected);
  });
});

describe('the request id', () => {
  it('comes from the header, else from the body', () => {
    const body = envelope('api_error', 'x');
    expect(errorOf(500, body, { 'request-id': 'req_header' }).requestId).toBe('req_header');
    expect(errorOf(500, body).requestId).toBe('req_body');
    expect(errorOf(500, '').requestId).toBeUndefined();
  });
});

describe('the message', () => {
  it('says what happened, what the server said and what to do', () => {
    expect(errorOf(401, envelope('authentication_error', 'invalid x-api-key')).message).toBe(
      'The API key was refused by api.example.com (401): invalid x-api-key. Set another API key.',
    );
    expect(errorOf(502, '<html><title>502 Bad Gateway</title></html>').message).toBe(
      'The server failed (502): a web page titled "502 Bad Gateway". Try again in a while.',
    );
    expect(errorOf(429, '').message).toBe(
      'The rate limit is reached (429). Try again in a while, or send less at once.',
    );
    expect(errorOf(404, { error: 'model "x" not found' }).message).toContain(
      'model "x" not found.',
    );
  });

  it.each([
    [
      'a page',
      '<!DOCTYPE html>\n<html><head><title>\n 502 Bad\n Gateway</title></head><p>x</p></html>',
    ],
    ['a page without a title', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
    ['a page after other text', 'upstream said: <html><title>502 Bad Gateway</title></html>'],
    ['a page inside JSON', { message: '<html><title>502 Bad Gateway</title></html>' }],
    ['a page inside the envelope', envelope('api_error', '<html><title>502 Bad Gateway</title>')],
  ])('names %s by its title and never shows its source', (_what, body) => {
    const error = errorOf(502, body);
    expect(error.said).toBe('a web page titled "502 Bad Gateway"');
    expect(JSON.stringify(error.toInfo())).not.toMatch(/<|html>/i);
  });

  it('names a page without any title as one', () => {
    expect(errorOf(503, '<html><body>x</body></html>').said).toBe('a web page');
    expect(errorOf(503, '<title>A &amp; B</title>').said).toBe('a web page titled "A & B"');
  });

  it('shows text that is no page as it is', () => {
    expect(errorOf(400, envelope('invalid_request_error', 'a < b is not a tool')).said).toBe(
      'a < b is not a tool',
    );
  });

  it('says that use grew too fast where that is the limit, and obeys the header', () => {
    const body = envelope('rate_limit_error', 'x', 'ramp_limit_exceeded');
    const error = errorOf(429, body, { 'retry-after': '7' });
    expect(error).toMatchObject({ kind: 'rate_limit', retryable: true, retryAfterMs: 7_000 });
    expect(error.message).toContain('grew faster');
  });

  it('says until when a spending limit holds, where the server says so', () => {
    const body = envelope('rate_limit_error', 'x', 'enforced_spend_limit_reached');
    const days = 8 * 86_400;
    const error = errorOf(429, body, { 'retry-after': String(days) });
    const until = formatMoment(context.wallNow + days * 1_000, context.wallNow);
    expect(error).toMatchObject({ retryable: false, retryAfterMs: days * 1_000 });
    expect(error.message).toContain(`until ${until}`);
    // The ordinary limits send this one along.
    expect(errorOf(429, body, { 'retry-after': '16' }).message).toContain('waiting does not lift');
  });

  it('holds no key, no token, no control characters, and is bounded', () => {
    const { message } = errorOf(
      400,
      envelope(
        'invalid_request_error',
        `${TEST_KEY} sk-ant-api03-abcdefghijk Bearer abc.def-ghi \u202egnp.exe\n\u0007${'x'.repeat(5_000)}`,
      ),
    );
    expect(message).not.toMatch(/sk-test|sk-ant|abc\.def/);
    expect(message).not.toMatch(/\p{Cc}|\u202e/u);
    expect(message.length).toBeLessThan(700);
  });
});

describe.runIf(haveRecordings)('recorded errors', () => {
  /** What each must become, by its place in errors.json. */
  const expected: readonly ErrorKind[] = [
    'rate_limit',
    'rate_limit',
    'rate_limit',
    'rate_limit',
    'spend_limit',
    'rate_limit',
    'rate_limit',
    'rate_limit',
    'overloaded',
    'overloaded',
    'overloaded',
    'overloaded',
    'request_too_large',
    'overloaded',
    'overloaded',
    'overloaded',
    'overloaded',
    'invalid_request',
    'invalid_request',
    'invalid_request',
    'authentication',
    'authentication',
    'authentication',
    'authentication',
    'authentication',
  ];
  const never: ReadonlySet<ErrorKind> = new Set([
    'spend_limit',
    'request_too_large',
    'invalid_request',
    'authentication',
  ]);

  it.each(recordedErrors().map((recorded, index) => [index, recorded] as const))(
    'number %i gets its kind',
    (index, { status, where, body, headers }) => {
      const parsed = typeof body === 'string' ? parseBody(body) : (body ?? '');
      const error = serverError(
        where === 'sse'
          ? { body: parsed }
          : { status, headers: new Headers(headers), body: parsed },
        context,
      );
      expect(error.kind).toBe(expected[index]);
      expect(error.status).toBe(where === 'sse' ? undefined : status);
      expect(error.retryable).toBe(!never.has(error.kind));
      if ('request-id' in headers) expect(error.requestId).toBe(headers['request-id']);
      if ('retry-after' in headers) {
        expect(error.retryAfterMs).toBe(Number(headers['retry-after']) * 1_000);
      }
    },
  );
});
