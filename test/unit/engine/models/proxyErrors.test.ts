import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { ProxyAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineError } from '../../../../src/engine/errors';
import type { ErrorContext } from '../../../../src/engine/models/errorText';
import { networkError } from '../../../../src/engine/models/networkErrors';
import { containing } from '../../../helpers/matchers';
import {
  Cleanup,
  failure,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { answerWith, startReplayServer } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** A proxy that answers CONNECT with `status`, or opens the tunnel. */
async function proxyServer(status: number | 'open'): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket) => {
    if (status !== 'open') {
      socket.end(`HTTP/1.1 ${status} No\r\nproxy-authenticate: Basic realm="x"\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    for (const side of [onward, socket]) side.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.later(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As VS Code does: its own dispatcher in place of ours. */
function attemptThrough(proxy: string, url: string) {
  const agent = new ProxyAgent(proxy);
  cleanup.later(() => agent.destroy());
  const fetch: typeof globalThis.fetch = (input, init) =>
    globalThis.fetch(input, Object.assign({ ...init }, { dispatcher: agent }));
  const factory = cleanup.add(testFactory({ endpoint: testEndpoint(url), fetch }));
  return { factory, attempt: startAttempt(factory) };
}

const failed = (proxy: string, url: string): Promise<EngineError> =>
  failure(attemptThrough(proxy, url).attempt);

describe('through a real proxy', () => {
  it('that opens the tunnel all is well, and warming does no harm', async () => {
    const server = cleanup.closing(await startReplayServer(answerWith('x')));
    const { factory, attempt } = attemptThrough(await proxyServer('open'), server.url);
    await success(attempt);
    await factory.warm(undefined);
    expect(factory.connectionStats).toMatchObject({ open: 0 });
  });

  it.each([
    [407, false, 'user name and password'],
    [403, false, 'does not let connections'],
    [502, true, 'did not reach'],
    [504, true, 'did not reach'],
  ])('that answers CONNECT with %i', async (status, retryable, words) => {
    const error = await failed(await proxyServer(status), 'https://name.invalid');
    expect(error).toMatchObject({ kind: 'proxy', retryable, message: containing(words) });
    expect(error.message).toContain(`(${status})`);
  });

  it('that does not run', async () => {
    const gone = await startReplayServer(answerWith('x'));
    await gone.close();
    const error = await failed(gone.url, 'https://name.invalid');
    expect(error).toMatchObject({ kind: 'proxy', retryable: true });
    expect(error.message).toContain("The proxy can't be reached (ECONNREFUSED)");
  });

  it('whose own name is not found', async () => {
    const error = await failed('http://proxy.invalid:3128', 'http://127.0.0.1:8080');
    expect(error).toMatchObject({ kind: 'proxy', retryable: true });
  });
});

describe('a failure that names a proxy', () => {
  const context: ErrorContext = {
    endpoint: testEndpoint('https://gate.example.com'),
    key: undefined,
    wallNow: 0,
  };
  const kindOf = (error: Error): object => {
    const cause = new TypeError('fetch failed', { cause: error });
    const { kind, retryable } = networkError(cause, 'before_answer', context);
    return { kind, retryable };
  };
  const withCode = (code: string, message = 'x', more: object = {}): Error =>
    Object.assign(new Error(message), { code, ...more });

  it.each([
    // As VS Code words it.
    [withCode('UND_ERR_ABORTED', 'Proxy response (407) ?.== 200 when HTTP Tunneling'), false],
    [withCode('UND_ERR_INVALID_ARG', 'Proxy Authentication Required (407)'), false],
    [new Error('Failed to establish a socket connection to proxies: PROXY a:1'), true],
    [withCode('UND_ERR_PRX_TLS'), false],
    [withCode('UND_ERR_SOCKS5_AUTH_FAILED'), false],
    [withCode('UND_ERR_SOCKS5_REPLY_5'), true],
    [withCode('ECONNREFUSED', 'x', { port: 3128 }), true],
    [withCode('ENOTFOUND', 'x', { hostname: 'proxy.example.com' }), true],
  ])('%s is one of the proxy', (error, retryable) => {
    expect(kindOf(error)).toEqual({ kind: 'proxy', retryable });
  });

  it("is not one when the place is the endpoint's own", () => {
    expect(kindOf(withCode('ECONNREFUSED', 'x', { port: 443 }))).toMatchObject({ kind: 'network' });
    expect(kindOf(withCode('ENOTFOUND', 'x', { hostname: 'gate.example.com' }))).toMatchObject({
      kind: 'offline',
    });
  });

  it('keeps the certificate of the proxy apart from that of the server', () => {
    const inner = withCode('ERR_TLS_CERT_ALTNAME_INVALID');
    const outer = Object.assign(new Error('x', { cause: inner }), { code: 'UND_ERR_PRX_TLS' });
    expect(kindOf(outer)).toEqual({ kind: 'proxy', retryable: false });
  });
});
