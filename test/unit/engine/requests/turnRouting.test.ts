import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import type { ChatRequest, ErrorKind } from '../../../../src/engine/types';
import { FakeClock } from '../../../helpers/fakeClock';
import { testEndpoint } from '../../../helpers/modelHarness';
import { ScriptedModel, text } from '../../../helpers/scriptedModel';
import type { Script } from '../../../helpers/scriptedModel';
import { TurnBench } from '../../../helpers/turnBench';

const question: ChatRequest = {
  model: 'scripted-1',
  messages: [{ role: 'user', content: 'Why?' }],
  action: 'chat',
};

let clock: FakeClock;
let bench: TurnBench;
/** What each endpoint plays, and what it got. */
let models: Map<string, ScriptedModel>;

beforeEach(() => {
  clock = new FakeClock();
  models = new Map();
});

afterEach(() => {
  bench.dispose();
  expect(clock.pending).toBe(0);
});

function fault(kind: ErrorKind = 'overloaded'): EngineError {
  return new EngineError(kind, 'It failed.');
}

function openBench(
  scripts: Readonly<Record<string, Script[]>>,
  settings: Readonly<Record<string, unknown>> = {},
): void {
  const ids = Object.keys(scripts);
  for (const id of ids) models.set(id, new ScriptedModel(clock, scripts[id] ?? []));
  bench = new TurnBench({
    clock,
    settings: { 'pacing.enabled': false, ...settings },
    random: () => 0.5,
    endpoints: ids,
    model: (_, endpointId) => modelAt(endpointId),
  });
}

function modelAt(endpointId: string): ScriptedModel {
  const model = models.get(endpointId);
  if (!model) throw new Error(`no model at ${endpointId}`);
  return model;
}

function asked(endpointId: string): number {
  return modelAt(endpointId).requests.length;
}

function breakDown(endpointId: string): void {
  const breaker = bench.breakers.get(endpointId, 'scripted-1');
  while (breaker.state === 'closed') breaker.tryAcquire(true)?.settle({ kind: 'failure' });
}

describe('a turn among endpoints', () => {
  test('goes back to one that failed a moment ago when the others are down', async () => {
    openBench({ one: [{ error: fault() }, { events: [text('Because.')] }], two: [] });
    breakDown('two');
    const reply = bench.start(question);
    await clock.advance(1_000);
    await expect(reply).resolves.toMatchObject({ text: 'Because.', endpointId: 'one' });
    expect([asked('one'), asked('two')]).toEqual([2, 0]);
  });

  test.each([0, 60_000])(
    'never leaves the group that may have its content (patience %i ms)',
    async (patienceMs) => {
      const failing = Array.from({ length: 8 }, () => ({ error: fault() }));
      openBench(
        { main: [], inside: [...failing], twin: [...failing] },
        { 'retry.patienceMs': patienceMs, 'hedging.enabled': true, 'hedging.delayMs': 10 },
      );
      bench.balancer.setEndpoints([
        testEndpoint('https://main', { id: 'main' }),
        testEndpoint('https://inside', { id: 'inside', group: 'secret' }),
        testEndpoint('https://twin', { id: 'twin', group: 'secret' }),
      ]);
      const endpointsOf = (group: string): readonly string[] =>
        group === 'secret' ? ['inside', 'twin'] : ['main'];
      const reply = bench.start({ ...question, group: 'secret' }, undefined, {}, { endpointsOf });
      await clock.advance(600_000);
      await Promise.allSettled([reply]);
      expect(asked('main')).toBe(0);
      expect(asked('inside') + asked('twin')).toBeGreaterThan(2);
    },
  );

  test('stays at the endpoint that it is pinned to, however unwell that is', async () => {
    const failing = Array.from({ length: 20 }, () => ({ error: fault() }));
    openBench(
      { one: [], two: failing },
      { 'retry.patienceMs': 0, 'hedging.enabled': true, 'hedging.delayMs': 10 },
    );
    const reply = bench.start({ ...question, endpointId: 'two' });
    await clock.advance(600_000);
    await expect(reply).rejects.toMatchObject({ kind: 'overloaded' });
    expect(asked('one')).toBe(0);
    expect(asked('two')).toBeGreaterThan(1);
  });

  test('goes nowhere when the endpoint that it is pinned to is none of its group', async () => {
    openBench({ one: [], two: [] });
    const reply = bench.start({ ...question, endpointId: 'three' });
    await clock.advance(1_000);
    await expect(reply).rejects.toMatchObject({ kind: 'invalid_input' });
    expect([asked('one'), asked('two')]).toEqual([0, 0]);
  });

  test('hedges in a group of one at that endpoint, not at that of another group', async () => {
    openBench(
      { main: [], alone: [{ firstTokenMs: 5_000 }, { firstTokenMs: 5_000 }] },
      { 'hedging.enabled': true, 'hedging.delayMs': 10 },
    );
    bench.balancer.setEndpoints([
      testEndpoint('https://main', { id: 'main' }),
      testEndpoint('https://alone', { id: 'alone', group: 'secret' }),
    ]);
    const endpointsOf = (group: string): readonly string[] =>
      group === 'secret' ? ['alone'] : ['main'];
    const reply = bench.start({ ...question, group: 'secret' }, undefined, {}, { endpointsOf });
    await clock.advance(60_000);
    await reply;
    expect([asked('main'), asked('alone')]).toEqual([0, 2]);
  });

  test('refuses a group that has no endpoint', async () => {
    openBench({ main: [] });
    const reply = bench.start({ ...question, group: 'nowhere' });
    await clock.advance(0);
    await expect(reply).rejects.toMatchObject({ kind: 'invalid_input' });
    expect(asked('main')).toBe(0);
  });
});

