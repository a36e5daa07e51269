import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import {
  connect as openSocket,
  createServer as createRelay,
  Socket,
  type AddressInfo,
  type Server,
} from 'node:net';
import { connect as openSecure } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { Agent, ProxyAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../../../../src/base/abort';
import { systemClock } from '../../../../src/base/clock';
import type { Clock } from '../../../../src/base/clock';
import type { Cause } from '../../../../src/engine/diagnostics/cause';
import { networkCauses } from '../../../../src/engine/diagnostics/networkCauses';
import { probeNetwork, systemNetwork } from '../../../../src/engine/diagnostics/networkProbes';
import type { NetworkPorts } from '../../../../src/engine/diagnostics/networkProbes';
import { diagnosisFacts } from '../../../helpers/diagnosisFacts';
import { FakeClock } from '../../../helpers/fakeClock';
import { FastClock } from '../../../helpers/fastClock';
import { Cleanup, testEndpoint, testKeys } from '../../../helpers/modelHarness';
import {
  EXPIRED,
  OTHER_HOST,
  SELF_SIGNED,
  SIGNED,
  TEST_AUTHORITY,
  TEST_SERVER_KEY,
} from '../../../helpers/testCertificates';
import { unusedPort } from '../../../helpers/unusedPort';

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

/**
 * A port whose connections are neither opened nor refused: nobody takes them, and with two waiting the system drops what more comes, as
 * a firewall does.
 */
async function droppingPort(): Promise<number> {
  const worker = new Worker(
    `const { createServer } = require('node:net');
    const { parentPort, workerData } = require('node:worker_threads');
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(workerData), 0, 0);
    });`,
    { eval: true, workerData: new SharedArrayBuffer(4) },
  );
  cleanup.later(async () => void (await worker.terminate()));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const waiting = Array.from({ length: 8 }, () => openSocket({ host: '127.0.0.1', port }));
  cleanup.later(() => {
    for (const socket of waiting) socket.destroy();
  });
  const opened = waiting.map((socket) => new Promise((resolve) => socket.once('connect', resolve)));
  await Promise.race(opened);
  return port;
}

/** A relay in front of a port, through which so many bytes come in so many ms of the clock. */
async function throttled(
  toPort: number,
  { bytes, everyMs, clock }: { bytes: number; everyMs: number; clock: Clock },
): Promise<number> {
  const relay = createRelay((client) => {
    const origin = openSocket({ host: '127.0.0.1', port: toPort });
    client.pipe(origin);
    const trickle = async (): Promise<void> => {
      for await (const piece of origin as AsyncIterable<Buffer>) {
        for (let from = 0; from < piece.length; from += bytes) {
          client.write(piece.subarray(from, from + bytes));
          await sleep(everyMs, undefined, clock);
        }
      }
    };
    // It ends with the test at the latest.
    trickle().catch(() => undefined);
    client.on('error', () => origin.destroy());
    client.on('close', () => origin.destroy());
  });
  return listen(relay);
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

  it.runIf(process.platform === 'linux')('names what drops connections silently', async () => {
    const clock = new FakeClock();
    const port = await droppingPort();
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const running = causes(`http://127.0.0.1:${port}`, {
      clock,
      fetch: (input, init) => {
        asked();
        return globalThis.fetch(input, init);
      },
    });
    // The connection's time is over, then the request's.
    await clock.advance(8_000);
    await isAsked;
    await clock.advance(20_000);
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

  it('names a slow link, through a proxy that throttles', async () => {
    // 5 KB a second by a clock that is five times as fast as the system's: the limits stay far off on a busy machine.
    const clock = new FastClock(5);
    const origin = createHttp((_request, response) => response.end('x'.repeat(5_000)));
    const port = await throttled(await listen(origin), { bytes: 500, everyMs: 100, clock });
    const found = await causes(`http://127.0.0.1:${port}`, { clock });
    expect(kinds(found)).toEqual(['slow_link']);
    expect(valueOf(found, 'bytesPerSecond')).toBeLessThan(20_000);
  });

  it('does not wait for the end of a body that takes too long', async () => {
    const clock = new FakeClock();
    const server = createHttp((_request, response) => {
      response.write('x'.repeat(1_000));
      response.write('x'.repeat(9_000));
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    let arrived = (): void => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const running = causes(url, {
      clock,
      fetch: async (input, init) => {
        const response = await globalThis.fetch(input, init);
        arrived();
        return response;
      },
    });
    await hasArrived;
    await clock.advance(5_000);
    const found = await running;
    expect(kinds(found)).toEqual(['slow_link']);
    expect(valueOf(found, 'bytesPerSecond')).toBeLessThan(2_001);
    expect(clock.pending).toBe(0);
  });

  it('names a key that can not be sent, and does not show it', async () => {
    const key = 'sk-test-\u4e2d-0123456789';
    const found = await causes(await plainServer(), {}, key);
    expect(kinds(found)).toEqual(['bad_setting']);
    expect(JSON.stringify(found)).not.toContain('0123456789');
  });

  it('names a handshake that takes long to come about', () => {
    const { network } = diagnosisFacts();
    const { tls } = network;
    if (tls.outcome !== 'ok') throw new Error('the helper has another handshake');
    const found = networkCauses({ ...network, tls: { ...tls, tookMs: 4_000 } });
    expect(kinds(found)).toEqual(['slow_link']);
    expect(found[0]?.evidence).toContainEqual({ name: 'handshakeMs', value: 4_000 });
  });

  it('names a connection that takes long to come about', async () => {
    const clock = new FakeClock();
    const url = await plainServer();
    const found = causes(url, {
      clock,
      connect: (host, port) => {
        const socket = new Socket();
        void clock.advance(1_500).then(() => socket.connect({ host, port }));
        return socket;
      },
    });
    expect(kinds(await found)).toEqual(['slow_link']);
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
