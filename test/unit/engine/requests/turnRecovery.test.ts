import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import type { BaseModel } from '../../../../src/engine/models/baseModel';
import type { ChatRequest, ErrorKind } from '../../../../src/engine/types';
import { containing } from '../../../helpers/matchers';
import { FakeClock } from '../../../helpers/fakeClock';
import { ScriptedModel, text, thinking } from '../../../helpers/scriptedModel';
import type { Script } from '../../../helpers/scriptedModel';
import { TurnBench } from '../../../helpers/turnBench';

const question: ChatRequest = {
  model: 'scripted-1',
  messages: [{ role: 'user', content: 'Why?' }],
  action: 'chat',
};

let clock: FakeClock;
let bench: TurnBench;

beforeEach(() => {
  clock = new FakeClock();
  bench = newBench();
});

afterEach(() => {
  bench.dispose();
  expect(clock.pending).toBe(0);
});

function newBench(
  settings: Readonly<Record<string, unknown>> = {},
  more: Partial<ConstructorParameters<typeof TurnBench>[0]> = {},
): TurnBench {
  return new TurnBench({ clock, settings, random: () => 0.5, ...more });
}

/** A bench in the place of the one that `beforeEach` made. */
function replaceBench(...options: Parameters<typeof newBench>): void {
  bench.dispose();
  bench = newBench(...options);
}

function scripted(...scripts: Script[]): ScriptedModel {
  return new ScriptedModel(clock, scripts);
}

function fault(kind: ErrorKind = 'overloaded'): EngineError {
  return new EngineError(kind, 'It failed.');
}

function failing(count: number, kind?: ErrorKind): Script[] {
  return Array.from({ length: count }, () => ({ error: fault(kind) }));
}

describe('a reply that breaks off after visible text', () => {
  const broken = { events: [text('One two three. Four fi')], error: fault('truncated') };

  test('is gone on with by itself, and the seam does not show', async () => {
    const model = scripted(broken, {
      events: [text('Sure, here is the rest:\n\nthree. Four'), text(' five six.')],
    });
    const reply = bench.start(question, model);
    await clock.advance(5_000);
    await expect(reply).resolves.toMatchObject({
      text: 'One two three. Four five six.',
      content: [{ type: 'text', text: 'One two three. Four five six.' }],
      continuations: 1,
      attempts: 2,
    });
    expect(bench.text).toBe('One two three. Four five six.');
    expect(bench.events).toContainEqual({
      type: 'resumed',
      continuation: 1,
      error: fault('truncated').toInfo(),
    });
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ]);
  });

  test('adds up what all its requests took', async () => {
    const usage = { inputTokens: 10, outputTokens: 5 };
    const model = scripted({ ...broken, usage }, { events: [text('ve')], usage });
    const reply = bench.start(question, model);
    await clock.advance(5_000);
    await expect(reply).resolves.toMatchObject({ usage: { inputTokens: 20, outputTokens: 10 } });
    expect(bench.metrics.snapshot()).toMatchObject({ ok: 1, continuations: 1 });
  });

  test('a continuation that fails before its own text is tried again like any request', async () => {
    const model = scripted(broken, ...failing(2), { events: [text('ve')] });
    const reply = bench.start(question, model);
    await clock.advance(20_000);
    await expect(reply).resolves.toMatchObject({ continuations: 1, attempts: 4 });
    expect(bench.text).toBe('One two three. Four five');
  });

  test('goes on where the model takes no user turn for it: prefill', async () => {
    const model = new ScriptedModel(clock, [broken, { events: [text('ve')] }], 'scripted-1', true);
    const reply = bench.start(question, model);
    await clock.advance(5_000);
    await expect(reply).resolves.toMatchObject({ text: 'One two three. Four five' });
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'assistant' });
  });

  test('is gone on with once, not again and again, where the rate limit lets nothing out for long', async () => {
    const model = scripted({ ...broken, tailMs: 1_000 });
    const reply = bench.start(question, model);
    await clock.advance(500);
    bench.lanes.get('api.example').pacer.throttled('scripted-1', 3_600_000);
    await clock.advance(5_000);
    await expect(reply).rejects.toMatchObject({
      kind: 'rate_limit',
      partialText: 'One two three. Four fi',
    });
    expect(bench.events.filter(({ type }) => type === 'resumed')).toHaveLength(1);
  });

  test('ends there when the setting says so', async () => {
    replaceBench({ 'reply.autoContinue': 'off' });
    const reply = bench.start(question, scripted(broken));
    await clock.advance(5_000);
    await expect(reply).rejects.toMatchObject({
      kind: 'truncated',
      partialText: 'One two three. Four fi',
      took: { attempts: 1 },
    });
  });

  test('is not gone on with after a tool call, nor for an error that is no fault of the endpoint', async () => {
    const tool = { type: 'tool_use', id: 't', name: 'n', input: {} } as const;
    const withTool = bench.start(question, scripted({ events: [text('x'), tool], error: fault() }));
    const refused = bench.start(
      question,
      scripted({ events: [text('x')], error: fault('invalid_request') }),
    );
    await clock.advance(5_000);
    await expect(withTool).rejects.toMatchObject({ kind: 'overloaded' });
    await expect(refused).rejects.toMatchObject({ kind: 'invalid_request', partialText: 'x' });
  });

  test('a server that cuts every reply is not asked for ever', async () => {
    const words = Array.from({ length: 30 }, (_, n) => ({
      events: [text(` word${n}`)],
      error: fault('truncated'),
    }));
    const model = scripted(...words);
    const reply = bench.start(question, model);
    await clock.advance(600_000);
    await expect(reply).rejects.toMatchObject({ kind: 'truncated' });
    expect(model.requests).toHaveLength(9);
  });
});

