import { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Deferred } from '../../src/base/deferred';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import { buildHeadless, HeadlessRun } from '../helpers/headlessDoor';
import type { HeadlessOptions, JsonLine } from '../helpers/headlessDoor';
import {
  answerWith,
  fail,
  replay,
  startReplayServer,
  streamHead,
  streamTail,
  textDelta,
} from '../helpers/replayServer';
import type { Answer, ReplayServer } from '../helpers/replayServer';
import { seededRandom } from '../helpers/seededRandom';
import { haveRecordings, readPlainly, recordings } from '../helpers/wireRecordings';
import { anyNumber, containing, matching } from '../helpers/matchers';

const key = 'sk-test-0123456789';
const messages = [{ role: 'user', content: 'Why?' }];

beforeAll(buildHeadless, 60_000);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function serve(...answers: readonly Answer[]): Promise<ReplayServer> {
  const server = await startReplayServer(...answers);
  cleanups.push(() => server.close());
  return server;
}

/** Runs one request to the end, or hands back the run of one that is still going. */
function ask(
  baseURL: string,
  members: Readonly<Record<string, unknown>> = {},
  options: HeadlessOptions = {},
): HeadlessRun {
  const input = { endpoint: { baseURL, apiKey: key }, model: 'test-model', messages, ...members };
  const run = new HeadlessRun(JSON.stringify(input), options);
  cleanups.push(() => {
    run.child.kill('SIGKILL');
    return run.exited;
  });
  return run;
}

/** Retries that do not wait, and no waiting for recovery after them. */
const hasty = { settings: { retry: { initialDelayMs: 0, patienceMs: 0 } } };

