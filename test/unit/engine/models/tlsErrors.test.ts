import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineError } from '../../../../src/engine/errors';
import type { ErrorContext } from '../../../../src/engine/models/errorText';
import { tlsMessage } from '../../../../src/engine/models/tlsErrors';
import { containing } from '../../../helpers/matchers';
import {
  Cleanup,
  failure,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { streamHead, streamTail, textDelta } from '../../../helpers/replayServer';
import {
  EXPIRED,
  OTHER_HOST,
  SELF_SIGNED,
  SIGNED,
  TEST_AUTHORITY,
  TEST_SERVER_KEY,
} from '../../../helpers/testCertificates';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** A server of the Messages API with this certificate; its base URL. */
async function secureServer(cert: string, options: ServerOptions = {}): Promise<string> {
  const server = createServer({ cert, key: TEST_SERVER_KEY, ...options }, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(streamHead + textDelta('x') + streamTail);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.later(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As VS Code does: its own dispatcher, which knows the certificates of the system. */
function trusting(connect: object): typeof globalThis.fetch {
  const agent = new Agent({ connect });
  cleanup.later(() => agent.destroy());
  return (input, init) =>
    globalThis.fetch(input, Object.assign({ ...init }, { dispatcher: agent }));
}

function attempt(url: string, fetch?: typeof globalThis.fetch) {
  const endpoint = testEndpoint(url);
  return startAttempt(cleanup.add(testFactory({ endpoint, ...(fetch ? { fetch } : {}) })));
}

const failed = (url: string, fetch?: typeof globalThis.fetch): Promise<EngineError> =>
  failure(attempt(url, fetch));

describe('over real TLS', () => {
  it('a certificate of a known authority is fine', async () => {
    const url = await secureServer(SIGNED);
    await success(attempt(url, trusting({ ca: TEST_AUTHORITY })));
  });

  it.each([
    ['signed by itself', SELF_SIGNED, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of an unknown authority', SIGNED, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['of an authority that is sent along', SIGNED + TEST_AUTHORITY, 'SELF_SIGNED_CERT_IN_CHAIN'],
  ])('a certificate %s is not retried and says where to install one', async (_what, cert, code) => {
    const error = await failed(await secureServer(cert));
    expect(error).toMatchObject({ kind: 'tls', retryable: false, message: containing(code) });
    expect(error.message).toContain('http.systemCertificates');
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('a certificate that has expired says to look at the clock', async () => {
    const error = await failed(await secureServer(EXPIRED), trusting({ ca: TEST_AUTHORITY }));
    expect(error).toMatchObject({ kind: 'tls', retryable: false, message: containing('expired') });
    expect(error.message).toContain('clock');
  });

  it('a certificate for another host says to look at the base URL', async () => {
    const error = await failed(await secureServer(OTHER_HOST), trusting({ ca: TEST_AUTHORITY }));
    expect(error).toMatchObject({ kind: 'tls', retryable: false });
    expect(error.message).toContain('is for another host (ERR_TLS_CERT_ALTNAME_INVALID)');
  });

  it('a handshake without a common version says which one to allow', async () => {
    const url = await secureServer(SIGNED, { minVersion: 'TLSv1.3' });
    const error = await failed(url, trusting({ ca: TEST_AUTHORITY, maxVersion: 'TLSv1.2' }));
    expect(error).toMatchObject({ kind: 'tls', retryable: false });
    expect(error.message).toContain('TLS 1.2 or later');
  });
});

describe('the message for a TLS code', () => {
  const context: ErrorContext = {
    endpoint: testEndpoint('https://gate.example.com:8443/path'),
    key: undefined,
    wallNow: 0,
  };

  it.each([
    ['CERT_NOT_YET_VALID', 'time zone'],
    ['CERT_REVOKED', 'revoked'],
    ['EPROTO', 'http://'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'http://'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'TLS 1.2'],
    ['CERT_SOMETHING_NEW', 'not accepted (CERT_SOMETHING_NEW)'],
  ])('%s says %s', (code, words) => {
    expect(tlsMessage(code, context)).toContain(words);
    expect(tlsMessage(code, context)).toContain('gate.example.com:8443');
  });

  it('is none for a code of something else', () => {
    expect(tlsMessage('ECONNRESET', context)).toBeUndefined();
  });
});
