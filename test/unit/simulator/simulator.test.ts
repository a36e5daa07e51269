import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../../src/simulator/options';
import { settle } from '../../helpers/fakeClock';
import { startSimulator } from '../../../src/simulator/simulator';
import {
  ask,
  askForEvents,
  errorOf,
  jsonOf,
  parseEvents,
  post,
  recordAt,
  simulator,
  stopReason,
  textOfDeltas,
} from './support';

const limit = (): AbortSignal => AbortSignal.timeout(5_000);

const WEATHER_TOOL = {
  name: 'get_weather',
  input_schema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer' },
    },
  },
};

describe('POST /v1/messages', () => {
  it('streams a whole answer that says what it is', async () => {
    const server = await simulator();
    const response = await ask(server, 'hello');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = parseEvents(await response.text());
    expect(textOfDeltas(events)).toContain('local simulator');
    expect(stopReason(events)).toBe('end_turn');
    expect(events.at(-1)?.event).toBe('message_stop');
  });

  it('carries a request id, rate-limit headers and no Keep-Alive hint', async () => {
    const server = await simulator();
    const { headers } = await ask(server, 'hello');
    expect(headers.get('request-id')).toMatch(/^req_011\w{21}$/);
    const limits = [...headers.keys()].filter((name) => name.startsWith('anthropic-ratelimit-'));
    expect(limits).toHaveLength(12);
    expect(headers.get('keep-alive')).toBeNull();
  });

  it('counts what the cache did not have against the input limit', async () => {
    const server = await simulator();
    const system = [
      { type: 'text', text: 'Be brief. '.repeat(30_000), cache_control: { type: 'ephemeral' } },
    ];
    const left = async (): Promise<number> => {
      const response = await ask(server, 'hello', { body: { system } });
      await response.text();
      return Number(response.headers.get('anthropic-ratelimit-input-tokens-remaining'));
    };
    const first = await left();
    expect(first).toBeLessThan(330_000);
    expect(await left()).toBeGreaterThanOrEqual(first);
  });

  it('sends a retry-after with some good answers', async () => {
    const server = await simulator();
    const asked = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(server, `question ${index}`)),
    );
    const marked = asked.filter(({ headers }) => headers.has('retry-after'));
    expect(asked.every(({ status }) => status === 200)).toBe(true);
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.length).toBeLessThan(15);
    await Promise.all(asked.map((response) => response.text()));
  });

  it('answers whole without stream, with the same text and usage', async () => {
    const server = await simulator();
    const events = await askForEvents(server, 'markdown');
    const whole = await jsonOf(await ask(server, 'markdown', { body: { stream: false } }));
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(whole['content']).toEqual([{ type: 'text', text: textOfDeltas(events) }]);
    const last = events.find(({ event }) => event === 'message_delta');
    expect(recordAt(whole, 'usage')).toMatchObject(recordAt(last?.data, 'usage'));
  });

  it('really ends at max_tokens, and goes on when asked to continue', async () => {
    const server = await simulator();
    const whole = textOfDeltas(await askForEvents(server, 'long 4'));
    const first = await askForEvents(server, 'long 4', { body: { max_tokens: 300 } });
    const start = textOfDeltas(first);
    expect(stopReason(first)).toBe('max_tokens');
    expect(whole.startsWith(start)).toBe(true);
    expect(start.length).toBeLessThan(whole.length / 2);
    const rest = await askForEvents(server, '', {
      body: {
        messages: [
          { role: 'user', content: 'long 4' },
          { role: 'assistant', content: start.trim() },
          { role: 'user', content: 'Continue.' },
        ],
      },
    });
    expect((start.trimEnd() + textOfDeltas(rest)).replaceAll(/\s+/g, ' ')).toBe(
      whole.replaceAll(/\s+/g, ' '),
    );
  });

  it('spends max_tokens on thinking first', async () => {
    const server = await simulator();
    const events = await askForEvents(server, 'hello', {
      body: { model: 'simulator-deep', max_tokens: 10 },
    });
    expect(stopReason(events)).toBe('max_tokens');
    expect(textOfDeltas(events)).toBe('');
    expect(textOfDeltas(events, 'thinking')).not.toBe('');
  });

  it('warms the cache with max_tokens 0 and says nothing', async () => {
    const server = await simulator();
    const events = await askForEvents(server, 'hello', { body: { max_tokens: 0 } });
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'message_delta',
      'message_stop',
    ]);
    expect(stopReason(events)).toBe('max_tokens');
  });

  it('ends at a stop sequence and names it', async () => {
    const server = await simulator();
    const events = await askForEvents(server, 'echo one two three', {
      body: { stop_sequences: ['never', ' two'] },
    });
    const last = events.find(({ event }) => event === 'message_delta');
    expect(recordAt(last?.data, 'delta')).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: ' two',
    });
    expect(textOfDeltas(events)).toMatch(/one$/);
  });

  it('goes on from a prefilled answer', async () => {
    const server = await simulator();
    const whole = textOfDeltas(await askForEvents(server, 'hello'));
    const events = await askForEvents(server, '', {
      body: {
        messages: [
          { role: 'user', content: 'hello' },
          { role: 'assistant', content: whole.slice(0, 30).trim() },
        ],
      },
    });
    expect(whole.endsWith(textOfDeltas(events))).toBe(true);
    expect(textOfDeltas(events).length).toBe(whole.length - 30);
  });

  it('calls a tool with input that fits its schema', async () => {
    const server = await simulator();
    const body = { tools: [WEATHER_TOOL] };
    const events = await askForEvents(server, 'use get_weather', { body });
    expect(stopReason(events)).toBe('tool_use');
    expect(JSON.parse(textOfDeltas(events, 'partial_json'))).toEqual({
      city: 'use get_weather',
      unit: 'celsius',
      days: 42,
    });
    expect(stopReason(await askForEvents(server, 'hello', { body }))).toBe('end_turn');
  });

  it('answers with JSON where the request has a schema for it', async () => {
    const server = await simulator();
    const schema = { type: 'object', properties: { items: { type: 'array', items: {} } } };
    const events = await askForEvents(server, 'x', {
      body: { output_config: { format: { type: 'json_schema', schema } } },
    });
    expect(JSON.parse(textOfDeltas(events))).toEqual({ items: [null] });
  });

  it('refuses a prompt that is longer than the model’s window', async () => {
    const server = await simulator();
    const response = await ask(server, 'word '.repeat(160_000));
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toMatch(/prompt is too long: \d+ tokens > 200000/);
  });

  it('reports tokens that the prompt cache wrote and read', async () => {
    const server = await simulator();
    const system = [
      { type: 'text', text: 'Be brief. '.repeat(400), cache_control: { type: 'ephemeral' } },
    ];
    const usage = async (): Promise<unknown> => {
      const [start] = await askForEvents(server, 'hello', { body: { system } });
      return recordAt(recordAt(start?.data, 'message'), 'usage');
    };
    const [first, second] = [await usage(), await usage()];
    const written: unknown = expect.toSatisfy((tokens: number) => tokens > 1_000);
    expect(first).toMatchObject({
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: written,
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    });
    expect(second).toMatchObject({
      cache_read_input_tokens: written,
      cache_creation_input_tokens: 0,
    });
  });
});