describe('a reply', () => {
  test('ends with `done` and exit code 0', async () => {
    const server = await serve(answerWith('Be', 'cause 你好 🫀.'));
    const run = ask(server.url, { system: 'Be short.' });
    await expect(run.exited).resolves.toBe(0);
    expect(run.lines).toEqual([
      { type: 'text', text: 'Be' },
      { type: 'text', text: 'cause 你好 🫀.' },
      {
        type: 'done',
        stopReason: 'end_turn',
        usage: { inputTokens: 12, outputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0 },
        timing: {
          queueMs: anyNumber,
          pacingMs: 0,
          backoffMs: 0,
          recoveryMs: 0,
          firstByteMs: anyNumber,
          firstTokenMs: anyNumber,
          totalMs: anyNumber,
        },
        costUSD: null,
        requestId: 'req_whole',
        attempts: 1,
        model: 'test-model',
        endpointId: new URL(server.url).host,
        continuations: 0,
        servedFrom: null,
      },
    ]);
    expect(run.stderr).toBe('');
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      path: matching(/^\/v1\/messages/),
      headers: { authorization: `Bearer ${key}`, 'anthropic-version': '2026-10-21' },
    });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      model: 'test-model',
      stream: true,
      messages,
    });
  });

  test('comes as the stream does, not at the end', async () => {
    const seen = new Deferred<void>();
    const server = await serve(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamHead + textDelta('first'));
      // The rest is only written after the first line has come out.
      await seen.promise;
      response.end(textDelta(' second') + streamTail);
    });
    const run = ask(server.url);
    await run.line(({ type }) => type === 'text');
    expect(run.lines).toEqual([{ type: 'text', text: 'first' }]);
    seen.resolve();
    await expect(run.exited).resolves.toBe(0);
    expect(run.text).toBe('first second');
  });

  test('takes the key in the way the endpoint wants it', async () => {
    const server = await serve(answerWith('x'));
    const endpoint = {
      baseURL: `${server.url}/v1/`,
      apiKey: key,
      authStyle: 'x-api-key',
      apiVersion: '2023-06-01',
      headers: { 'x-team': 'blue' },
    };
    await expect(ask(server.url, { endpoint }).exited).resolves.toBe(0);
    expect(server.requests[0]?.path).toMatch(/^\/v1\/messages/);
    expect(server.requests[0]?.headers).toMatchObject({
      'x-api-key': key,
      'anthropic-version': '2023-06-01',
      'x-team': 'blue',
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('no environment variable redirects it or replaces the key', async () => {
    const server = await serve(answerWith('x'));
    const trap = await serve(answerWith('trapped'));
    const run = ask(
      server.url,
      {},
      {
        env: {
          ANTHROPIC_BASE_URL: trap.url,
          ANTHROPIC_API_KEY: 'sk-other',
          ANTHROPIC_AUTH_TOKEN: 'sk-other',
          ANTHROPIC_CUSTOM_HEADERS: 'Authorization: Bearer sk-other',
          ANTHROPIC_LOG: 'debug',
        },
      },
    );
    await expect(run.exited).resolves.toBe(0);
    expect(trap.requests).toHaveLength(0);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(run.stdout + run.stderr).not.toContain('sk-');
  });

  test('is whole for a reader that is slow', async () => {
    const pieces = Array.from({ length: 4_000 }, (_, index) => `${index} ${'x'.repeat(200)}\n`);
    const server = await serve(answerWith(...pieces));
    const run = ask(server.url);
    run.child.stdout?.pause();
    await expect.poll(() => server.requests.length).toBe(1);
    run.child.stdout?.resume();
    await expect(run.exited).resolves.toBe(0);
    expect(run.text).toBe(pieces.join(''));
  });

  test('measurements under OpenTelemetry names go to standard error when asked for', async () => {
    const server = await serve(answerWith('x'));
    const run = ask(server.url, {}, { args: ['--otel'] });
    await expect(run.exited).resolves.toBe(0);
    expect(JSON.parse(run.stderr)).toMatchObject({
      attributes: { 'gen_ai.request.model': 'test-model', 'gen_ai.usage.output_tokens': 7 },
      measurements: [
        { name: 'gen_ai.client.operation.duration', unit: 's' },
        { name: 'gen_ai.client.operation.time_to_first_chunk', unit: 's' },
        { name: 'gen_ai.client.token.usage', value: 12 },
        { name: 'gen_ai.client.token.usage', value: 7 },
      ],
    });
  });
});

describe('a failure', () => {
  test('before the first text is retried, visibly', async () => {
    const server = await serve(
      fail(529, 'overloaded_error', 'Overloaded'),
      fail(429, 'rate_limit_error', 'Slow down', { 'retry-after': '0' }),
      answerWith('Yes.'),
    );
    const run = ask(server.url, hasty);
    await expect(run.exited).resolves.toBe(0);
    expect(run.lines).toMatchObject([
      {
        type: 'retry',
        attempt: 1,
        maxAttempts: 4,
        delayMs: 0,
        error: { kind: 'overloaded', status: 529, requestId: 'req_529', retryable: true },
      },
      { type: 'retry', attempt: 2, error: { kind: 'rate_limit', status: 429 } },
      { type: 'text', text: 'Yes.' },
      { type: 'done', attempts: 3 },
    ]);
  });

  test('that stays ends with `error` and exit code 1', async () => {
    const server = await serve(fail(529, 'overloaded_error', 'Overloaded'));
    const run = ask(server.url, hasty);
    await expect(run.exited).resolves.toBe(1);
    expect(server.requests).toHaveLength(4);
    expect(run.last).toEqual({
      type: 'error',
      kind: 'overloaded',
      status: 529,
      message: containing('Tried 4 times.'),
      requestId: 'req_529',
      partialText: '',
      retryable: true,
      retryAfterMs: null,
    });
  });

  test('after visible text keeps the text and is not retried', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_cut' });
      response.end(streamHead + textDelta('Half a'));
    });
    const run = ask(server.url, hasty);
    await expect(run.exited).resolves.toBe(1);
    expect(server.requests).toHaveLength(1);
    expect(run.last).toMatchObject({
      type: 'error',
      kind: 'truncated',
      status: null,
      requestId: 'req_cut',
      partialText: 'Half a',
      retryable: true,
    });
  });

  test('never shows the key, even where the server quotes it', async () => {
    const server = await serve(fail(401, 'authentication_error', `invalid key: ${key}`));
    const run = ask(server.url);
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ kind: 'authentication', status: 401, retryable: false });
    expect(run.stdout + run.stderr).not.toContain(key);
  });

  test('to connect is an error of the network', async () => {
    const server = await startReplayServer(answerWith('x'));
    await server.close();
    const run = ask(server.url, { settings: { retry: { retries: 0, patienceMs: 0 } } });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ type: 'error', kind: 'network', retryable: true });
  });
});

