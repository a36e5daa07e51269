import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { FakeClock } from '../../../helpers/fakeClock';
import {
  Cleanup,
  TEST_KEY,
  failure,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
  testKeys,
  testRequest,
} from '../../../helpers/modelHarness';
import {
  answerWith,
  fail,
  replay,
  sse,
  startReplayServer,
  streamHead,
  streamTail,
  textDelta,
  type Answer,
} from '../../../helpers/replayServer';
import { seededRandom } from '../../../helpers/seededRandom';
import { haveRecordings, readPlainly, recordings } from '../../../helpers/wireRecordings';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function serve(...answers: readonly Answer[]) {
  return cleanup.closing(await startReplayServer(...answers));
}

async function attemptAt(url: string, options: Parameters<typeof startAttempt>[1] = {}) {
  const factory = cleanup.add(testFactory({ endpoint: testEndpoint(url) }));
  return startAttempt(factory, options);
}

/** Writes the head of a stream and leaves the rest to the test. */
function streaming(...written: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_open' });
    response.flushHeaders();
    for (const each of written) response.write(each);
  };
}

/** A bare server that tells when its sockets close. */
async function socketServer(onRequest: (response: ServerResponse) => void): Promise<{
  readonly url: string;
  readonly closed: Promise<void>;
  readonly asked: Promise<void>;
}> {
  const closed = new Deferred<void>();
  const asked = new Deferred<void>();
  const server: Server = createServer((request, response) => {
    request.resume();
    request.socket.on('close', () => closed.resolve());
    asked.resolve();
    onRequest(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.later(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, closed: closed.promise, asked: asked.promise };
}

describe('ClaudeModel', () => {
  it('streams a reply with its times, usage and request id', async () => {
    const server = await serve(answerWith('Hello', ' you'));
    const attempt = await attemptAt(server.url);
    const result = await success(attempt);
    expect(attempt.text()).toBe('Hello you');
    expect(result).toEqual({
      model: 'test-model',
      content: [{ type: 'text', text: 'Hello you' }],
      stopReason: 'end_turn',
    });
    const { progress } = attempt;
    expect(progress.requestId).toBe('req_whole');
    expect(progress.visible).toBe(true);
    expect(progress.usage).toMatchObject({ inputTokens: 12, outputTokens: 7 });
    expect(progress.connectMs).toBeGreaterThan(0);
    const times = [
      progress.sentAt,
      progress.firstByteAt,
      progress.firstTokenAt,
      progress.lastEventAt,
    ];
    expect(times.every((time) => time !== undefined)).toBe(true);
    expect(times).toEqual([...times].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('calls the model by the name that the endpoint has for it', async () => {
    const server = await serve(answerWith('ok'));
    const models = { 'claude-sonnet-5-5': 'eu.sonnet' };
    const endpoint = testEndpoint(server.url, { models });
    await success(startAttempt(cleanup.add(testFactory({ endpoint }))));
    expect(server.requests[0]?.body).toContain('"model":"eu.sonnet"');
  });

  it('sends the request as the API wants it', async () => {
    const server = await serve(answerWith('ok'));
    const attempt = await attemptAt(server.url, {
      request: { system: 'Be brief.', stopSequences: ['END'] },
    });
    await success(attempt);
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/messages');
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TEST_KEY}`,
      'anthropic-version': '2026-10-21',
      'content-type': 'application/json',
      'user-agent': 'claude-pulse',
    });
    expect(request?.headers).not.toHaveProperty('x-api-key');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      model: 'claude-sonnet-5-5',
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 12_288,
      stream: true,
      thinking: { type: 'adaptive', display: 'summarized' },
      stop_sequences: ['END'],
    });
  });

  it.runIf(haveRecordings)('gives the text of every recording over a real connection', async () => {
    const random = seededRandom(3);
    const all = recordings();
    const server = await serve(...all.map(({ bytes }) => replay(bytes, random, 4_000)));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    for (const { bytes, name } of all) {
      const attempt = startAttempt(factory);
      const result = await success(attempt);
      const expected = readPlainly(bytes);
      expect([name, attempt.text()]).toEqual([name, expected.text]);
      expect(result.stopReason).toBe(expected.stopReason);
    }
  });

  it('says truncated when the stream ends without message_stop, with the text so far and its tokens', async () => {
    const half = 'Half a '.repeat(100);
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_cut' });
      response.end(streamHead + textDelta(half));
    });
    const attempt = await attemptAt(server.url);
    const error = await failure(attempt);
    // What it wrote is billed, and the figure of it would have come at the end.
    expect(attempt.progress.usage.outputTokens).toBeGreaterThan(100);
    expect(error).toMatchObject({
      kind: 'truncated',
      retryable: true,
      partialText: half,
      requestId: 'req_cut',
    });
  });

  it.each([
    ['right after the headers', '', ''],
    ['in the middle of an event', `${streamHead}${textDelta('Half')}event: content_bl`, 'Half'],
    ['in the middle of a character', streamHead + textDelta('Half'), 'Half'],
  ])('says truncated when the connection ends %s', async (_where, body, partialText) => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      response.write(body);
      response.write(Buffer.from([0xe6]));
      setImmediate(() => response.socket?.end());
    });
    expect(await failure(await attemptAt(server.url))).toMatchObject({
      kind: 'truncated',
      partialText,
    });
  });

  it('says network when the connection is reset before the answer, truncated when in it', async () => {
    const before = await serve((response) => {
      (response.socket as Socket).resetAndDestroy();
    });
    expect(await failure(await attemptAt(before.url))).toMatchObject({
      kind: 'network',
      retryable: true,
    });
    const within = await serve((response) => {
      streaming(streamHead, textDelta('Half'))(response) as void;
      setTimeout(() => (response.socket as Socket).resetAndDestroy(), 30);
    });
    expect(await failure(await attemptAt(within.url))).toMatchObject({
      kind: 'truncated',
      partialText: 'Half',
    });
  });

  it('turns an error event inside the stream into its kind, text and request id kept', async () => {
    const server = await serve((response) => {
      streaming(
        streamHead,
        textDelta('Half'),
        'event: error\ndata: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"} }\n\n',
      )(response) as void;
    });
    expect(await failure(await attemptAt(server.url))).toMatchObject({
      kind: 'overloaded',
      status: undefined,
      retryable: true,
      partialText: 'Half',
      requestId: 'req_open',
    });
  });

  it('keeps what an error event said, and heeds no advice of the headers that came long before', async () => {
    const server = await serve((response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'request-id': 'req_open',
        'retry-after': '60',
        'x-should-retry': 'false',
      });
      response.write(
        `${streamHead}event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded: try later"}}\n\n`,
      );
    });
    expect(await failure(await attemptAt(server.url))).toMatchObject({
      kind: 'overloaded',
      said: 'Overloaded: try later',
      retryable: true,
      retryAfterMs: undefined,
      requestId: 'req_open',
    });
  });

  it.each([
    ['a page', 'text/html', '<html><title>Sign in</title></html>', /web page titled "Sign in"/],
    ['JSON', 'application/json', '{"message":"no stream here"}', /no stream here/],
    ['a page without a type', undefined, '<html><title>Sign in</title></html>', /Sign in/],
    ['plain text', 'text/plain', 'It works!', /It works!/],
  ])('says protocol when %s comes with status 200', async (_what, type, body, words) => {
    const server = await serve((response) => {
      response.writeHead(200, type === undefined ? {} : { 'content-type': type });
      response.end(body);
    });
    const error = await failure(await attemptAt(server.url));
    expect(error).toMatchObject({ kind: 'protocol', status: 200, retryable: false });
    expect(error.message).toMatch(words);
  });

  it("takes the API's own error for what it is, even with status 200", async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
    });
    expect(await failure(await attemptAt(server.url))).toMatchObject({ kind: 'overloaded' });
  });

  it('reports an error response with status, request id, wait and the times it took', async () => {
    const server = await serve(fail(529, 'overloaded_error', 'Overloaded', { 'retry-after': '7' }));
    const attempt = await attemptAt(server.url);
    expect(await failure(attempt)).toMatchObject({
      kind: 'overloaded',
      status: 529,
      requestId: 'req_529',
      retryAfterMs: 7_000,
    });
    expect(attempt.progress.firstByteAt).toBeDefined();
    expect(attempt.progress.requestId).toBe('req_529');
    expect(server.requests).toHaveLength(1);
  });

  it('does not follow redirects', async () => {
    const elsewhere = await serve(answerWith('stolen'));
    const server = await serve((response) => {
      response.writeHead(307, { location: `${elsewhere.url}/v1/messages` });
      response.end();
    });
    const error = await failure(await attemptAt(server.url));
    expect(error).toMatchObject({ kind: 'protocol', status: 307 });
    expect(error.message).toContain(elsewhere.url);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('says who does not answer when nothing listens', async () => {
    const server = await startReplayServer(answerWith('x'));
    await server.close();
    const error = await failure(await attemptAt(server.url));
    expect(error).toMatchObject({ kind: 'network', retryable: true });
    expect(error.message).toBe(
      `Nothing answers at ${server.url} (connection refused). Start the server or change the base URL.`,
    );
  });

  it('bounds what it reads of an error that never ends', async () => {
    const { url } = await socketServer((response) => {
      response.writeHead(500, { 'content-type': 'text/html' });
      const write = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(write));
      };
      write();
    });
    const error = await failure(await attemptAt(url));
    expect(error).toMatchObject({ kind: 'api', status: 500 });
    expect(error.message.length).toBeLessThan(700);
  });
});