describe('a reply cut at a length limit that started low', () => {
  const cut = { events: [text('One two')], stopReason: 'max_tokens' };

  test('is gone on with up to the setting', async () => {
    const model = scripted(cut, { events: [text(' three.')] });
    const reply = bench.start(question, model);
    await clock.advance(1_000);
    await expect(reply).resolves.toMatchObject({ text: 'One two three.', stopReason: 'end_turn' });
    expect(model.requests.map(({ maxTokens }) => maxTokens)).toEqual([1_024, 2_048]);
    expect(bench.events).toContainEqual({ type: 'resumed', continuation: 1 });
  });

  test('ends there where the caller named the limit, or the setting asks for faults only', async () => {
    const named = bench.start({ ...question, maxTokens: 50 }, scripted(cut));
    await clock.advance(100);
    await expect(named).resolves.toMatchObject({ stopReason: 'max_tokens', continuations: 0 });
    replaceBench({ 'reply.autoContinue': 'faults' });
    const faultsOnly = bench.start(question, scripted(cut));
    await clock.advance(100);
    await expect(faultsOnly).resolves.toMatchObject({ stopReason: 'max_tokens' });
  });
});

describe('a reply that the user has gone on with', () => {
  test('tells only what follows, and gives back the whole', async () => {
    const model = scripted({ events: [text('Hel'), text('lo there')] });
    const reply = bench.start({ ...question, partial: 'Hel' }, model);
    await clock.advance(100);
    await expect(reply).resolves.toMatchObject({ text: 'Hello there' });
    expect(bench.text).toBe('lo there');
  });
});

