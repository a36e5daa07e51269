import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../helpers/fakeClock';
import {
  ask,
  askForEvents,
  errorOf,
  jsonOf,
  parseEvents,
  readAll,
  simulator,
  stopReason,
  textOfDeltas,
} from './support';
import type { AskOptions } from './support';
import { isRecord } from '../../../src/simulator/json';
import type { Simulator } from '../../../src/simulator/simulator';

const limit = (): AbortSignal => AbortSignal.timeout(5_000);

function fault(spec: string): AskOptions {
  return { headers: { 'x-simulator-fault': spec } };
}

/** Until the simulator waits for the clock. */
async function timerSet(clock: FakeClock): Promise<void> {
  const signal = limit();
  while (clock.pending === 0) {
    signal.throwIfAborted();
    await settle();
  }
}

function contentDeltas(text: string): number {
  return (text.match(/"text_delta","text":"[^"]/g) ?? []).length;
}

describe('status faults', () => {
  it.each([
    ['overload', 529, 'overloaded_error'],
    ['rate-limit', 429, 'rate_limit_error'],
    ['server-error', 500, 'api_error'],
    ['timeout', 504, 'timeout_error'],
    ['auth', 401, 'authentication_error'],
    ['billing', 402, 'billing_error'],
    ['permission', 403, 'permission_error'],
    ['not-found', 404, 'not_found_error'],
    ['too-large', 413, 'request_too_large'],
  ])('%s answers %i', async (name, status, type) => {
    const server = await simulator();
    const response = await ask(server, 'x', fault(name));
    expect(response.status).toBe(status);
    const body = await jsonOf(response);
    expect(body).toMatchObject({ error: { type } });
    expect(body['request_id']).toBe(
      name === 'too-large' ? undefined : response.headers.get('request-id'),
    );
  });

  it('sends retry-after and spent limits with a 429', async () => {
    const server = await simulator();
    const { headers } = await ask(server, 'x', fault('rate-limit retry-after=16'));
    expect(headers.get('retry-after')).toBe('16');
    expect(headers.get('x-should-retry')).toBe('true');
    expect(headers.get('anthropic-ratelimit-input-tokens-remaining')).toBe('0');
  });

  it('marks a limit that waiting does not clear', async () => {
    const server = await simulator();
    const response = await ask(server, 'x', fault('spend-limit'));
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await jsonOf(response)).toMatchObject({
      error: { details: { error_code: 'enforced_spend_limit_reached' } },
    });
  });

  it('sends a proxy’s HTML page', async () => {
    const server = await simulator();
    const response = await ask(server, 'x', fault('html'));
    expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await response.text()).toContain('Bad Gateway');
  });

  it('sends any status with any body and headers', async () => {
    const server = await simulator();
    const spec = JSON.stringify({
      fault: 'status',
      code: 418,
      body: 'teapot',
      headers: { 'x-kind': 'short' },
    });
    const response = await ask(server, 'x', fault(spec));
    expect([response.status, await response.text()]).toEqual([418, 'teapot']);
    expect(response.headers.get('x-kind')).toBe('short');
  });

  it('tells what is wrong with a fault that it can’t read', async () => {
    const server = await simulator();
    const response = await ask(server, 'hello [[fault explode]]');
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain('unknown fault "explode"');
  });
});

describe('stalls', () => {
  async function stalled(spec: string): Promise<{ server: Simulator; clock: FakeClock }> {
    const clock = new FakeClock();
    const server = await simulator({ shape: 'pings=none deltaTokens=1' }, clock);
    server.faultNext(spec);
    return { server, clock };
  }

  it('before the headers: nothing comes until it is over', async () => {
    const { server, clock } = await stalled('stall at=headers seconds=30');
    let answered = false;
    const response = ask(server, 'hello').finally(() => (answered = true));
    await timerSet(clock);
    await clock.advance(29_000);
    expect(answered).toBe(false);
    await clock.advance(1_000);
    expect(stopReason(parseEvents(await (await response).text()))).toBe('end_turn');
  });

  it('before the first event: headers come, nothing else', async () => {
    const { server, clock } = await stalled('stall at=first seconds=30');
    const response = await ask(server, 'hello');
    expect(response.status).toBe(200);
    const text = response.text();
    await timerSet(clock);
    await clock.advance(30_000);
    expect(stopReason(parseEvents(await text))).toBe('end_turn');
  });

  it('in the middle: so many deltas, then silence, then the rest', async () => {
    const { server, clock } = await stalled('stall after=5 seconds=30');
    const response = await ask(server, 'hello');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (contentDeltas(text) < 5) text += (await reader?.read())?.value ?? '';
    await timerSet(clock);
    expect(contentDeltas(text)).toBe(5);
    await clock.advance(30_000);
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) break;
      text += chunk.value;
    }
    expect(stopReason(parseEvents(text))).toBe('end_turn');
  });

  it('with pings that prove only the socket', async () => {
    const { server, clock } = await stalled('stall after=5 pings seconds=35');
    const text = ask(server, 'hello').then((response) => response.text());
    await timerSet(clock);
    for (let second = 0; second < 35; second += 1) await clock.advance(1_000);
    const events = parseEvents(await text).map(({ event }) => event);
    expect(events.filter((event) => event === 'ping')).toHaveLength(3);
    expect(events.join(' ')).toContain('ping ping ping');
  });

  it('ends at once when the client goes', async () => {
    const { server, clock } = await stalled('stall after=2');
    const controller = new AbortController();
    const response = await ask(server, 'hello', { signal: controller.signal });
    await timerSet(clock);
    controller.abort();
    await response.body?.cancel().catch(() => undefined);
    await server.until(({ activeStreams }) => activeStreams === 0, limit());
    expect(clock.pending).toBe(0);
  });
});

