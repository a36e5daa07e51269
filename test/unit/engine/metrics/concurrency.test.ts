import { expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { FakeClock } from '../../../helpers/fakeClock';
import { ScriptedModel, text } from '../../../helpers/scriptedModel';
import { TurnBench } from '../../../helpers/turnBench';

const TURNS = 10_000;
/** One in so many fails, and one in so many others is stopped. */
const FAILING = 10;
const STOPPED = 25;

test('counters are exact for ten thousand turns at once', async () => {
  const clock = new FakeClock();
  const bench = new TurnBench({
    clock,
    settings: {
      concurrency: 100,
      adaptiveConcurrency: false,
      queueLimit: TURNS,
      'retry.retries': 0,
      'retry.patienceMs': 0,
      'pacing.enabled': false,
      'breaker.failureThreshold': 20,
      'breaker.adaptive': false,
    },
  });
  const failure = new EngineError('invalid_request', 'Not so.', { status: 400 });
  let counted = 0;
  bench.metrics.onEnd(() => counted++);
  const turns = Array.from({ length: TURNS }, (_, index) => {
    const usage = { inputTokens: 3, outputTokens: 2 };
    const script =
      index % FAILING === 0 ? { error: failure } : { events: [text('x')], usage, firstTokenMs: 5 };
    const stop = new AbortController();
    if (index % STOPPED === 1) stop.abort();
    const request = { model: 'm', messages: [], action: 'chat' } as const;
    const question = { ...request, messages: [{ role: 'user' as const, content: `${index}` }] };
    return bench.start(question, new ScriptedModel(clock, [script]), { signal: stop.signal });
  });
  const settled = Promise.allSettled(turns);
  await clock.advance(60_000);
  const outcomes = await settled;
  const ok = outcomes.filter(({ status }) => status === 'fulfilled').length;
  const snapshot = bench.metrics.snapshot();
  const window = bench.metrics.window('day');
  expect(counted).toBe(TURNS);
  expect(snapshot.ok + snapshot.failed + snapshot.stopped).toBe(TURNS);
  expect(snapshot).toMatchObject({
    ok,
    failed: TURNS / FAILING,
    stopped: TURNS - ok - TURNS / FAILING,
    running: 0,
    queued: 0,
  });
  expect(window).toMatchObject({ ok, failed: TURNS / FAILING });
  expect(snapshot.usage).toMatchObject({ inputTokens: 3 * ok, outputTokens: 2 * ok });
  bench.dispose();
});
