import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/base/clock';
import { systemClock } from '../../../../src/base/clock';
import { Deferred } from '../../../../src/base/deferred';
import { ConnectionManager } from '../../../../src/engine/models/connections';
import type { AnswerHead } from '../../../../src/engine/models/endpointClient';
import { EndpointClient } from '../../../../src/engine/models/endpointClient';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { Cleanup, TEST_KEY, testEndpoint, testKeys } from '../../../helpers/modelHarness';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Tells connections apart. */
  readonly port: number | undefined;
}

async function server(answer: RequestListener) {
  const seen: Seen[] = [];
  const asked = new Deferred<void>();
  const http = createServer((request, response) => {
    const { method, url, headers, socket } = request;
    seen.push({ method, path: url, headers, port: socket.remotePort });
    request.resume();
    asked.resolve();
    answer(request, response);
  });
  http.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanup.later(() => {
    http.closeAllConnections();
    http.close();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { url, seen, asked: asked.promise };
}

/** As most servers answer what they do not know. */
const notFound: RequestListener = (request, response) => {
  const isModels = request.url?.startsWith('/v1/models') === true;
  response.writeHead(isModels ? 200 : 404, {
    'content-type': 'application/json',
    'request-id': 'req_1',
    'anthropic-ratelimit-requests-remaining': '49',
  });
  response.end('{}');
};

function clientAt(url: string, clock: Clock = systemClock) {
  const connections = cleanup.add(
    new ConnectionManager({
      clock,
      connectMs: () => 30_000,
      maxConnections: () => 4,
      idleMs: () => 60_000,
    }),
  );
  const endpoint = testEndpoint(url, { headers: { 'x-gateway-token': 'secret-token' } });
  const client = new EndpointClient({
    endpoint,
    keys: testKeys(),
    clock,
    connections,
    fetch: globalThis.fetch,
  });
  return { client, connections };
}

describe('warming', () => {
  it('opens a connection that the next request takes', async () => {
    const { url, seen } = await server(notFound);
    const { client, connections } = clientAt(url);
    await client.warm();
    expect(connections.stats).toMatchObject({ open: 1, idle: 1 });
    // undici frees a connection one turn of the event loop after its answer.
    await settle();
    let head: AnswerHead | undefined;
    const { response } = await client.send({
      path: '/v1/models',
      onAnswer: (answer) => {
        head = answer;
      },
    });
    await response.text();
    expect(head?.connectMs).toBe(0);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.port).toBe(seen[0]?.port);
  });

  it('sends neither key nor headers of the endpoint nor content', async () => {
    const { url, seen } = await server(notFound);
    await clientAt(url).client.warm();
    expect(seen).toMatchObject([{ method: 'OPTIONS', path: '/' }]);
    const sent = JSON.stringify(seen[0]?.headers);
    expect(sent).not.toContain(TEST_KEY);
    expect(sent).not.toContain('secret-token');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(seen[0]?.headers['content-length'] ?? '0').toBe('0');
  });

  it('does nothing while a connection is idle, and nothing twice within 5 s', async () => {
    const clock = new FakeClock();
    const { url, seen } = await server((request, response) => {
      // Closes the connection: there is nothing to keep.
      response.writeHead(204, request.url === '/' ? { connection: 'close' } : {}).end();
    });
    const { client, connections } = clientAt(url, clock);
    await client.warm();
    await client.warm();
    expect(seen).toHaveLength(1);
    await clock.advance(5_000);
    await client.warm();
    expect(seen).toHaveLength(2);
    const { response } = await client.send({ path: '/v1/models' });
    await response.text();
    await settle();
    expect(connections.stats).toMatchObject({ idle: 1 });
    await clock.advance(5_000);
    await client.warm();
    expect(seen).toHaveLength(3);
  });

  it('opens no more than the pool holds', async () => {
    const { url, seen, asked } = await server((_request, response) => {
      response.writeHead(200);
      response.flushHeaders();
    });
    const { client } = clientAt(url);
    const busy = await Promise.all(
      Array.from({ length: 4 }, () => client.send({ path: '/v1/models' })),
    );
    await asked;
    await client.warm();
    expect(seen).toHaveLength(4);
    for (const { response } of busy) await response.body?.cancel();
  });

  it('never fails: nobody there, no URL, stopped before', async () => {
    const gone = await server(notFound);
    await cleanup.run();
    await clientAt(gone.url).client.warm();
    await clientAt('no URL').client.warm();
    await clientAt(gone.url).client.warm(AbortSignal.abort());
    expect(gone.seen).toHaveLength(0);
  });

  it('ends after 5 s, and when it is stopped, however long the server takes', async () => {
    const clock = new FakeClock();
    const silent = await server(() => {});
    const { client, connections } = clientAt(silent.url, clock);
    const warmed = client.warm();
    await silent.asked;
    await clock.advance(5_000);
    await warmed;
    const stop = new AbortController();
    const stopped = client.warm(stop.signal);
    stop.abort();
    await stopped;
    expect(clock.pending).toBe(0);
    expect(connections.stats.waiting).toBe(0);
  });
});

describe('the head of an answer', () => {
  it('has status and headers, whether it is a good one or not', async () => {
    const { url } = await server(notFound);
    const { client } = clientAt(url);
    const heads: AnswerHead[] = [];
    const onAnswer = (head: AnswerHead): void => void heads.push(head);
    const { response } = await client.send({ path: '/v1/models', onAnswer });
    await response.text();
    await expect(client.send({ path: '/v1/other', onAnswer })).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect(heads).toMatchObject([
      { status: 200, requestId: 'req_1' },
      { status: 404, requestId: 'req_1' },
    ]);
    for (const { headers } of heads) {
      expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('49');
    }
  });
});
