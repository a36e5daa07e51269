import { createServer, type Server } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/base/clock';
import { Deferred } from '../../../../src/base/deferred';
import { ConnectionManager } from '../../../../src/engine/models/connections';
import { EndpointClient } from '../../../../src/engine/models/endpointClient';
import { ModelFactory } from '../../../../src/engine/models/modelFactory';
import { parseSettings } from '../../../../src/engine/settings';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import {
  Cleanup,
  failure,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
  testKeys,
} from '../../../helpers/modelHarness';
import { streamHead, streamTail, textDelta } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Counts sockets; holds its answers until `release`. */
async function countingServer(hold = false) {
  const sockets = new Set<Socket>();
  const released = new Deferred<void>();
  const closed = new Deferred<void>();
  let waiting = 0;
  let enough: { readonly count: number; readonly reached: Deferred<void> } | undefined;
  if (!hold) released.resolve();
  const server: Server = createServer((request, response) => {
    request.resume();
    waiting++;
    if (enough && waiting >= enough.count) enough.reached.resolve();
    void released.promise.then(() => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(streamHead + textDelta('x') + streamTail);
    });
  });
  // Not the server closes what is idle.
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => closed.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.later(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    closed: closed.promise,
    release: () => released.resolve(),
    asked: (count: number): Promise<void> => {
      if (waiting >= count) return Promise.resolve();
      enough = { count, reached: new Deferred<void>() };
      return enough.reached.promise;
    },
  };
}