describe('stopping a reply', () => {
  it.each([
    ['before the headers', undefined],
    ['after the headers', []],
    ['in the middle of the text', [streamHead, textDelta('Half')]],
  ])('%s rejects at once and closes the socket', async (_when, written) => {
    const server = await socketServer((response) => {
      if (written) void streaming(...written)(response);
    });
    const attempt = await attemptAt(server.url, {
      onEvent: () => attempt.controller.abort(),
    });
    await server.asked;
    // With text the listener stops; without, the test does as soon as the server was asked.
    if (written?.length !== 2) attempt.controller.abort();
    expect(await failure(attempt)).toMatchObject({ kind: 'aborted', retryable: false });
    await server.closed;
  });

  it('tells nothing more of a chunk after the stop', async () => {
    const server = await serve(answerWith('one', 'two', 'three'));
    const attempt = await attemptAt(server.url, { onEvent: () => attempt.controller.abort() });
    expect(await failure(attempt)).toMatchObject({
      kind: 'aborted',
    });
    expect(attempt.text()).toBe('one');
  });

  it('before it started sends nothing', async () => {
    const server = await serve(answerWith('x'));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const controller = new AbortController();
    controller.abort();
    const { progress } = startAttempt(factory);
    await expect(
      factory.model().startReply(testRequest(), {
        signal: controller.signal,
        settings: (await import('../../../../src/engine/settings')).DEFAULT_SETTINGS,
        onEvent: () => undefined,
        progress,
      }),
    ).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('while the key is being fetched rejects at once', async () => {
    const server = await serve(answerWith('x'));
    const asked = new Deferred<void>();
    const factory = cleanup.add(
      testFactory({
        endpoint: testEndpoint(server.url),
        keys: {
          getKey: () => {
            asked.resolve();
            return new Promise(() => undefined);
          },
        },
      }),
    );
    const attempt = startAttempt(factory);
    await asked.promise;
    attempt.controller.abort();
    expect(await failure(attempt)).toMatchObject({ kind: 'aborted' });
    expect(server.requests).toHaveLength(0);
  });

  it('with a reason that is an EngineError passes that on', async () => {
    const server = await socketServer(() => undefined);
    const attempt = await attemptAt(server.url);
    await server.asked;
    const { EngineError } = await import('../../../../src/engine/errors');
    attempt.controller.abort(new EngineError('queue_full', 'Made room.'));
    expect(await failure(attempt)).toMatchObject({ kind: 'queue_full' });
  });
});

describe('the key', () => {
  const endpoint = testEndpoint('http://127.0.0.1:9');

  it('that is missing is told before anything is sent', async () => {
    const factory = cleanup.add(
      testFactory({ endpoint, keys: { getKey: () => Promise.resolve(undefined) } }),
    );
    expect(await failure(startAttempt(factory))).toMatchObject({
      kind: 'no_key',
      retryable: false,
    });
  });

  it.each(['key with space', 'key\nx: y', 'kéy-0123456789', 'key\u0000'])(
    'that can not be a header is refused before anything is sent: %j',
    async (key) => {
      const factory = cleanup.add(testFactory({ endpoint, keys: testKeys(key) }));
      const error = await failure(startAttempt(factory));
      expect(error.kind).toBe('invalid_input');
      expect(error.message).not.toContain(key);
    },
  );

  it.each([
    ['ignores the signal', () => new Promise<undefined>(() => undefined)],
    [
      'gives up with words of its own',
      (_id: string, signal: AbortSignal | undefined) =>
        new Promise<undefined>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('keyring: cancelled')));
        }),
    ],
  ])('is waited for 15 s at most, also when its store %s', async (_how, getKey) => {
    const clock = new FakeClock();
    const factory = cleanup.add(testFactory({ endpoint, clock, keys: { getKey } }));
    const attempt = startAttempt(factory);
    const listed = factory.availableModels();
    await clock.advance(15_001);
    expect(await failure(attempt)).toMatchObject({
      kind: 'no_key',
      message: 'The key store did not answer within 15 s. Unlock it and try again.',
      retryable: false,
    });
    expect(await listed).toMatchObject({ source: 'builtin', problem: { kind: 'no_key' } });
    expect(clock.pending).toBe(0);
  });

  it('goes as x-api-key or not at all where the endpoint says so', async () => {
    const server = await serve(answerWith('x'));
    for (const authStyle of ['x-api-key', 'none'] as const) {
      const factory = cleanup.add(
        testFactory({
          endpoint: testEndpoint(server.url, { authStyle, apiVersion: '2023-06-01' }),
        }),
      );
      await success(startAttempt(factory));
    }
    const [first, second] = server.requests;
    expect(first?.headers).toMatchObject({
      'x-api-key': TEST_KEY,
      'anthropic-version': '2023-06-01',
    });
    expect(first?.headers).not.toHaveProperty('authorization');
    expect(second?.headers).not.toHaveProperty('authorization');
    expect(second?.headers).not.toHaveProperty('x-api-key');
  });

  it('is in no error, whatever the server says', async () => {
    const server = await serve(
      fail(
        401,
        'authentication_error',
        `invalid key ${TEST_KEY}, Bearer ${TEST_KEY}, secret-header`,
      ),
    );
    const factory = cleanup.add(
      testFactory({
        endpoint: testEndpoint(server.url, { headers: { 'x-gate': 'secret-header' } }),
      }),
    );
    const error = await failure(startAttempt(factory));
    expect(error.kind).toBe('authentication');
    const { inspect } = await import('node:util');
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error.toInfo());
    expect(shown).not.toContain(TEST_KEY);
    expect(shown).not.toContain('secret-header');
    expect(inspect(factory, { depth: 20, showHidden: true })).not.toContain(TEST_KEY);
  });

  it('is asked anew for each request', async () => {
    const server = await serve(answerWith('x'));
    let count = 0;
    const keys = { getKey: () => Promise.resolve(`sk-number-${++count}`) };
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url), keys }));
    await success(startAttempt(factory));
    await success(startAttempt(factory));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk-number-1',
      'Bearer sk-number-2',
    ]);
  });
});