describe('broken streams', () => {
  it('cut: the response ends in order, inside an event', async () => {
    const server = await simulator({ shape: 'deltaTokens=1' });
    const { text, error } = await readAll(await ask(server, 'hello', fault('cut after=4')));
    expect(error).toBeUndefined();
    expect(contentDeltas(text)).toBe(4);
    expect(text.endsWith('\n\n')).toBe(false);
  });

  it('truncate: the response ends in order, between events, without message_stop', async () => {
    const server = await simulator();
    const response = await ask(server, 'hello', fault('truncate after=4'));
    const events = parseEvents(await response.text());
    expect(events.at(-1)?.event).toBe('content_block_delta');
  });

  it('reset: the connection breaks after what had come', async () => {
    const server = await simulator({ shape: 'writes=event deltaTokens=1' });
    const { text, error } = await readAll(await ask(server, 'hello', fault('reset after=4')));
    expect(error).toBeDefined();
    expect(contentDeltas(text)).toBeLessThanOrEqual(4);
    await server.until(({ cut, openConnections }) => cut === 1 && openConnections === 0, limit());
  });

  it('reset before the headers: no response at all', async () => {
    const server = await simulator();
    const failure: unknown = await ask(server, 'hello', fault('reset at=headers')).catch(
      (error: unknown) => error,
    );
    const cause: unknown = failure instanceof Error ? failure.cause : undefined;
    expect(isRecord(cause) && cause['code']).toMatch(/ECONNRESET|UND_ERR/);
  });

  it('error: an error event ends the stream', async () => {
    const server = await simulator();
    const response = await ask(server, 'hello', fault('error after=4 message="Too much"'));
    const events = parseEvents(await response.text());
    expect(events.at(-1)).toEqual({
      event: 'error',
      data: {
        type: 'error',
        error: { details: null, type: 'overloaded_error', message: 'Too much' },
        request_id: response.headers.get('request-id'),
      },
    });
  });

  it('happens at the end when the answer is shorter than "after"', async () => {
    const server = await simulator();
    const response = await ask(server, 'hello', fault('truncate after=100000'));
    const events = parseEvents(await response.text()).map(({ event }) => event);
    expect(events.at(-1)).toBe('content_block_stop');
  });

  it('drip: the rest comes byte by byte and is whole', async () => {
    const clock = new FakeClock();
    const server = await simulator({}, clock);
    const whole = textOfDeltas(await askForEvents(server, 'hello'));
    const text = ask(server, 'hello', fault('drip bytes=64 ms=100')).then((r) => r.text());
    await timerSet(clock);
    while (server.counters.activeStreams > 0) await clock.advance(100);
    expect(textOfDeltas(parseEvents(await text))).toBe(whole);
    expect(clock.now()).toBeGreaterThan(1_000);
  });
});

describe('stops on demand', () => {
  it.each(['refusal', 'max_tokens'])('%s', async (name) => {
    const server = await simulator();
    const events = await askForEvents(server, `markdown [[fault ${name} after=7]]`);
    expect(stopReason(events)).toBe(name);
    expect(textOfDeltas(events).length).toBeLessThan(60);
  });

  it('explains a refusal', async () => {
    const server = await simulator();
    const events = await askForEvents(server, 'x', fault('refusal'));
    const last = events.find(({ event }) => event === 'message_delta');
    expect(last?.data).toMatchObject({ delta: { stop_details: { type: 'refusal' } } });
  });

  it('pause_turn goes on when the answer so far is sent back, on a model without prefill too', async () => {
    const server = await simulator();
    const model = 'simulator-balanced';
    const question = { role: 'user', content: 'markdown [[fault pause_turn after=20]]' };
    const whole = textOfDeltas(await askForEvents(server, 'markdown'));
    const paused = await askForEvents(server, '', { body: { model, messages: [question] } });
    expect(stopReason(paused)).toBe('pause_turn');
    const start = textOfDeltas(paused).trimEnd();
    const rest = await askForEvents(server, '', {
      body: { model, messages: [question, { role: 'assistant', content: start }] },
    });
    expect(stopReason(rest)).toBe('end_turn');
    expect(start + textOfDeltas(rest)).toBe(whole);
  });
});