describe('connections', () => {
  it('are kept and used again: a second reply opens none and says so', async () => {
    const server = await countingServer();
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const first = startAttempt(factory);
    await success(first);
    const second = startAttempt(factory);
    await success(second);
    expect(server.sockets.size).toBe(1);
    expect(first.progress.connectMs).toBeGreaterThan(0);
    expect(second.progress.connectMs).toBe(0);
  });

  it('are said to be elsewhere where the editor puts its own in the place of ours', async () => {
    const server = await countingServer();
    const endpoint = testEndpoint(server.url);
    const fetch: typeof globalThis.fetch = (input, init) => {
      const { dispatcher: _ours, ...rest } = { dispatcher: undefined, ...init };
      return globalThis.fetch(input, rest);
    };
    const factory = cleanup.add(testFactory({ endpoint, fetch }));
    expect(factory.connectionStats.elsewhere).toBe(false);
    await success(startAttempt(factory));
    expect(factory.connectionStats).toMatchObject({ open: 0, elsewhere: true });
  });

  it('are counted while they are busy and when they are idle', async () => {
    const server = await countingServer(true);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    expect(factory.connectionStats).toEqual({
      open: 0,
      busy: 0,
      idle: 0,
      waiting: 0,
      elsewhere: false,
    });
    const attempts = Array.from({ length: 3 }, () => startAttempt(factory));
    await server.asked(3);
    expect(factory.connectionStats).toEqual({
      open: 3,
      busy: 3,
      idle: 0,
      waiting: 0,
      elsewhere: false,
    });
    server.release();
    await Promise.all(attempts.map(success));
    for (const { progress } of attempts) expect(progress.connectMs).toBeGreaterThan(0);
    expect(factory.connectionStats).toMatchObject({ open: 3, waiting: 0 });
  });

  it('are two more to a server than replies at once', async () => {
    const server = await countingServer(true);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const attempts = Array.from({ length: 14 }, () => startAttempt(factory));
    await server.asked(12);
    expect(server.sockets.size).toBe(12);
    server.release();
    await Promise.all(attempts.map(success));
    expect(server.sockets.size).toBe(12);
  });

  it('are left for the list of models while as many replies stream as may', async () => {
    const clock = new FakeClock();
    const server = await countingServer(true);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url), clock }));
    const attempts = Array.from({ length: 10 }, () => startAttempt(factory));
    await server.asked(10);
    const listed = factory.availableModels();
    await server.asked(11);
    server.release();
    await Promise.all(attempts.map(success));
    // What the server answers is no list; that it was asked is the point.
    expect((await listed).source).toBe('builtin');
  });

  it("that fail for one request leave the other's limits on", async () => {
    const clock = new FakeClock();
    const server = await countingServer(true);
    const connect = net.connect;
    const spy = vi.spyOn(net, 'connect').mockImplementationOnce(((options: object) =>
      // Port 1 refuses.
      connect({ ...options, host: '127.0.0.1', port: 1 })) as typeof net.connect);
    cleanup.later(() => spy.mockRestore());
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url), clock }));
    const attempts = [startAttempt(factory), startAttempt(factory)];
    const refused = await Promise.race(
      attempts.map(async (attempt) => ({ attempt, error: await failure(attempt) })),
    );
    // Tried elsewhere than at the endpoint's own port, as a proxy would be.
    expect(refused.error.kind).toBe('proxy');
    await server.asked(1);
    await clock.advance(60_000);
    for (const attempt of attempts) {
      if (attempt === refused.attempt) continue;
      expect(await failure(attempt)).toMatchObject({ kind: 'timeout_first_event' });
    }
    expect(clock.pending).toBe(0);
  });

  it('are more when the setting for concurrency asks for more', async () => {
    const server = await countingServer(true);
    let concurrency = 2;
    const factory = cleanup.add(
      new ModelFactory({
        clock: systemClock,
        keys: testKeys(),
        settings: () => parseSettings({ concurrency }),
        endpoints: [testEndpoint(server.url)],
      }),
    );
    const first = startAttempt(factory);
    await server.asked(1);
    concurrency = 12;
    const attempts = Array.from({ length: 12 }, () => startAttempt(factory));
    await server.asked(13);
    server.release();
    await Promise.all([first, ...attempts].map(success));
    expect(server.sockets.size).toBe(13);
    // The small pool's one goes when its reply is done.
    await server.closed;
  });

  it('of an endpoint that was left close when their replies are done, not before', async () => {
    const server = await countingServer(true);
    const other = await countingServer();
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const running = startAttempt(factory);
    await server.asked(1);
    factory.setEndpoints([testEndpoint(other.url)]);
    await success(startAttempt(factory));
    server.release();
    await success(running);
    expect(running.text()).toBe('x');
    await server.closed;
  });

  it('are closed with the factory, and the replies on them fail', async () => {
    const server = await countingServer(true);
    const factory = testFactory({ endpoint: testEndpoint(server.url) });
    const attempt = startAttempt(factory);
    await server.asked(1);
    factory.dispose();
    expect(await failure(attempt)).toMatchObject({ kind: 'network' });
    await server.closed;
  });

  it('that take too long to open fail with their own limit', async () => {
    // TEST-NET-1: no one answers there; some networks refuse at once.
    const factory = cleanup.add(
      testFactory({
        endpoint: testEndpoint('http://192.0.2.1:81'),
        settings: { timeouts: { connectMs: 100 } },
      }),
    );
    const attempt = startAttempt(factory, { settings: { timeouts: { firstEventMs: 60_000 } } });
    const error = await failure(attempt);
    expect(['timeout_connect', 'network']).toContain(error.kind);
  });

  it('can be brought by someone else: what can not be seen is not told', async () => {
    const server = await countingServer();
    const factory = cleanup.add(
      testFactory({
        endpoint: testEndpoint(server.url),
        // As VS Code does behind a proxy.
        fetch: (input, init) => {
          const { method, headers, body, signal } = init ?? {};
          return globalThis.fetch(input, {
            method: method ?? 'GET',
            headers: headers ?? {},
            body: body ?? null,
            signal: signal ?? null,
          });
        },
      }),
    );
    const attempt = startAttempt(factory);
    await success(attempt);
    expect(attempt.text()).toBe('x');
    expect(attempt.progress.connectMs).toBeUndefined();
  });
});