describe('counting tokens', () => {
  it('asks the server', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"input_tokens":321}');
    });
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    expect(await factory.model().countTokens(testRequest(), undefined)).toEqual({
      tokens: 321,
      estimated: false,
    });
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/messages/count_tokens');
    expect(JSON.parse(request?.body ?? '')).not.toHaveProperty('max_tokens');
  });

  it.each([404, 405])('estimates where the server can not count (%i)', async (status) => {
    const server = await serve(fail(status, 'not_found_error', 'Not found'));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const messages = [{ role: 'user' as const, content: 'x'.repeat(3_000) }];
    expect(await factory.model().countTokens(testRequest({ messages }), undefined)).toEqual({
      tokens: 1_004,
      estimated: true,
    });
  });

  it('reports other errors', async () => {
    const server = await serve(fail(401, 'authentication_error', 'invalid x-api-key'));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    await expect(factory.model().countTokens(testRequest(), undefined)).rejects.toMatchObject({
      kind: 'authentication',
    });
  });
});

describe('a base URL', () => {
  it.each(['not a url', 'ftp://x', 'http://user:pass@host', 'http://host?key=1'])(
    'that can not be used is refused: %s',
    async (baseURL) => {
      const factory = cleanup.add(testFactory({ endpoint: testEndpoint(baseURL) }));
      const error = await failure(startAttempt(factory));
      expect(error.kind).toBe('invalid_input');
      expect(error.message).not.toContain('pass@');
    },
  );

  it('may have a path and a slash at its end', async () => {
    const server = await serve(answerWith('x'));
    const factory = cleanup.add(
      testFactory({ endpoint: testEndpoint(`${server.url}/anthropic/`) }),
    );
    await success(startAttempt(factory));
    expect(server.requests[0]?.path).toBe('/anthropic/v1/messages');
  });
});

it('sends nothing but the events of one block in a whole stream of every kind', async () => {
  const server = await serve((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(
      streamHead +
        sse({ type: 'ping' }, { type: 'future_event', x: 1 }) +
        textDelta('a') +
        streamTail,
    );
  });
  const attempt = await attemptAt(server.url);
  await success(attempt);
  expect(attempt.events).toEqual([{ type: 'text', text: 'a' }]);
});
