import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine';
import { EngineError } from '../../../src/engine/errors';
import { DEFAULT_SETTINGS } from '../../../src/engine/settings';
import type { EngineSettings } from '../../../src/engine/settings';
import type { ChatRequest, Endpoint } from '../../../src/engine/types';
import { FakeClock } from '../../helpers/fakeClock';
import { ScriptedModel, text } from '../../helpers/scriptedModel';
import type { Script } from '../../helpers/scriptedModel';

const endpoint: Endpoint = {
  id: 'api.example',
  baseURL: 'https://api.example',
  authStyle: 'bearer',
  apiVersion: '2026-10-21',
  headers: {},
};
const question: ChatRequest = {
  model: 'scripted-1',
  messages: [{ role: 'user', content: 'Why?' }],
  action: 'chat',
};

describe('Engine', () => {
  let clock: FakeClock;
  let engine: Engine;
  /** Models in the order in which they were made, with what they play. */
  let models: ScriptedModel[];
  let scripts: Script[];
  /** What new requests are refused with. */
  let refusal: EngineError | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    models = [];
    scripts = [];
    refusal = undefined;
    engine = new Engine({
      keys: { getKey: () => Promise.resolve('key') },
      endpoint,
      settings: settings({}),
      clock,
      fetch: () => Promise.reject(new Error('nothing in these tests goes to the network')),
      random: () => 0.5,
      spending: { mayAsk: () => refusal },
    });
    engine.models.registerType({
      type: 'scripted',
      defaultModel: 'scripted-1',
      create: ({ name }) => {
        const model = new ScriptedModel(clock, scripts, name);
        models.push(model);
        return model;
      },
    });
    engine.models.setDefaultType('scripted');
  });

  afterEach(() => {
    engine.dispose();
    expect(clock.pending).toBe(0);
  });

  function settings(changes: Partial<EngineSettings>): EngineSettings {
    // Scripted models answer without headers: what is learnt from those is tested elsewhere.
    const pacing = { ...DEFAULT_SETTINGS.pacing, enabled: false };
    const retry = { ...DEFAULT_SETTINGS.retry, patienceMs: 0 };
    return { ...DEFAULT_SETTINGS, pacing, retry, ...changes };
  }

  function start(request: ChatRequest = question) {
    const reply = engine.stream(request);
    reply.catch(() => {});
    return reply;
  }

  test('streams through the model factory, and measures', async () => {
    scripts.push({ firstTokenMs: 300, events: [text('Because.')], usage: { outputTokens: 3 } });
    const seen: string[] = [];
    const reply = engine.stream(question, { onEvent: ({ type }) => seen.push(type) });
    await clock.advance(0);
    expect(engine.metrics.snapshot()).toMatchObject({ running: 1, ok: 0, concurrency: 10 });
    await clock.advance(1_000);
    await expect(reply).resolves.toMatchObject({ text: 'Because.', model: 'scripted-1' });
    expect(seen).toEqual(['attempt', 'text']);
    expect(engine.metrics.snapshot()).toMatchObject({
      running: 0,
      ok: 1,
      recentFirstTokenMs: 300,
      recent: [{ endpointId: 'api.example', model: 'scripted-1' }],
    });
  });

  test('the failure of one turn touches no other', async () => {
    scripts.push(
      { firstTokenMs: 100, error: new EngineError('invalid_request', 'No.') },
      { firstTokenMs: 200, events: [text('fine')] },
    );
    const [bad, good] = [start(), start()];
    await clock.advance(1_000);
    await expect(bad).rejects.toMatchObject({ kind: 'invalid_request' });
    await expect(good).resolves.toMatchObject({ text: 'fine' });
  });

  test('a spent budget refuses new requests before anything is sent, and leaves those that run', async () => {
    scripts.push({ firstTokenMs: 200, events: [text('fine')] });
    const running = start();
    await clock.advance(100);
    refusal = new EngineError('budget', 'The budget is spent.');
    await expect(start()).rejects.toMatchObject({ kind: 'budget', retryable: false });
    await clock.advance(1_000);
    await expect(running).resolves.toMatchObject({ text: 'fine' });
    expect(models).toHaveLength(1);
    expect(engine.metrics.snapshot()).toMatchObject({ ok: 1, failed: 0 });
  });

  test('tells what changes, also the queue', async () => {
    let told = 0;
    engine.metrics.onChange(() => told++);
    scripts.push({ firstTokenMs: 5_000 });
    const reply = start();
    await clock.advance(100);
    expect(told).toBe(1);
    await clock.advance(4_800);
    expect(told).toBe(1);
    await clock.advance(1_000);
    expect(told).toBe(2);
    await reply;
  });

  test('changed settings apply at once: slots, retries of new turns, prices', async () => {
    engine.updateSettings(settings({ concurrency: 1 }));
    scripts.push(...Array.from({ length: 3 }, () => ({ firstTokenMs: 1_000 })));
    const replies = [start(), start(), start()];
    await clock.advance(100);
    expect(engine.metrics.snapshot()).toMatchObject({ running: 1, queued: 2, concurrency: 1 });
    engine.updateSettings(settings({ concurrency: 3 }));
    await clock.advance(100);
    expect(engine.metrics.snapshot()).toMatchObject({ running: 3, queued: 0, concurrency: 3 });
    await clock.advance(2_000);
    await Promise.all(replies);

    const retry = { ...DEFAULT_SETTINGS.retry, retries: 0, patienceMs: 0 };
    engine.updateSettings(settings({ retry, prices: { 'scripted-1': { input: 1e6, output: 0 } } }));
    expect(engine.settings.retry.retries).toBe(0);
    models[0]?.play({ error: new EngineError('api', 'Bad.') }, { usage: { inputTokens: 2 } });
    const failing = start();
    await clock.advance(10);
    await expect(failing).rejects.toMatchObject({ kind: 'api', message: 'Bad.' });
    const priced = start();
    await clock.advance(10);
    await expect(priced).resolves.toMatchObject({ costUSD: 2 });
  });

  test('a new endpoint is for new turns', async () => {
    scripts.push({ firstTokenMs: 1_000 }, {});
    const before = start();
    await clock.advance(10);
    engine.setEndpoint({ ...endpoint, id: 'other', baseURL: 'https://other.example' });
    expect(engine.endpoint.id).toBe('other');
    const after = start();
    await clock.advance(2_000);
    await Promise.all([before, after]);
    expect(engine.metrics.snapshot().recent.map(({ endpointId }) => endpointId)).toEqual([
      'api.example',
      'other',
    ]);
    expect(models).toHaveLength(2);
  });

  test('counts tokens of requests that make sense', async () => {
    await expect(engine.countTokens(question)).resolves.toEqual({ tokens: 7, estimated: false });
    await expect(engine.countTokens({ ...question, messages: [] })).rejects.toMatchObject({
      kind: 'invalid_input',
    });
  });

  test('dispose stops what runs, waits and backs off, and lets nothing in', async () => {
    engine.updateSettings(settings({ concurrency: 2, adaptiveConcurrency: false }));
    scripts.push(
      { error: new EngineError('overloaded', 'Overloaded.') },
      { firstTokenMs: 10, events: [text('Half')], tailMs: 60_000 },
      { firstTokenMs: 60_000 },
    );
    const turns = [start(), start(), start()];
    await clock.advance(50);
    turns.push(start());
    await clock.advance(50);
    expect(engine.metrics.snapshot()).toMatchObject({ running: 2, queued: 1, backingOff: 1 });
    engine.dispose();
    const outcomes = await Promise.allSettled(turns);
    expect(outcomes).toMatchObject(
      ['', 'Half', '', ''].map((partialText) => ({
        status: 'rejected',
        reason: { kind: 'aborted', partialText },
      })),
    );
    await expect(engine.stream(question)).rejects.toMatchObject({ kind: 'aborted' });
    expect(engine.metrics.snapshot()).toMatchObject({ running: 0, queued: 0, backingOff: 0 });
  });
});