describe('ConnectionManager', () => {
  let limits = { connections: 12, idleMs: 60_000 };

  function manager(): ConnectionManager {
    limits = { connections: 12, idleMs: 60_000 };
    return cleanup.add(
      new ConnectionManager({
        clock: systemClock,
        connectMs: () => 30_000,
        maxConnections: () => limits.connections,
        idleMs: () => limits.idleMs,
      }),
    );
  }

  interface ClientOptions {
    readonly id?: string;
    readonly fetch?: typeof globalThis.fetch;
  }

  function clientAt(url: string, connections: ConnectionManager, options: ClientOptions = {}) {
    return new EndpointClient({
      endpoint: testEndpoint(url, { id: options.id ?? 'test' }),
      keys: testKeys(),
      clock: systemClock,
      connections,
      fetch: options.fetch ?? globalThis.fetch,
    });
  }

  /** A request and the whole of its answer. */
  async function ask(client: EndpointClient): Promise<string> {
    const { response } = await client.send({ path: '/v1/models' });
    const text = await response.text();
    // undici frees a connection one turn of the event loop after its answer.
    await settle();
    return text;
  }

  it('closes a connection that is not used for the time set', async () => {
    const server = await countingServer();
    const connections = manager();
    limits = { ...limits, idleMs: 20 };
    await ask(clientAt(server.url, connections));
    await server.closed;
    expect(server.sockets.size).toBe(1);
  });

  it('applies another time at once: what is idle closes, the next request opens a new one', async () => {
    const server = await countingServer();
    const connections = manager();
    const client = clientAt(server.url, connections);
    await ask(client);
    limits = { ...limits, idleMs: 30_000 };
    await ask(client);
    expect(server.sockets.size).toBe(2);
    await server.closed;
    await ask(client);
    expect(server.sockets.size).toBe(2);
  });

  it('lets requests end on the connections they are on, and counts those until then', async () => {
    const server = await countingServer(true);
    const connections = manager();
    const client = clientAt(server.url, connections);
    const first = ask(client);
    await server.asked(1);
    limits = { ...limits, connections: 3 };
    const second = ask(client);
    await server.asked(2);
    expect(connections.stats).toMatchObject({ open: 2, busy: 2 });
    server.release();
    expect(await Promise.all([first, second])).toHaveLength(2);
    await server.closed;
    await vi.waitFor(() => expect(connections.stats).toMatchObject({ open: 1, busy: 0 }));
  });

  it('does not refuse a request that had the old connections and had not reached them yet', async () => {
    const server = await countingServer();
    const connections = manager();
    const client = clientAt(server.url, connections, {
      fetch: (input, init) => {
        connections.retire(server.url);
        return globalThis.fetch(input, init);
      },
    });
    expect(await ask(client)).toContain('x');
    expect(await ask(client)).toContain('x');
    expect(server.sockets.size).toBe(2);
  });

  it('keeps and counts those of two endpoints at one server apart', async () => {
    const server = await countingServer(true);
    const connections = manager();
    limits = { ...limits, connections: 1 };
    const asked = [
      ask(clientAt(server.url, connections, { id: 'one' })),
      ask(clientAt(`${server.url}/base`, connections, { id: 'two' })),
    ];
    await server.asked(2);
    expect(connections.statsOf(server.url)).toMatchObject({ open: 2, busy: 2 });
    expect(connections.statsOf(server.url, 'two')).toMatchObject({ open: 1, busy: 1 });
    expect(connections.statsOf('http://127.0.0.1:1')).toMatchObject({ open: 0 });
    expect(connections.statsOf('no URL')).toMatchObject({ open: 0 });
    server.release();
    await Promise.all(asked);
  });

  it('counts requests that wait for one', async () => {
    const server = await countingServer(true);
    const connections = manager();
    limits = { ...limits, connections: 1 };
    const client = clientAt(server.url, connections);
    const first = ask(client);
    await server.asked(1);
    const second = ask(client);
    await vi.waitFor(() => expect(connections.stats).toMatchObject({ open: 1, waiting: 1 }));
    server.release();
    await Promise.all([first, second]);
    expect(server.sockets.size).toBe(1);
  });

  it('closes all when it goes, those that were ending, too', async () => {
    const server = await countingServer(true);
    const connections = manager();
    const asked = ask(clientAt(server.url, connections));
    await server.asked(1);
    connections.retire(server.url);
    connections.dispose();
    await expect(asked).rejects.toMatchObject({ kind: 'network' });
    await server.closed;
  });
});