describe('a turn that waits', () => {
  test('for a rate limit has a place in the same queue as one that waits for a slot', async () => {
    openBench(
      { one: [{ firstTokenMs: 100 }, { firstTokenMs: 100 }] },
      { 'pacing.enabled': true, 'pacing.requestsPerMinute': 1, queueLimit: 1 },
    );
    const first = bench.start(question);
    await clock.advance(10);
    const waits = bench.start(question);
    await clock.advance(10);
    const refused = bench.start(question);
    await clock.advance(10);
    await expect(refused).rejects.toMatchObject({ kind: 'queue_full', retryable: true });
    await clock.advance(120_000);
    await expect(Promise.all([first, waits])).resolves.toHaveLength(2);
  });

  test('for recovery is not refused afterwards because the queue is full by then', async () => {
    const down = Array.from({ length: 3 }, () => ({ error: fault() }));
    openBench(
      { one: [...down, { firstTokenMs: 30_000 }, {}, { events: [text('Because.')] }] },
      { concurrency: 1, queueLimit: 1, adaptiveConcurrency: false, 'retry.retries': 0 },
    );
    const patient = bench.start(question);
    // The third pause is under way: others take the slot and the queue.
    await clock.advance(7_000);
    const others = [bench.start(question), bench.start(question)];
    await clock.advance(60_000);
    await expect(patient).resolves.toMatchObject({ attempts: 4 });
    await Promise.all(others);
  });
});

describe('a model that is said to go on from the reply so far', () => {
  test('and refuses to is asked to go on instead, from then on at once', async () => {
    const broken: Script = { events: [text('One two')], error: fault('truncated') };
    const goesOn: Script = { events: [text('One two three.')] };
    const model = new ScriptedModel(
      clock,
      [broken, { error: fault('invalid_request') }, goesOn, broken, goesOn],
      'scripted-1',
      true,
    );
    bench = new TurnBench({ clock, random: () => 0.5 });
    const first = bench.start(question, model);
    await clock.advance(10_000);
    await expect(first).resolves.toMatchObject({
      text: 'One two three.',
      attempts: 3,
      continuations: 1,
    });
    const second = bench.start(question, model);
    await clock.advance(10_000);
    await expect(second).resolves.toMatchObject({ text: 'One two three.', attempts: 2 });
    const endings = model.requests.map(({ messages }) => messages.at(-1)?.role);
    expect(endings).toEqual(['user', 'assistant', 'user', 'user', 'user']);
  });

  test('keeps the text when it refuses both', async () => {
    const model = new ScriptedModel(
      clock,
      [
        { events: [text('One two')], error: fault('truncated') },
        { error: fault('invalid_request') },
        { error: fault('invalid_request') },
      ],
      'scripted-1',
      true,
    );
    bench = new TurnBench({ clock, random: () => 0.5 });
    const reply = bench.start(question, model);
    await clock.advance(10_000);
    await expect(reply).rejects.toMatchObject({ kind: 'invalid_request', partialText: 'One two' });
  });
});