describe('bad input', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'got nothing'],
    ['no JSON', '{', 'not JSON'],
    ['no model', JSON.stringify({ endpoint: { baseURL: 'http://x', apiKey: key } }), 'model:'],
    [
      'no messages',
      JSON.stringify({ endpoint: { baseURL: 'http://x', apiKey: key }, model: 'm', messages: [] }),
      'messages: expected at least one',
    ],
  ])('%s ends with exit code 2 and one line that names it', async (_, input, problem) => {
    const run = new HeadlessRun(input);
    await expect(run.exited).resolves.toBe(2);
    expect(run.lines).toEqual([
      {
        type: 'error',
        kind: 'invalid_input',
        status: null,
        message: containing(problem),
        requestId: null,
        partialText: '',
        retryable: false,
        retryAfterMs: null,
      },
    ]);
    expect(run.stdout + run.stderr).not.toContain(key);
  });

  test('that is not UTF-8 is told as such', async () => {
    const run = new HeadlessRun(Buffer.from([0x7b, 0xff, 0x7d]));
    await expect(run.exited).resolves.toBe(2);
    expect(run.last).toMatchObject({ message: containing('UTF-8') });
  });

  test('an unknown option is refused, --help is not', async () => {
    const refused = new HeadlessRun('', { args: ['--verbose'] });
    const help = new HeadlessRun('', { args: ['--help'] });
    await expect(refused.exited).resolves.toBe(2);
    expect(refused.last).toMatchObject({ message: containing('--verbose') });
    await expect(help.exited).resolves.toBe(0);
    expect(help.stdout).toContain('Usage:');
  });
});

describe('stopping', () => {
  const endless: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(streamHead + textDelta('Half a'));
  };

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with an error line', async (signal) => {
    const server = await serve(endless);
    const run = ask(server.url);
    await run.line(({ type }) => type === 'text');
    run.child.kill(signal);
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ type: 'error', kind: 'aborted', partialText: 'Half a' });
  });

  test('while the request is still being read', async () => {
    const run = new HeadlessRun(undefined);
    // More than a pipe holds: once it is taken, the program is reading.
    await new Promise<void>((resolve) => {
      run.child.stdin?.write(' '.repeat(2_000_000), () => resolve());
    });
    run.child.kill('SIGINT');
    await expect(run.exited).resolves.toBe(1);
    expect(run.lines).toMatchObject([{ type: 'error', kind: 'aborted', partialText: '' }]);
  });

  test('by closing its output is quiet, and ends the request', async () => {
    const closed = new Deferred<void>();
    const server = await serve(async (response) => {
      response.on('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamHead);
      while (!response.destroyed) {
        response.write(textDelta('more '));
        await new Promise((resolve) => {
          setTimeout(resolve, 1);
        });
      }
    });
    const run = ask(server.url);
    await run.line(({ type }) => type === 'text');
    run.child.stdout?.destroy();
    await expect(run.exited).resolves.toBe(1);
    await closed.promise;
    expect(run.stderr).toBe('');
  });
});

describe('recordings of the real API', () => {
  test.skipIf(!haveRecordings)(
    'each gives the text, the thinking, the tools and the usage that it holds',
    async () => {
      const all = recordings();
      const pieces = (index: number): number => (index % 3 === 0 ? 40 : 4_000);
      const server = await serve(
        ...all.map(({ bytes }, index) => replay(bytes, seededRandom(index), pieces(index))),
      );
      // One after the other, so that each gets the recording that is meant for it.
      const run = ask(server.url, {
        settings: { concurrency: 1 },
        messages: undefined,
        requests: all.map(({ name }) => ({ id: name, messages })),
      });
      await expect(run.exited).resolves.toBe(0);
      for (const { name, bytes } of all) {
        const lines = run.lines.filter(({ id }) => id === name);
        expect({ name, ...resultOf(lines) }).toEqual({ name, ...contentOf(bytes) });
      }
    },
    240_000,
  );
});

function resultOf(lines: readonly JsonLine[]) {
  const joined = (wanted: string): string =>
    lines.map(({ type, text }) => (type === wanted ? String(text) : '')).join('');
  const tools = lines.flatMap(({ type, toolUseId, name, input }) =>
    type === 'tool_use' ? [{ id: toolUseId, name, input }] : [],
  );
  const last = lines.at(-1);
  return {
    text: joined('text'),
    thinking: joined('thinking'),
    tools,
    stopReason: last?.['stopReason'],
    usage: last?.['usage'],
  };
}

function contentOf(recording: Buffer) {
  const { text, thinking, tools, stopReason, usage } = readPlainly(recording);
  return {
    text,
    thinking,
    tools,
    stopReason,
    usage: {
      inputTokens: usage['input_tokens'] ?? 0,
      outputTokens: usage['output_tokens'] ?? 0,
      cacheReadTokens: usage['cache_read_input_tokens'] ?? 0,
      cacheWriteTokens: usage['cache_creation_input_tokens'] ?? 0,
    },
  };
}