describe('an endpoint that is down', () => {
  test('a chat turn waits for it when its retries are used up, and is answered', async () => {
    const model = scripted(...failing(12), { events: [text('Back.')] });
    const reply = bench.start(question, model);
    await clock.advance(100_000);
    await expect(reply).resolves.toMatchObject({ text: 'Back.' });
    expect(bench.breakers.get('api.example', 'scripted-1').state).not.toBe('open');
    const reasons = bench.events.map((event) => (event.type === 'waiting' ? event.reason : ''));
    expect(reasons).toContain('breaker');
    expect(bench.metrics.snapshot()).toMatchObject({ waiting: 0, backingOff: 0 });
  });

  test('thinking of an attempt that failed is void also when its retries are used up', async () => {
    replaceBench({ 'retry.retries': 0 });
    const model = scripted(
      { events: [thinking('wrong')], error: fault() },
      { events: [thinking('right'), text('Yes.')] },
    );
    const reply = bench.start(question, model);
    await clock.advance(30_000);
    await expect(reply).resolves.toMatchObject({ text: 'Yes.' });
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

  test.each([45_000, 52_000, 60_000, 71_000])(
    'a chat turn gives up when its patience of %d ms is at its end, with what it was that failed',
    async (patienceMs) => {
      replaceBench({ 'retry.patienceMs': patienceMs });
      const model = scripted(...failing(100));
      const reply = bench.start(question, model);
      await clock.advance(200_000);
      await expect(reply).rejects.toMatchObject({
        kind: 'overloaded',
        message: containing('for it to recover'),
      });
      // 4 at first, then one at a time and further and further apart.
      expect(model.requests.length).toBeLessThan(30);
    },
  );

  test('an inline action fails at once with the reason while the breaker is open', async () => {
    const waiting = bench.start(question, scripted(...failing(8), { events: [text('x')] }));
    await clock.advance(12_000);
    expect(bench.breakers.get('api.example', 'scripted-1').state).toBe('open');
    const model = scripted();
    await expect(bench.start({ ...question, action: 'inline' }, model)).rejects.toMatchObject({
      kind: 'circuit_open',
      retryable: true,
    });
    expect(model.requests).toHaveLength(0);
    await clock.advance(100_000);
    await waiting;
  });

  test('a stop ends the wait at once', async () => {
    const stop = new AbortController();
    const reply = bench.start(question, scripted(...failing(50)), { signal: stop.signal });
    await clock.advance(20_000);
    stop.abort();
    await expect(reply).rejects.toMatchObject({ kind: 'aborted' });
    expect(bench.metrics.snapshot()).toMatchObject({ waiting: 0, stopped: 1 });
  });

  test('a question that fails while others are answered is not waited for', async () => {
    const model = scripted(...failing(50, 'api'));
    const reply = bench.start(question, model);
    for (let n = 0; n < 20; n++) {
      const other = bench.start(question, scripted({ events: [text('ok')] }));
      await clock.advance(500);
      await other;
    }
    await expect(reply).rejects.toMatchObject({ kind: 'api' });
    expect(model.requests).toHaveLength(4);
  });

  test('being offline is waited for and does not open the breaker', async () => {
    const model = scripted(...failing(10, 'offline'), { events: [text('Online.')] });
    const reply = bench.start(question, model);
    await clock.advance(200_000);
    await expect(reply).resolves.toMatchObject({ text: 'Online.' });
    expect(bench.breakers.get('api.example', 'scripted-1').health().failures).toBe(0);
    expect(bench.events).toContainEqual(
      expect.objectContaining({ type: 'waiting', reason: 'offline' }),
    );
  });

  test('failures while the network changed under them do not count', async () => {
    let addresses = 'wlan';
    replaceBench({ 'retry.retries': 10 }, { network: () => addresses });
    const model = scripted(
      ...Array.from({ length: 8 }, () => ({ firstTokenMs: 100, error: fault('network') })),
      { events: [text('x')] },
    );
    const reply = bench.start(question, model);
    for (let n = 0; n < 400; n++) {
      addresses = `wlan ${n}`;
      await clock.advance(250);
    }
    await expect(reply).resolves.toMatchObject({ text: 'x' });
    expect(bench.breakers.get('api.example', 'scripted-1').health().failures).toBe(0);
  });
});

describe('several endpoints and models', () => {
  function modelsAt(scripts: Readonly<Record<string, Script[]>>) {
    const made = new Map<string, ScriptedModel>();
    return {
      made,
      model: (name: string, endpointId: string): BaseModel => {
        const key = `${name}@${endpointId}`;
        const known = made.get(key) ?? new ScriptedModel(clock, scripts[key] ?? [], name);
        made.set(key, known);
        return known;
      },
    };
  }

  test('a fault of one endpoint is answered at once by another', async () => {
    const { model, made } = modelsAt({
      'scripted-1@a': failing(1),
      'scripted-1@b': [{ events: [text('From the other.')] }],
    });
    replaceBench({}, { endpoints: ['a', 'b'], model, random: () => 0 });
    const reply = bench.start({ ...question, conversationId: 'c' });
    await clock.advance(0);
    await expect(reply).resolves.toMatchObject({
      text: 'From the other.',
      endpointId: 'b',
      attempts: 2,
      timing: { backoffMs: 0 },
    });
    expect(made.get('scripted-1@a')?.requests).toHaveLength(1);
    expect(bench.events).toContainEqual(
      expect.objectContaining({ type: 'fallback', endpointId: 'b', model: 'scripted-1' }),
    );
  });

  test('a model that can’t answer gives way to the next one of the setting', async () => {
    const { model } = modelsAt({
      'scripted-1@a': failing(4),
      'claude-haiku-4-5@a': [{ events: [text('From the smaller one.')] }],
    });
    replaceBench({ 'fallback.models': ['claude-haiku-4-5'] }, { endpoints: ['a'], model });
    const reply = bench.start(question);
    await clock.advance(30_000);
    await expect(reply).resolves.toMatchObject({
      text: 'From the smaller one.',
      model: 'claude-haiku-4-5',
    });
    expect(bench.events).toContainEqual(
      expect.objectContaining({ type: 'fallback', model: 'claude-haiku-4-5' }),
    );
  });

  test('an error that another model would meet too is no reason to ask it', async () => {
    const { model, made } = modelsAt({ 'scripted-1@a': failing(1, 'invalid_request') });
    replaceBench({ 'fallback.models': ['other'] }, { endpoints: ['a'], model });
    const reply = bench.start(question);
    await clock.advance(1_000);
    await expect(reply).rejects.toMatchObject({ kind: 'invalid_request' });
    expect([...made.keys()]).toEqual(['scripted-1@a']);
  });

  test('a hedge answers where the first request is late, and both are counted', async () => {
    const usage = { inputTokens: 10 };
    const model = scripted(
      { firstTokenMs: 30_000, usage },
      { firstTokenMs: 100, events: [thinking('Hm'), text('Quick.')], usage },
    );
    replaceBench({ 'hedging.enabled': true, 'hedging.delayMs': 500, 'pacing.enabled': false });
    const reply = bench.start(question, model);
    await clock.advance(5_000);
    await expect(reply).resolves.toMatchObject({
      text: 'Quick.',
      attempts: 2,
      timing: { firstTokenMs: 600 },
    });
    expect(model.running).toBe(0);
    expect(bench.lanes.running).toBe(0);
  });
});

describe('a rate limit that is used up for long', () => {
  const hour = new EngineError('rate_limit', 'Slow down.', { retryAfterMs: 3_600_000 });

  test('is told at once, and to the next question too; batch work waits for it', async () => {
    const model = scripted({ error: hour }, { events: [text('At last.')] });
    const first = bench.start(question, model);
    await clock.advance(1_000);
    await expect(first).rejects.toMatchObject({ kind: 'rate_limit', retryAfterMs: 3_600_000 });
    const second = bench.start(question, model);
    await clock.advance(1_000);
    await expect(second).rejects.toMatchObject({
      kind: 'rate_limit',
      message: containing('used up for now'),
    });
    const batch = bench.start({ ...question, action: 'batch' }, model);
    await clock.advance(60_000);
    expect(model.requests).toHaveLength(1);
    expect(bench.events.at(-1)).toMatchObject({ type: 'waiting', reason: 'pacing' });
    await clock.advance(3_600_000);
    await expect(batch).resolves.toMatchObject({ text: 'At last.' });
  });
});

describe('a turn that may not be sent yet', () => {
  test('waits visibly until the moment it names', async () => {
    const notBefore = clock.wallNow() + 90_000;
    const model = scripted({ events: [text('Now.')] });
    const reply = bench.start({ ...question, notBefore }, model);
    await clock.advance(89_000);
    expect(model.requests).toHaveLength(0);
    expect(bench.events).toEqual([{ type: 'waiting', reason: 'asked', waitMs: 90_000 }]);
    expect(bench.metrics.snapshot().waiting).toBe(1);
    await clock.advance(2_000);
    await expect(reply).resolves.toMatchObject({ text: 'Now.' });
    expect(bench.metrics.snapshot().waiting).toBe(0);
  });

  test('goes by the clock on the wall: the machine may sleep meanwhile', async () => {
    const model = scripted({ events: [text('Now.')] });
    const reply = bench.start({ ...question, notBefore: clock.wallNow() + 3_600_000 }, model);
    await clock.advance(1_000);
    clock.jumpWall(3_600_000);
    await clock.advance(30_000);
    await expect(reply).resolves.toMatchObject({ text: 'Now.' });
  });
});