describe('a turn whose endpoints are taken out of the settings', () => {
  const gone = new EngineError('invalid_input', 'one is not among the endpoints any more.');

  /** From now on the settings name others, as `Engine.setEndpoint` tells. */
  function replaceEndpoints(group: string, ...ids: string[]): void {
    for (const id of ids) models.set(id, new ScriptedModel(clock, []));
    models.delete('one');
    const endpoints = ids.map((id) => testEndpoint(`https://${id}`, { id, group }));
    bench.balancer.setEndpoints(endpoints);
    bench.breakers.retain(new Set(ids));
  }

  function opened(scripts: Script[], more: readonly string[] = []): void {
    models.set('one', new ScriptedModel(clock, scripts));
    for (const id of more) models.set(id, new ScriptedModel(clock, []));
    bench = new TurnBench({
      clock,
      settings: { 'pacing.enabled': false, 'retry.retries': 0 },
      random: () => 0.5,
      endpoints: ['one', ...more],
      model: (_, endpointId) => {
        const model = models.get(endpointId);
        if (model) return model;
        throw gone;
      },
    });
  }

  test.each(['default', 'secret'])(
    'while it waits for its breaker ends clearly, and sends nothing to what came in its place (%s)',
    async (group) => {
      opened([]);
      breakDown('one');
      const reply = bench.start(question);
      await clock.advance(100);
      replaceEndpoints(group, 'other');
      await clock.advance(60_000);
      await expect(reply).rejects.toMatchObject({ kind: 'invalid_input', message: gone.message });
      expect(asked('other')).toBe(0);
    },
  );

  test('while it waits to try again likewise', async () => {
    opened([{ error: fault() }]);
    const reply = bench.start(question);
    await clock.advance(100);
    replaceEndpoints('default', 'other');
    await clock.advance(60_000);
    await expect(reply).rejects.toMatchObject({ kind: 'invalid_input' });
    expect(asked('other')).toBe(0);
  });

  test('goes on at those of its endpoints that are left', async () => {
    opened([{ error: fault() }], ['twin']);
    breakDown('twin');
    const reply = bench.start(question);
    await clock.advance(100);
    const twin = modelAt('twin');
    replaceEndpoints('default', 'new', 'twin');
    models.set('twin', twin);
    await clock.advance(60_000);
    await expect(reply).resolves.toMatchObject({ endpointId: 'twin' });
    expect(asked('new')).toBe(0);
  });

  test('waits on for those that are left', async () => {
    opened([], ['twin']);
    breakDown('one');
    breakDown('twin');
    const reply = bench.start(question);
    await clock.advance(100);
    const twin = modelAt('twin');
    replaceEndpoints('default', 'new', 'twin');
    models.set('twin', twin);
    await clock.advance(0);
    expect(asked('twin')).toBe(0);
    await clock.advance(60_000);
    await expect(reply).resolves.toMatchObject({ endpointId: 'twin' });
    expect(asked('new')).toBe(0);
  });
});

describe('an endpoint that refuses its key', () => {
  test('does not keep another one, with its own, from answering', async () => {
    const kinds: ErrorKind[] = ['authentication', 'permission', 'no_key'];
    for (const kind of kinds) {
      openBench({ one: [{ events: [text('Because.')] }], two: [{ error: fault(kind) }] });
      const reply = bench.start(question);
      await clock.advance(1_000);
      await expect(reply).resolves.toMatchObject({ endpointId: 'one', attempts: 2 });
      expect([asked('one'), asked('two')]).toEqual([1, 1]);
      bench.dispose();
    }
    openBench({ one: [{ error: fault('authentication') }] });
    const alone = bench.start(question);
    await clock.advance(1_000);
    await expect(alone).rejects.toMatchObject({ kind: 'authentication' });
  });
});

describe('another endpoint', () => {
  test('is named only where it is asked: not when the budget of retries is empty', async () => {
    openBench({ one: [{ error: fault() }], two: [{ error: fault() }] }, { 'retry.patienceMs': 0 });
    for (const id of ['one', 'two']) while (bench.lanes.get(id).budget.tryTake());
    const reply = bench.start(question);
    await clock.advance(100);
    await expect(reply).rejects.toMatchObject({ kind: 'overloaded' });
    expect(asked('one') + asked('two')).toBe(1);
    expect(bench.events.map(({ type }) => type)).not.toContain('fallback');
  });
});

describe('a hedge', () => {
  test('that answers at another endpoint is what the reply and its record name', async () => {
    openBench(
      { one: [{ events: [text('Quick.')] }], two: [{ firstTokenMs: 30_000 }] },
      { 'hedging.enabled': true, 'hedging.delayMs': 10 },
    );
    const reply = bench.start(question);
    await clock.advance(5_000);
    await expect(reply).resolves.toMatchObject({ endpointId: 'one', attempts: 2 });
    expect(bench.metrics.snapshot().recent[0]).toMatchObject({ endpointId: 'one' });
  });

  test.each([
    [
      'throws',
      () => {
        throw fault('invalid_input');
      },
    ],
    ['needs the server to count, which fails', 'counted'],
  ])('that can’t be prepared, because that %s, is none', async (_, how) => {
    const first = new ScriptedModel(clock, [{ firstTokenMs: 1_000, events: [text('Slow.')] }]);
    const second = new ScriptedModel(clock, []);
    Object.defineProperty(second, 'info', {
      get: () => {
        if (typeof how === 'function') return how();
        const { capabilities } = first.info;
        return { ...first.info, capabilities: { ...capabilities, contextWindow: 2 } };
      },
    });
    let isFirst = true;
    bench = new TurnBench({
      clock,
      settings: { 'hedging.enabled': true, 'hedging.delayMs': 10, 'pacing.enabled': false },
      random: () => 0,
      endpoints: ['one', 'two'],
      model: () => {
        const model = isFirst ? first : second;
        isFirst = false;
        return model;
      },
    });
    const reply = bench.start(question);
    await clock.advance(5_000);
    await expect(reply).resolves.toMatchObject({ text: 'Slow.', attempts: 1 });
  });
});