describe('where faults come from', () => {
  it('by keyword, as often as it says, so that retries succeed', async () => {
    const server = await simulator();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const response = await ask(server, 'hello [[fault overload times=2]]');
      statuses.push(response.status);
      await response.body?.cancel();
    }
    expect(statuses).toEqual([529, 529, 200]);
  });

  it('by rate', async () => {
    const server = await simulator({ faultRates: [{ rate: 0.3, fault: 'overload' }] });
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, index) => ask(server, `q${index}`)),
    );
    const failed = responses.filter(({ status }) => status === 529).length;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
    expect(server.counters.requests).toBe(100);
    await Promise.all(responses.map((response) => response.text()));
  });

  it('for everything, while it lasts', async () => {
    const server = await simulator();
    server.faultAlways('overload scope=all');
    expect((await ask(server, 'x')).status).toBe(529);
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(529);
    server.faultAlways(undefined);
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(200);
  });

  it('logs what a request met', async () => {
    const server = await simulator();
    await ask(server, 'x [[fault overload times=1]]');
    expect(server.requests[0]?.faults).toEqual(['overload times=1']);
    await server.until(({ faulted }) => faulted === 1, limit());
  });
});

describe('answers without stream', () => {
  const body = { stream: false };

  it('has the status of an error event', async () => {
    const server = await simulator();
    const response = await ask(server, 'x', { ...fault('error'), body });
    expect(response.status).toBe(529);
  });

  it.each(['cut', 'truncate', 'reset'])('%s breaks the body', async (name) => {
    const server = await simulator();
    const response = await ask(server, 'markdown', { ...fault(name), body });
    expect((await readAll(response)).error).toBeDefined();
    await server.until(({ cut }) => cut === 1, limit());
  });

  it('drips and stalls', async () => {
    const clock = new FakeClock();
    const server = await simulator({}, clock);
    const answer = ask(server, 'hello', {
      ...fault('stall seconds=5; drip bytes=200 ms=10'),
      body,
    }).then(jsonOf);
    await timerSet(clock);
    while (server.counters.activeStreams > 0) await clock.advance(100);
    expect(await answer).toMatchObject({ stop_reason: 'end_turn' });
    expect(clock.now()).toBeGreaterThan(5_000);
  });
});

describe('shapes', () => {
  it('splits characters between packets, and the text is whole', async () => {
    const server = await simulator();
    const whole = textOfDeltas(await askForEvents(server, 'unicode'));
    const response = await ask(server, 'unicode [[shape writes=split]]');
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    const startsInside = chunks.filter((chunk) => ((chunk[0] ?? 0) & 0xc0) === 0x80);
    expect(startsInside.length).toBeGreaterThan(5);
    expect(textOfDeltas(parseEvents(Buffer.concat(chunks).toString()))).toBe(whole);
  });

  it('joins many events in a burst', async () => {
    const server = await simulator({ shape: 'deltaTokens=1' });
    const response = await ask(server, 'long 20');
    let chunks = 0;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      chunks += 1;
      text += decoder.decode(chunk, { stream: true });
    }
    expect(parseEvents(text).length / chunks).toBeGreaterThan(20);
  });

  it('takes the shape from a header', async () => {
    const server = await simulator();
    const events = await askForEvents(server, 'markdown', {
      headers: { 'x-simulator-shape': 'pings=odd emptyBlocks' },
    });
    expect(events.filter(({ event }) => event === 'ping').length).toBeGreaterThan(3);
  });
});

describe('pacing', () => {
  it('follows the clock: headers, first token, then text at the model’s pace', async () => {
    const clock = new FakeClock();
    const server = await simulator({ burst: false, shape: 'pings=none' }, clock);
    const text = ask(server, 'paragraph').then((response) => response.text());
    await timerSet(clock);
    while (server.counters.activeStreams > 0) await clock.advance(20);
    const events = parseEvents(await text);
    const tokens = events.find(({ event }) => event === 'message_delta');
    const output = JSON.stringify(tokens?.data).match(/"output_tokens":(\d+)/)?.[1];
    const perSecond = Number(output) / (clock.now() / 1_000);
    expect(perSecond).toBeGreaterThan(90);
    expect(perSecond).toBeLessThan(300);
  });
});