describe('against aimock, a server nobody here wrote', () => {
  async function mock(): Promise<LLMock> {
    const server = new LLMock({ port: 0 });
    await server.start();
    cleanups.push(() => server.stop());
    return server;
  }

  test('streams its text and its usage', async () => {
    const server = await mock();
    const content = 'Hi there! Ça va? 你好 🫀 '.repeat(20);
    server.onMessage('hello', {
      content,
      usage: { input_tokens: 21, output_tokens: 34 },
    });
    const run = ask(server.url, { messages: [{ role: 'user', content: 'hello' }] });
    await expect(run.exited).resolves.toBe(0);
    expect(run.text).toBe(content);
    expect(run.lines.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
    expect(run.last).toMatchObject({
      type: 'done',
      stopReason: 'end_turn',
      usage: { inputTokens: 21, outputTokens: 34 },
    });
  });

  test('an error that passes is retried, one that stays is told', async () => {
    const server = await mock();
    server.onMessage('hello', { content: 'Hi there!' });
    server.nextRequestError(529, { type: 'overloaded_error', message: 'Overloaded' });
    const hello = { messages: [{ role: 'user', content: 'hello' }], ...hasty };
    const passing = ask(server.url, hello);
    await expect(passing.exited).resolves.toBe(0);
    expect(passing.last).toMatchObject({ attempts: 2 });
    server.nextRequestError(400, { type: 'invalid_request_error', message: 'No.' });
    const staying = ask(server.url, hello);
    await expect(staying.exited).resolves.toBe(1);
    expect(staying.last).toMatchObject({ kind: 'invalid_request', status: 400, retryable: false });
  });

  test('a stream that is cut keeps the text that had come', async () => {
    const server = await mock();
    // Without a pause between its chunks aimock closes the socket before they have left.
    const cut = { truncateAfterChunks: 8, chunkSize: 20, latency: 5 };
    server.onMessage('hello', { content: 'x'.repeat(400) }, cut);
    const run = ask(server.url, { messages: [{ role: 'user', content: 'hello' }] });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ type: 'error', partialText: run.text });
    expect(['truncated', 'network']).toContain(run.last?.['kind']);
    expect(run.text).not.toBe('');
  });
});

describe('against the simulator', () => {
  const table = {
    model: 'claude-sonnet-5-5',
    messages: [{ role: 'user', content: 'Show me a table.' }],
    settings: hasty.settings,
  };

  async function simulate(): Promise<Simulator> {
    const simulator = await startSimulator({ burst: true, requireKey: true });
    cleanups.push(() => simulator.close());
    return simulator;
  }

  test.each(['claude-sonnet-5-5', 'simulator-fast', 'simulator-deep'])(
    'streams an answer of %s with its usage',
    async (model) => {
      const simulator = await simulate();
      const run = ask(simulator.url, { ...table, model });
      await expect(run.exited).resolves.toBe(0);
      expect(run.text.length).toBeGreaterThan(0);
      expect(run.last).toMatchObject({ type: 'done', stopReason: 'end_turn', attempts: 1 });
      expect(run.last?.['requestId']).toMatch(/^req_/);
      expect(run.last?.['usage']).not.toMatchObject({ outputTokens: 0 });
    },
  );

  test('gets over faults before the first text', async () => {
    const simulator = await simulate();
    simulator.faultNext('overload', 'reset at=headers', 'rate-limit retry-after=0');
    const run = ask(simulator.url, table);
    await expect(run.exited).resolves.toBe(0);
    expect(run.last).toMatchObject({ type: 'done', attempts: 4 });
  });

  test('goes on by itself when the server pauses', async () => {
    const simulator = await simulate();
    simulator.faultNext('pause_turn after=10');
    const run = ask(simulator.url, table);
    await expect(run.exited).resolves.toBe(0);
    expect(run.last).toMatchObject({ type: 'done', stopReason: 'end_turn', attempts: 2 });
    const whole = ask(simulator.url, table);
    await whole.exited;
    expect(run.text).toBe(whole.text);
  });

  test('keeps the text that had come when a stream is cut', async () => {
    const simulator = await simulate();
    simulator.faultNext('cut after=200');
    const run = ask(simulator.url, table);
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ type: 'error', kind: 'truncated', partialText: run.text });
    expect(run.text).not.toBe('');
  });

  test('a refused key is told as such', async () => {
    const simulator = await simulate();
    const run = ask(simulator.url, { endpoint: { baseURL: simulator.url, apiKey: 'bad-key' } });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ kind: 'authentication', status: 401 });
  });
});