describe('determinism', () => {
  const options: SimulatorOptions = { seed: 9, shape: 'pings=odd emptyDeltas writes=event' };

  async function run(seed: number): Promise<{ ids: unknown[]; replies: string[] }> {
    const server = await simulator({ ...options, seed });
    const ids: unknown[] = [];
    const replies: string[] = [];
    for (const prompt of ['hello', 'hello', 'table']) {
      const response = await ask(server, prompt);
      ids.push(response.headers.get('request-id'));
      replies.push(await response.text());
    }
    return { ids, replies };
  }

  it('sends the same bytes for the same seed, others for another', async () => {
    const first = await run(9);
    expect(await run(9)).toEqual(first);
    const other = await run(10);
    expect(other.ids[0]).not.toBe(first.ids[0]);
    expect(other.replies[0]).not.toBe(first.replies[0]);
    expect(first.replies[1]).not.toBe(first.replies[0]);
  });
});

describe('other endpoints', () => {
  it('counts tokens as usage reports them', async () => {
    const server = await simulator();
    const messages = [{ role: 'user', content: 'How many tokens are these?' }];
    const body = { model: 'simulator-fast', messages };
    const counted = await jsonOf(await post(server, body, {}, '/v1/messages/count_tokens'));
    const [start] = await askForEvents(server, '', { body });
    const usage = recordAt(recordAt(start?.data, 'message'), 'usage');
    expect(counted).toEqual({ input_tokens: usage['input_tokens'] });
  });

  it('lists its own models and no others, page by page', async () => {
    const server = await simulator();
    const get = async (query: string): Promise<Record<string, unknown>> =>
      jsonOf(await fetch(`${server.url}/v1/models${query}`));
    const all = await get('');
    expect(all).toMatchObject({ has_more: false, first_id: 'simulator-balanced' });
    const ids = JSON.stringify(all);
    expect(ids).not.toContain('claude');
    const first = await get('?limit=2');
    expect(first).toMatchObject({ has_more: true, last_id: 'simulator-deep' });
    expect(await get('?limit=2&after_id=simulator-deep')).toMatchObject({
      has_more: false,
      first_id: 'simulator-fast',
      last_id: 'simulator-legacy',
    });
    expect(await get('?limit=1&before_id=simulator-fast')).toMatchObject({
      has_more: true,
      first_id: 'simulator-deep',
    });
    expect(await get('?lifecycle=deprecated')).toMatchObject({ first_id: 'simulator-legacy' });
    expect((await fetch(`${server.url}/v1/models?limit=0`)).status).toBe(400);
  });

  it('tells what a model can do, and 404 for one that is not there', async () => {
    const server = await simulator({ strictModels: true });
    const deep = await jsonOf(await fetch(`${server.url}/v1/models/simulator-deep`));
    expect(deep).toMatchObject({
      type: 'model',
      id: 'simulator-deep',
      max_input_tokens: 1_000_000,
      max_tokens: 128_000,
      lifecycle: 'active',
      retires_at: null,
      capabilities: {
        thinking: { types: { adaptive: { supported: true }, disabled: { supported: false } } },
        effort: { supported: true, max: { supported: true } },
      },
    });
    const missing = await fetch(`${server.url}/v1/models/claude-opus-5-5`);
    expect(missing.status).toBe(404);
    expect(await errorOf(missing)).toEqual({
      type: 'not_found_error',
      message: 'model: claude-opus-5-5',
    });
  });

  it('says what it is at its root, 404 elsewhere, 405 for another method', async () => {
    const server = await simulator();
    expect(await (await fetch(server.url)).text()).toContain('no model behind it');
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${server.url}/v1/complete`)).status).toBe(404);
    expect((await fetch(`${server.url}/v1/messages`)).status).toBe(405);
  });
});

describe('access', () => {
  it('asks for a key when it should, by either header', async () => {
    const server = await simulator({ requireKey: true });
    const without = await ask(server, 'x');
    expect(without.status).toBe(401);
    expect((await errorOf(without)).type).toBe('authentication_error');
    const cases: [Record<string, string>, number][] = [
      [{ authorization: 'Bearer sk-good' }, 200],
      [{ 'x-api-key': 'sk-good' }, 200],
      [{ authorization: 'Bearer bad-key' }, 401],
      [{ 'x-api-key': 'bad' }, 401],
    ];
    for (const [headers, status] of cases) {
      const response = await ask(server, 'x', { headers });
      expect(response.status, JSON.stringify(headers)).toBe(status);
      await response.body?.cancel();
    }
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(401);
  });

  it('keeps no key in its log, only how it came and how it ends', async () => {
    const server = await simulator();
    await askForEvents(server, 'x', { headers: { authorization: 'Bearer sk-secret-1234' } });
    expect(server.requests[0]).toMatchObject({
      path: '/v1/messages',
      status: 200,
      auth: { style: 'bearer', keyEnd: '1234' },
      body: { messages: [{ content: 'x' }] },
    });
    expect(JSON.stringify(server.requests)).not.toContain('secret');
  });

  it('refuses requests from web pages', async () => {
    const server = await simulator();
    const response = await ask(server, 'x', { headers: { origin: 'https://example.com' } });
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toMatchObject({ type: 'permission_error' });
  });

  it('refuses requests for another host’s name', async () => {
    const server = await simulator();
    const answered = new Promise<string>((resolve, reject) => {
      const socket = createConnection(server.port, '127.0.0.1');
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
      socket.write('GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    });
    expect(await answered).toContain('403 Forbidden');
  });

  it('asks for a known API version', async () => {
    const server = await simulator();
    const unknown = await ask(server, 'x', { headers: { 'anthropic-version': '1999-01-01' } });
    expect((await errorOf(unknown)).message).toContain('not a valid version');
  });

  it('refuses a body that is no JSON, compressed, or above 32 MB', async () => {
    const server = await simulator();
    const broken = await post(server, '{"model":');
    expect([broken.status, (await errorOf(broken)).type]).toEqual([400, 'invalid_request_error']);
    const zipped = await post(server, '{}', { headers: { 'content-encoding': 'gzip' } });
    expect((await errorOf(zipped)).message).toContain('Content-Encoding gzip');
    const large = await post(server, ' '.repeat(32 * 1024 * 1024 + 1));
    expect(large.status).toBe(413);
    expect(await jsonOf(large)).toEqual({
      error: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
    });
  });
});

describe('connections', () => {
  it('uses a kept connection again', async () => {
    const server = await simulator();
    await askForEvents(server, 'one');
    await settle();
    await askForEvents(server, 'two');
    expect(server.counters).toMatchObject({ connections: 1, requests: 2, answered: 2 });
  });

  it('stops generating as soon as the client goes', async () => {
    const server = await simulator({ burst: false, speed: 0.01, latencyMs: 0 });
    const controller = new AbortController();
    const response = await ask(server, 'long 10', { signal: controller.signal });
    expect(server.counters.activeStreams).toBe(1);
    controller.abort();
    await server.until(
      ({ activeStreams, openConnections }) => activeStreams === 0 && openConnections === 0,
      limit(),
    );
    await expect(response.text()).rejects.toThrow();
    expect(server.counters).toMatchObject({ left: 1, answered: 0, openRequests: 0 });
    expect(server.requests[0]?.outcome).toBe('left');
  });

  it('waits for a slow reader instead of piling up text', async () => {
    const server = await simulator();
    const response = await ask(server, 'long 2000', {
      body: { model: 'claude-unknown', max_tokens: 128_000 },
    });
    const reader = response.body?.getReader();
    await reader?.read();
    expect(server.counters.activeStreams).toBe(1);
    while (!(await reader?.read())?.done);
    await server.until(({ activeStreams }) => activeStreams === 0, limit());
  });

  it('frees everything when it closes, streams in flight too', async () => {
    const server = await startSimulator({ speed: 0.01, latencyMs: 0 });
    const response = await ask(server, 'long 10');
    const text = response.text().catch((error: unknown) => error);
    await server.close();
    await server.close();
    expect(await text).toBeInstanceOf(Error);
    expect(server.counters).toMatchObject({
      openConnections: 0,
      openRequests: 0,
      activeStreams: 0,
    });
    await expect(fetch(server.url)).rejects.toThrow();
    const again = await startSimulator({ port: server.port });
    await again.close();
  });

  it('tells when the port is taken', async () => {
    const server = await simulator();
    await expect(startSimulator({ port: server.port })).rejects.toThrow('EADDRINUSE');
  });

  it('keeps no more requests than it should', async () => {
    const server = await simulator({ logLimit: 2 });
    for (const prompt of ['one', 'two', 'three']) await askForEvents(server, prompt);
    expect(server.requests.map(({ id }) => id)).toEqual([2, 3]);
  });
});
