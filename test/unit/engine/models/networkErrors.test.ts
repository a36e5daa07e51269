import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorContext } from '../../../../src/engine/models/errorText';
import { networkError } from '../../../../src/engine/models/networkErrors';
import type { ErrorKind } from '../../../../src/engine/types';
import {
  Cleanup,
  TEST_KEY,
  failure,
  startAttempt,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { answerWith, startReplayServer } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const context: ErrorContext = {
  endpoint: testEndpoint('https://gate.example.com:8443/path'),
  key: TEST_KEY,
  wallNow: 0,
};

function withCode(code: string, message = 'x'): Error {
  return Object.assign(new Error(message), { code });
}

/** As `fetch` reports it. */
function fetchFailed(...codes: readonly string[]): TypeError {
  const cause = codes.reduceRight<Error | undefined>(
    (inner, code) => Object.assign(new Error('inner', { cause: inner }), { code }),
    undefined,
  );
  return new TypeError('fetch failed', { cause });
}

describe('a network error', () => {
  const cases: readonly (readonly [string, ErrorKind, boolean])[] = [
    ['ECONNREFUSED', 'network', true],
    ['ECONNRESET', 'network', true],
    ['EPIPE', 'network', true],
    ['ENOTFOUND', 'offline', true],
    ['EAI_AGAIN', 'offline', true],
    ['ENETUNREACH', 'offline', true],
    ['ENETDOWN', 'offline', true],
    ['EHOSTUNREACH', 'offline', true],
    ['EADDRNOTAVAIL', 'offline', true],
    ['UND_ERR_SOCKET', 'network', true],
    ['ETIMEDOUT', 'timeout_connect', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout_connect', true],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout_first_event', true],
    ['UND_ERR_BODY_TIMEOUT', 'timeout_idle', true],
    ['CERT_HAS_EXPIRED', 'tls', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', false],
    ['EPROTO', 'tls', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', false],
    ['HPE_INVALID_CONSTANT', 'protocol', false],
    ['ERR_INVALID_URL', 'invalid_input', false],
    ['SOMETHING_NEW', 'network', true],
  ];
  it.each(cases)('with %s is %s', (code, kind, retryable) => {
    const error = networkError(fetchFailed(code), 'before_answer', context);
    expect(error).toMatchObject({ kind, retryable });
    expect(error.message).toMatch(/^\S.*\.$/);
  });

  it('counts the innermost code that is known', () => {
    expect(
      networkError(fetchFailed('UND_ERR_SOCKET', 'ENETDOWN'), 'before_answer', context).kind,
    ).toBe('offline');
    expect(networkError(fetchFailed('ECONNRESET', 'X'), 'before_answer', context).kind).toBe(
      'network',
    );
  });

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'HPE_INVALID_EOF_STATE'])(
    'with %s in the middle of an answer says that the answer was cut',
    (code) => {
      const error = networkError(fetchFailed(code), 'in_answer', context);
      expect(error).toMatchObject({ kind: 'truncated', retryable: true });
      expect(error.message).toContain('cut in the middle of the answer');
    },
  );

  it('of no network says that the name or address may be wrong, too', () => {
    for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EADDRNOTAVAIL']) {
      const { message } = networkError(fetchFailed(code), 'before_answer', context);
      expect(message).toMatch(/there is no network, or the (name|address) is wrong/);
      expect(message).toContain('gate.example.com:8443');
    }
  });

  it('of several addresses is found in each of them', () => {
    const all = new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')], 'all');
    const error = networkError(
      new TypeError('fetch failed', { cause: all }),
      'before_answer',
      context,
    );
    expect(error.message).toContain('https://gate.example.com:8443');
    expect(error.message).toContain('connection refused');
  });

  it('keeps a cause without the key or anything that hangs on it', () => {
    const cause = Object.assign(withCode('ECONNRESET', `sent ${TEST_KEY}`), {
      request: { headers: { authorization: TEST_KEY } },
    });
    const error = networkError(new TypeError('fetch failed', { cause }), 'before_answer', context);
    expect(error.cause).toBeInstanceOf(Error);
    expect(String(error.cause)).toContain('ECONNRESET');
    expect(String(error.cause)).not.toContain(TEST_KEY);
    expect(error.cause).not.toHaveProperty('cause');
  });
});

describe('over real connections', () => {
  it('HTTPS to a server that speaks HTTP says how to mend it', async () => {
    const server = cleanup.closing(await startReplayServer(answerWith('x')));
    const endpoint = testEndpoint(server.url.replace('http:', 'https:'));
    const error = await failure(startAttempt(cleanup.add(testFactory({ endpoint }))));
    expect(error).toMatchObject({ kind: 'tls', retryable: false });
    expect(error.message).toContain('http://');
  });

  it('a name that does not exist is told', async () => {
    const endpoint = testEndpoint('http://name.invalid');
    const error = await failure(startAttempt(cleanup.add(testFactory({ endpoint }))));
    expect(error).toMatchObject({ kind: 'offline', retryable: true });
    expect(error.message).toContain('name.invalid');
  });

  it('a port that web requests must not use is told', async () => {
    const endpoint = testEndpoint('http://127.0.0.1:6000');
    const error = await failure(startAttempt(cleanup.add(testFactory({ endpoint }))));
    expect(error).toMatchObject({ kind: 'invalid_input' });
  });
});
