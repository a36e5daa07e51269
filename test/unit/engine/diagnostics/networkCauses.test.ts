import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect as openSocket, Socket, type AddressInfo, type Server } from 'node:net';
import { connect as openSecure } from 'node:tls';
import { Agent, ProxyAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/base/clock';
import type { Cause } from '../../../../src/engine/diagnostics/cause';
import { networkCauses } from '../../../../src/engine/diagnostics/networkCauses';
import { probeNetwork, systemNetwork } from '../../../../src/engine/diagnostics/networkProbes';
import type { NetworkPorts } from '../../../../src/engine/diagnostics/networkProbes';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { Cleanup, testEndpoint, testKeys } from '../../../helpers/modelHarness';
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

const LIST = JSON.stringify({ data: [] });

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.later(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function plainServer(status = 200): Promise<string> {
  const server = createHttp((_request, response) => response.writeHead(status).end(LIST));
  return `http://127.0.0.1:${await listen(server)}`;
}

async function secureServer(cert: string): Promise<string> {
  const server = createHttps({ cert, key: TEST_SERVER_KEY }, (_request, response) =>
    response.end(LIST),
  );
  return `https://127.0.0.1:${await listen(server)}`;
}

async function unusedPort(): Promise<number> {
  const server = createHttp();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The real network, with a dispatcher in place of the process's own, as VS Code does it. */
function through(agent: Agent | ProxyAgent): Partial<NetworkPorts> {
  cleanup.later(() => agent.destroy());
  return {
    fetch: (input, init) =>
      globalThis.fetch(input, Object.assign({ ...init }, { dispatcher: agent })),
  };
}

/** Where the tests' authority is known. */
function trusting(): Partial<NetworkPorts> {
  return {
    ...through(new Agent({ connect: { ca: TEST_AUTHORITY } })),
    secure: (options) => openSecure({ ...options, ca: TEST_AUTHORITY }),
  };
}

async function causes(
  url: string,
  ports: Partial<NetworkPorts> = {},
  key?: string,
): Promise<readonly Cause[]> {
  const network = { ...systemNetwork(testKeys(key)), clock: systemClock, ...ports };
  return networkCauses(
    await probeNetwork(testEndpoint(url), network, new AbortController().signal),
  );
}

function kinds(found: readonly Cause[]): string[] {
  return found.map(({ kind }) => kind);
}

function valueOf(found: readonly Cause[], name: string) {
  return found[0]?.evidence.find((each) => each.name === name)?.value;
}

describe('the way to an endpoint', () => {
  it('is well where the server answers', async () => {
    expect(kinds(await causes(await plainServer()))).toEqual([]);
  });

  it('names a host that does not exist', async () => {
    // A label of more than 63 characters is refused without asking anybody.
    const found = await causes(`http://${'x'.repeat(64)}.test`);
    expect(kinds(found)).toEqual(['wrong_name']);
    expect(found[0]?.fixes[0]).toBe('setBaseUrl');
  });

  it('tells a name server that can not be asked from a wrong name', async () => {
    const failed = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }));
    const found = await causes('http://api.example.test', { lookup: failed, fetch: failed });
    expect(kinds(found)).toEqual(['no_network']);
  });

  it('names a port where nothing listens', async () => {
    const port = await unusedPort();
    const found = await causes(`http://127.0.0.1:${port}`);
    expect(kinds(found)).toEqual(['refused_port']);
    expect(valueOf(found, 'target')).toBe(`127.0.0.1:${port}`);
  });

  it.each([
    ['expired_certificate', EXPIRED, 'CERT_HAS_EXPIRED'],
    ['wrong_host_certificate', OTHER_HOST, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('names the cause %s, with its particulars', async (kind, certificate, code) => {
    const found = await causes(await secureServer(certificate), trusting());
    expect(kinds(found)).toEqual([kind]);
    expect(valueOf(found, 'code')).toBe(code);
    expect(valueOf(found, 'issuer')).toBe('Pulse test authority');
    expect(valueOf(found, 'validTo')).toMatch(/20\d\d|2120/);
  });

  it.each([
    ['itself', SELF_SIGNED],
    ['an unknown authority', SIGNED],
  ])('names a certificate that is signed by %s', async (_who, certificate) => {
    expect(kinds(await causes(await secureServer(certificate)))).toEqual(['unknown_authority']);
  });

  it('has nothing against a certificate that only the request knows to be good', async () => {
    const { fetch } = trusting();
    expect(kinds(await causes(await secureServer(SIGNED), fetch ? { fetch } : {}))).toEqual([]);
  });

  it('names plain HTTP behind https', async () => {
    const url = (await plainServer()).replace('http:', 'https:');
    expect(kinds(await causes(url))).toEqual(['failed_handshake']);
  });

  it('names a proxy that asks for a login', async () => {
    const proxy = createHttp();
    proxy.on('connect', (_request, socket: Socket) =>
      socket.end('HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="x"\r\n\r\n'),
    );
    const url = `http://127.0.0.1:${await listen(proxy)}`;
    const found = await causes(await secureServer(SIGNED), through(new ProxyAgent(url)));
    expect(kinds(found)).toEqual(['proxy_login']);
    expect(valueOf(found, 'status')).toBe(407);
  });

  it('names a firewall that drops connections silently', async () => {
    const clock = new FakeClock();
    const pending = (): Promise<never> => new Promise(() => undefined);
    // A socket that was never told to connect: neither opened nor refused.
    const running = causes('http://192.0.2.1', {
      clock,
      connect: () => new Socket(),
      fetch: pending,
    });
    await clock.advance(60_000);
    const found = await running;
    expect(kinds(found)).toEqual(['silent_drop']);
    expect(valueOf(found, 'waitedMs')).toBe(8_000);
    expect(clock.pending).toBe(0);
  });

  it('names a server that takes connections and never answers', async () => {
    const clock = new FakeClock();
    const port = await listen(createHttp(() => undefined));
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const running = causes(`http://127.0.0.1:${port}`, {
      clock,
      connect: (host, toPort) => openSocket({ host, port: toPort }),
      fetch: (input, init) => {
        asked();
        return globalThis.fetch(input, init);
      },
    });
    await isAsked;
    await clock.advance(30_000);
    expect(kinds(await running)).toEqual(['no_answer']);
  });

  it('names a slow link', async () => {
    const clock = new FakeClock();
    // Each kilobyte takes 200 ms of the clock: 5 KB a second.
    const server = createHttp((_request, response) => {
      const send = async (): Promise<void> => {
        response.writeHead(200);
        for (let sent = 0; sent < 40; sent++) {
          response.write('x'.repeat(1_000));
          await settle();
          await settle();
          await clock.advance(200);
        }
        response.end();
      };
      void send();
    });
    const found = await causes(`http://127.0.0.1:${await listen(server)}`, { clock });
    expect(kinds(found)).toEqual(['slow_link']);
    expect(valueOf(found, 'bytesPerSecond')).toBeLessThan(20_000);
  });

  it('says nothing of the speed where too little was sent', async () => {
    const found = await probeNetwork(
      testEndpoint(await plainServer()),
      systemNetwork(testKeys()),
      new AbortController().signal,
    );
    expect(found.http).toMatchObject({ outcome: 'ok', value: { bytesPerSecond: undefined } });
  });

  it('tells a refused key from a missing one', async () => {
    const url = await plainServer(401);
    expect(kinds(await causes(url, {}, 'sk-test-0123456789'))).toEqual(['refused_key']);
    const keys = { getKey: () => Promise.resolve(undefined) };
    expect(kinds(await causes(url, { keys }))).toEqual(['missing_key']);
  });

  it('stops at once when nobody wants to know any more', async () => {
    const stop = new AbortController();
    const ports = { ...systemNetwork(testKeys()), connect: () => new Socket() };
    const running = probeNetwork(testEndpoint('http://192.0.2.1'), ports, stop.signal);
    stop.abort();
    await expect(running).rejects.toThrow('stopped');
  });
});
