import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../../src/engine/engine';
import { EngineError } from '../../../../src/engine/errors';
import { parseSettings } from '../../../../src/engine/settings';
import type { ChatRequest, ReplyEvent } from '../../../../src/engine/types';
import { FakeClock } from '../../../helpers/fakeClock';
import { ScriptedModel, text, thinking } from '../../../helpers/scriptedModel';
import type { Script } from '../../../helpers/scriptedModel';

/** The whole engine with scripted models: what is kept and shared, and what is not. */

const question: ChatRequest = {
  model: 'scripted-1',
  messages: [{ role: 'user', content: 'Explain this.' }],
  action: 'inline',
  temperature: 0,
};

let clock: FakeClock;
let engine: Engine;
let scripts: Script[];
let models: ScriptedModel[];

beforeEach(() => {
  clock = new FakeClock();
  scripts = [];
  models = [];
  engine = newEngine({});
});

afterEach(() => {
  engine.dispose();
  expect(clock.pending).toBe(0);
});

function newEngine(settings: Readonly<Record<string, unknown>>): Engine {
  const made = new Engine({
    keys: { getKey: () => Promise.resolve('key') },
    endpoint: {
      id: 'api.example',
      baseURL: 'https://api.example',
      authStyle: 'bearer',
      apiVersion: '2023-06-01',
      headers: {},
    },
    settings: parseSettings({
      'pacing.enabled': false,
      'retry.patienceMs': 0,
      prices: { 'scripted-1': { input: 1e6, output: 1e6 } },
      ...settings,
    }),
    clock,
    fetch: () => Promise.reject(new Error('nothing in these tests goes to the network')),
    random: () => 0.5,
  });
  made.models.registerType({
    type: 'scripted',
    defaultModel: 'scripted-1',
    create: ({ name }) => {
      const model = new ScriptedModel(clock, scripts, name);
      models.push(model);
      return model;
    },
  });
  made.models.setDefaultType('scripted');
  return made;
}

function ask(request: ChatRequest = question, signal?: AbortSignal) {
  const events: ReplyEvent[] = [];
  const reply = engine.stream(request, { signal, onEvent: (event) => events.push(event) });
  reply.catch(() => undefined);
  const told = (): string =>
    events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { reply, events, told };
}

const sent = (): number => models.reduce((sum, { requests }) => sum + requests.length, 0);

describe('an answer that is kept', () => {
  const script = {
    events: [thinking('Hm.'), text('It '), text('does.')],
    usage: { inputTokens: 3, outputTokens: 2 },
  };

  it('is given again, marked, free and at once', async () => {
    scripts.push(script);
    const first = ask();
    await clock.advance(10);
    await expect(first.reply).resolves.toMatchObject({ text: 'It does.', costUSD: 5 });
    const again = ask();
    await clock.advance(0);
    await expect(again.reply).resolves.toMatchObject({
      text: 'It does.',
      servedFrom: 'memory',
      costUSD: 0,
      attempts: 0,
      stopReason: 'end_turn',
    });
    expect(again.events.map(({ type }) => type)).toEqual(['served', 'thinking', 'text']);
    expect(sent()).toBe(1);
    expect(engine.health().cache).toMatchObject({ hits: 1, savedUSD: 5, entries: 1 });
    expect(engine.metrics.snapshot().recent[0]).toMatchObject({ servedFrom: 'memory' });
    // How fast a kept answer was says nothing about the model.
    expect(engine.metrics.snapshot().firstToken.count).toBe(1);
  });

  it('is not given to one who wants a fresh one, to a chat, or to another key', async () => {
    scripts.push(script, script, script, script);
    for (const request of [
      question,
      { ...question, fresh: true },
      { ...question, action: 'chat' as const },
    ]) {
      ask(request);
      await clock.advance(10);
    }
    expect(sent()).toBe(3);
  });

  it('is not given where the temperature asks for variety', async () => {
    scripts.push(script, script);
    for (let n = 0; n < 2; n++) {
      ask({ ...question, temperature: 1 });
      await clock.advance(10);
    }
    expect(sent()).toBe(2);
  });

  it('is not made of what another model answered', async () => {
    engine.dispose();
    engine = newEngine({ 'fallback.models': ['scripted-2'], 'retry.retries': 0 });
    scripts.push({ error: new EngineError('overloaded', 'Busy.') }, script, script);
    ask();
    await clock.advance(10);
    ask();
    await clock.advance(10);
    expect(sent()).toBe(3);
  });
});

describe('the same request under way', () => {
  it('is shared: each gets all of it, one can stop alone, and it is paid once', async () => {
    scripts.push({
      firstTokenMs: 100,
      events: [text('Shared.')],
      tailMs: 400,
      usage: { inputTokens: 3 },
    });
    const stop = new AbortController();
    const first = ask(question, stop.signal);
    await clock.advance(50);
    const second = ask();
    await clock.advance(100);
    const late = ask();
    await clock.advance(0);
    expect([first, second, late].map(({ told }) => told())).toEqual([
      'Shared.',
      'Shared.',
      'Shared.',
    ]);
    stop.abort();
    await expect(first.reply).rejects.toMatchObject({ kind: 'aborted' });
    await clock.advance(1_000);
    await expect(second.reply).resolves.toMatchObject({ servedFrom: 'shared', costUSD: 0 });
    await expect(late.reply).resolves.toMatchObject({ text: 'Shared.' });
    expect(sent()).toBe(1);
    expect(engine.health().cache).toMatchObject({ shared: 2, savedUSD: 6 });
  });

  it('ends when the last one has gone', async () => {
    scripts.push({ firstTokenMs: 100_000 });
    const stops = [new AbortController(), new AbortController()];
    const asked = stops.map(({ signal }) => ask(question, signal));
    await clock.advance(10);
    for (const stop of stops) stop.abort();
    await Promise.all(
      asked.map(({ reply }) => expect(reply).rejects.toMatchObject({ kind: 'aborted' })),
    );
    await clock.advance(10);
    expect(models[0]?.running).toBe(0);
  });

  it('is never shared by two chats', async () => {
    scripts.push({ firstTokenMs: 100 }, { firstTokenMs: 100 });
    ask({ ...question, action: 'chat' });
    ask({ ...question, action: 'chat' });
    await clock.advance(1_000);
    expect(sent()).toBe(2);
  });
});
