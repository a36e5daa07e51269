import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { Pricing } from '../../../../src/engine/metrics/pricing';
import { MAX_PAUSES } from '../../../../src/engine/requests/turn';
import type { StreamOptions } from '../../../../src/engine/requests/turn';
import type { ChatRequest, Reply } from '../../../../src/engine/types';
import { FakeClock } from '../../../helpers/fakeClock';
import { TurnBench } from '../../../helpers/turnBench';
import { ScriptedModel, text, thinking } from '../../../helpers/scriptedModel';
import type { Script } from '../../../helpers/scriptedModel';

const question: ChatRequest = {
  model: 'scripted-1',
  messages: [{ role: 'user', content: 'Why?' }],
  action: 'chat',
};

/** US$ 1 a token in, 10 a token out. */
const prices = { 'scripted-1': { input: 1e6, output: 1e7 } };

describe('Turn', () => {
  let clock: FakeClock;
  let bench: TurnBench;

  beforeEach(() => {
    clock = new FakeClock();
    bench = newBench({});
  });

  afterEach(() => {
    bench.dispose();
    expect(clock.pending).toBe(0);
  });

  function newBench(settings: Readonly<Record<string, unknown>>): TurnBench {
    return new TurnBench({
      clock,
      prices,
      settings: {
        concurrency: 1,
        queueLimit: 1,
        'reply.autoContinue': 'off',
        'retry.patienceMs': 0,
        'pacing.enabled': false,
        ...settings,
      },
    });
  }

  function start(
    model: ScriptedModel,
    request: ChatRequest = question,
    options: StreamOptions = {},
    pricing = new Pricing(prices),
  ): Promise<Reply> {
    return bench.start(request, model, options, { pricing });
  }

  function scripted(...scripts: Script[]): ScriptedModel {
    return new ScriptedModel(clock, scripts);
  }

  const overloaded = () => new EngineError('overloaded', 'Overloaded.', { status: 529 });

  test('streams a reply and tells what it took', async () => {
    const model = scripted({
      firstTokenMs: 200,
      tailMs: 800,
      events: [text('Be'), text('cause.')],
      usage: { inputTokens: 5, outputTokens: 2 },
      requestId: 'req_1',
    });
    const reply = start(model);
    await clock.advance(2_000);
    await expect(reply).resolves.toEqual({
      model: 'scripted-1',
      text: 'Because.',
      content: [{ type: 'text', text: 'Because.' }],
      stopReason: 'end_turn',
      usage: { inputTokens: 5, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
      timing: {
        queueMs: 0,
        backoffMs: 0,
        pacingMs: 0,
        recoveryMs: 0,
        connectMs: undefined,
        firstByteMs: 200,
        firstTokenMs: 200,
        totalMs: 1_000,
      },
      costUSD: 25,
      requestId: 'req_1',
      attempts: 1,
      endpointId: 'api.example',
      continuations: 0,
      shaped: [],
    });
    expect(bench.events).toEqual([{ type: 'attempt', attempt: 1 }, text('Be'), text('cause.')]);
  });

  test('hands each event on as it comes, the same object', async () => {
    const event = text('x');
    const reply = start(scripted({ events: [event], tailMs: 1_000 }));
    await clock.advance(1);
    expect(bench.events[1]).toBe(event);
    await clock.advance(1_000);
    await reply;
  });

  test('records the turn', async () => {
    const reply = start(scripted({ events: [text('x')], usage: { inputTokens: 1 } }));
    await clock.advance(0);
    const { usage, timing } = await reply;
    const [record] = bench.metrics.snapshot().recent;
    expect(bench.metrics.snapshot().recent).toEqual([
      {
        id: 1,
        uid: record?.uid,
        at: clock.wallStart,
        endpointId: 'api.example',
        model: 'scripted-1',
        action: 'chat',
        outcome: 'ok',
        stopReason: 'end_turn',
        error: undefined,
        timing,
        usage,
        costUSD: 1,
        requestId: undefined,
        attempts: 1,
        continuations: 0,
      },
    ]);
  });

  test('tries again after a failure before the first text, and adds up tokens and waits', async () => {
    const model = scripted(
      { firstTokenMs: 100, usage: { inputTokens: 5, outputTokens: 1 }, error: overloaded() },
      { firstTokenMs: 100, usage: { inputTokens: 5, outputTokens: 2 }, events: [text('Yes.')] },
    );
    const reply = start(model);
    await clock.advance(10_000);
    await expect(reply).resolves.toMatchObject({
      text: 'Yes.',
      attempts: 2,
      usage: { inputTokens: 10, outputTokens: 3 },
      costUSD: 40,
      timing: { backoffMs: 1_000, firstTokenMs: 1_200, totalMs: 1_200 },
    });
    expect(bench.events).toEqual([
      { type: 'attempt', attempt: 1 },
      {
        type: 'retry',
        attempt: 1,
        maxAttempts: 4,
        delayMs: 1_000,
        error: overloaded().toInfo(),
      },
      { type: 'waiting', reason: 'backoff', waitMs: 1_000 },
      { type: 'attempt', attempt: 2 },
      text('Yes.'),
    ]);
    expect(bench.metrics.snapshot()).toMatchObject({ ok: 1, retries: 1, backingOff: 0 });
  });

  test('thinking is not visible: a turn that has only thought is tried again', async () => {
    const model = scripted(
      { events: [thinking('Hm')], error: overloaded() },
      { events: [thinking('Well'), text('Yes.')] },
    );
    const reply = start(model);
    await clock.advance(10_000);
    await expect(reply).resolves.toMatchObject({ text: 'Yes.', attempts: 2 });
    // What was thought before `retry` is void.
    expect(bench.events.map(({ type }) => type)).toEqual([
      'attempt',
      'thinking',
      'retry',
      'waiting',
      'attempt',
      'thinking',
      'text',
    ]);
  });

  test('after visible text it ends, keeping the text', async () => {
    const reply = start(
      scripted({
        events: [text('Half a'), text(' sent')],
        requestId: 'req_2',
        error: new EngineError('truncated', 'Cut.', { requestId: 'req_2', partialText: 'ignored' }),
      }),
    );
    await clock.advance(10_000);
    await expect(reply).rejects.toMatchObject({
      kind: 'truncated',
      partialText: 'Half a sent',
      requestId: 'req_2',
      retryable: true,
    });
    expect(bench.metrics.snapshot()).toMatchObject({ failed: 1, retries: 0 });
  });

  test('a tool call is visible too', async () => {
    const tool = { type: 'tool_use', id: 't', name: 'n', input: {} } as const;
    const reply = start(scripted({ events: [tool], error: overloaded() }));
    await clock.advance(10_000);
    await expect(reply).rejects.toMatchObject({ kind: 'overloaded' });
    expect(bench.events).toHaveLength(2);
  });

  test('a turn that waits to try again holds no slot', async () => {
    const failing = start(scripted({ error: overloaded() }, { events: [text('late')] }));
    await clock.advance(500);
    expect([bench.lanes.running, bench.metrics.snapshot().backingOff]).toEqual([0, 1]);
    const other = start(scripted({ events: [text('now')] }));
    await clock.advance(100);
    await expect(other).resolves.toMatchObject({ text: 'now', timing: { queueMs: 0 } });
    await clock.advance(1_000);
    await expect(failing).resolves.toMatchObject({ text: 'late' });
  });

  test('tells that it waits for a slot, and how long it did', async () => {
    const first = start(scripted({ firstTokenMs: 700 }));
    const second = start(scripted({ events: [text('x')] }));
    await clock.advance(1_000);
    await first;
    await expect(second).resolves.toMatchObject({ timing: { queueMs: 700, firstTokenMs: 700 } });
    expect(bench.events).toContainEqual({ type: 'waiting', reason: 'queue' });
  });

  test('a full queue refuses a new turn at once, but never the retry of one that was let in', async () => {
    const failing = start(scripted({ error: overloaded() }, { events: [text('late')] }));
    await clock.advance(500);
    const running = start(scripted({ firstTokenMs: 5_000 }));
    const waiting = start(scripted({}));
    await expect(start(scripted({}))).rejects.toMatchObject({ kind: 'queue_full' });
    await clock.advance(10_000);
    await expect(Promise.all([failing, running, waiting])).resolves.toHaveLength(3);
  });

  test('a full queue never refuses the continuation of a turn that was let in', async () => {
    const { limiter } = bench.lanes.get('api.example');
    limiter.setLimits({ concurrency: 1, queueLimit: 3, adaptiveConcurrency: true });
    const paused = start(
      scripted({ firstTokenMs: 100, stopReason: 'pause_turn' }, { events: [text('late')] }),
    );
    const others = [1, 2, 3].map(() => start(scripted({ firstTokenMs: 100 })));
    await clock.advance(0);
    limiter.setLimits({ concurrency: 1, queueLimit: 1, adaptiveConcurrency: true });
    await clock.advance(1_000);
    await expect(paused).resolves.toMatchObject({ text: 'late', timing: { queueMs: 300 } });
    await Promise.all(others);
  });

  test('gives a paused reply back without white space at its end', async () => {
    const paused = { type: 'text', text: 'One. \n' } as const;
    const model = scripted(
      { events: [text('One. \n')], content: [paused], stopReason: 'pause_turn' },
      { events: [text('Two.')] },
    );
    const reply = start(model);
    await clock.advance(1_000);
    await expect(reply).resolves.toMatchObject({ text: 'One. \nTwo.' });
    expect(model.requests[1]?.messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'One.' }],
    });
  });

  test('asks again as before when the server pauses without having said anything', async () => {
    const model = scripted({ content: [], stopReason: 'pause_turn' }, { events: [text('Here.')] });
    const reply = start(model);
    await clock.advance(1_000);
    await expect(reply).resolves.toMatchObject({ text: 'Here.', attempts: 2 });
    expect(model.requests[1]?.messages).toEqual(model.requests[0]?.messages);
  });

  test('goes on by itself when the server pauses', async () => {
    const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} };
    const model = scripted(
      {
        firstTokenMs: 100,
        events: [text('One. ')],
        content: [{ type: 'text', text: 'One. ' }, search],
        stopReason: 'pause_turn',
        usage: { inputTokens: 10, outputTokens: 3 },
        requestId: 'req_1',
      },
      {
        firstTokenMs: 100,
        content: [{ type: 'text', text: '' }],
        stopReason: 'pause_turn',
        usage: { inputTokens: 12, outputTokens: 1 },
      },
      {
        firstTokenMs: 100,
        events: [text('Two.')],
        usage: { inputTokens: 15, outputTokens: 2 },
        requestId: 'req_3',
      },
    );
    const reply = start(model);
    await clock.advance(1_000);
    await expect(reply).resolves.toMatchObject({
      text: 'One. Two.',
      stopReason: 'end_turn',
      content: [
        { type: 'text', text: 'One. ' },
        search,
        { type: 'text', text: '' },
        { type: 'text', text: 'Two.' },
      ],
      usage: { inputTokens: 37, outputTokens: 6 },
      costUSD: 97,
      attempts: 3,
      requestId: 'req_3',
      timing: { firstTokenMs: 100, totalMs: 300 },
    });
    expect(model.requests.map(({ messages }) => messages.length)).toEqual([1, 2, 2]);
    expect(model.requests[2]?.messages[1]).toEqual({
      role: 'assistant',
      // An empty text is refused by the server.
      content: [{ type: 'text', text: 'One. ' }, search],
    });
  });

  test('a continuation that fails before its own first text is tried again', async () => {
    const model = scripted(
      { events: [text('One. ')], stopReason: 'pause_turn' },
      { error: overloaded() },
      { events: [text('Two.')] },
    );
    const reply = start(model);
    await clock.advance(10_000);
    await expect(reply).resolves.toMatchObject({ text: 'One. Two.', attempts: 3 });
    expect(model.requests[2]).toEqual(model.requests[1]);
  });

  test('a failed continuation keeps the text of all requests', async () => {
    const model = scripted(
      { events: [text('One. ')], stopReason: 'pause_turn' },
      { events: [text('Tw')], error: new EngineError('network', 'Reset.') },
    );
    const reply = start(model);
    await clock.advance(10_000);
    await expect(reply).rejects.toMatchObject({ kind: 'network', partialText: 'One. Tw' });
  });

  test('a server that pauses for ever is not followed for ever', async () => {
    const pause: Script = { events: [text('.')], stopReason: 'pause_turn' };
    const model = scripted(...Array.from({ length: 50 }, () => pause));
    const reply = start(model);
    await clock.advance(10_000);
    await expect(reply).resolves.toMatchObject({
      stopReason: 'pause_turn',
      attempts: MAX_PAUSES + 1,
    });
  });

  test('the price is that of the model that answered where the one asked for has none', async () => {
    const reply = start(
      scripted({ model: 'claude-opus-5-20260101', usage: { inputTokens: 1_000_000 } }),
      question,
      {},
      new Pricing({}),
    );
    await clock.advance(0);
    await expect(reply).resolves.toMatchObject({ costUSD: 5 });
  });

  test('the cost is unknown as soon as that of one request is', async () => {
    const model = scripted(
      { usage: { inputTokens: 1 }, error: overloaded() },
      { model: 'claude-opus-5', usage: { inputTokens: 1_000_000 }, events: [text('x')] },
    );
    const reply = start(model, question, {}, new Pricing({}));
    await clock.advance(10_000);
    await expect(reply).resolves.toHaveProperty('costUSD', undefined);
    expect(bench.metrics.snapshot()).toMatchObject({ costUSD: 0, unpriced: 1 });
  });

  describe('stopped', () => {
    const aborted = { kind: 'aborted', message: 'The reply was stopped.' };

    test('before it starts: nothing is sent', async () => {
      const model = scripted({});
      const reply = start(model, question, { signal: AbortSignal.abort() });
      await expect(reply).rejects.toMatchObject({ ...aborted, partialText: '' });
      expect(model.requests).toEqual([]);
      expect(bench.metrics.snapshot()).toMatchObject({ stopped: 1, failed: 0 });
    });

    test('in the queue: its place is free again', async () => {
      const stop = new AbortController();
      const first = start(scripted({ firstTokenMs: 700 }));
      const model = scripted({});
      const reply = start(model, question, { signal: stop.signal });
      await clock.advance(100);
      stop.abort();
      await expect(reply).rejects.toMatchObject(aborted);
      expect(bench.lanes.queued).toBe(0);
      await clock.advance(700);
      await first;
      expect(model.requests).toEqual([]);
    });

    test('on the wire: the text stays and nothing more is told', async () => {
      const stop = new AbortController();
      const model = scripted({ firstTokenMs: 10, tailMs: 10_000, events: [text('Half')] });
      const reply = start(model, question, { signal: stop.signal });
      await clock.advance(100);
      stop.abort();
      await expect(reply).rejects.toMatchObject({ ...aborted, partialText: 'Half' });
      expect(model.running).toBe(0);
      expect(bench.events).toHaveLength(2);
      expect(bench.metrics.snapshot()).toMatchObject({ stopped: 1, recentFirstTokenMs: 10 });
    });

    test('between attempts: at once', async () => {
      const stop = new AbortController();
      const model = scripted({ error: overloaded() });
      const reply = start(model, question, { signal: stop.signal });
      await clock.advance(400);
      stop.abort();
      await expect(reply).rejects.toMatchObject(aborted);
      expect(bench.metrics.snapshot()).toMatchObject({ stopped: 1, backingOff: 0 });
      expect(bench.metrics.snapshot().recent[0]?.timing).toMatchObject({
        backoffMs: 400,
        totalMs: 400,
      });
    });

    test('by the reader itself, from inside an event', async () => {
      const stop = new AbortController();
      const reply = start(scripted({ events: [text('a'), text('b')] }), question, {
        signal: stop.signal,
        onEvent: (event) => {
          bench.events.push(event);
          if (event.type === 'text') stop.abort();
        },
      });
      await clock.advance(10);
      await expect(reply).rejects.toMatchObject({ ...aborted, partialText: 'a' });
      expect(bench.events.at(-1)).toEqual(text('a'));
    });
  });

  test('a reader that throws ends its own turn and nothing else', async () => {
    const fault = new RangeError('reader');
    let calls = 0;
    const model = scripted({ events: [text('a'), text('b')], tailMs: 10_000 });
    const reply = start(model, question, {
      onEvent: (event) => {
        if (event.type !== 'text') return;
        calls++;
        throw fault;
      },
    });
    const other = start(scripted({ events: [text('fine')] }));
    await clock.advance(10);
    await expect(reply).rejects.toMatchObject({
      kind: 'internal',
      cause: fault,
      partialText: 'a',
    });
    expect(calls).toBe(1);
    await clock.advance(10);
    await expect(other).resolves.toMatchObject({ text: 'fine' });
    expect([bench.lanes.running, bench.lanes.queued]).toEqual([0, 0]);
    expect(bench.metrics.snapshot()).toMatchObject({ ok: 1, failed: 1 });
  });

  test('a model that breaks its contract ends as `internal`, with the cause kept', async () => {
    const fault = new TypeError('undefined is not a function');
    const reply = start(scripted({ error: fault }));
    await clock.advance(10);
    await expect(reply).rejects.toMatchObject({ kind: 'internal', cause: fault });
  });

  test('what can be refused here is never sent', async () => {
    const model = scripted({});
    await expect(start(model, { ...question, messages: [] })).rejects.toMatchObject({
      kind: 'invalid_input',
    });
    const prefilled: ChatRequest = {
      ...question,
      messages: [...question.messages, { role: 'assistant', content: 'Because' }],
    };
    await expect(start(model, prefilled)).rejects.toMatchObject({ kind: 'invalid_input' });
    expect(model.requests).toEqual([]);
    expect(bench.events).toEqual([]);
    expect(bench.metrics.snapshot()).toMatchObject({ failed: 2 });
    const willing = new ScriptedModel(clock, [{ events: [text(' it is.')] }], 'scripted-1', true);
    const reply = start(willing, prefilled);
    await clock.advance(10);
    await expect(reply).resolves.toMatchObject({ text: ' it is.' });
  });

  test('lets go of the signal when it ends', async () => {
    const stop = new AbortController();
    const added: string[] = [];
    const signal = new Proxy(stop.signal, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'addEventListener') added.push('+');
          if (name === 'removeEventListener') added.push('-');
          const result: unknown = Reflect.apply(value, target, args);
          return result;
        };
      },
    });
    const reply = start(scripted({}), question, { signal });
    await clock.advance(10);
    await reply;
    expect(added).toEqual(['+', '-']);
  });
});
