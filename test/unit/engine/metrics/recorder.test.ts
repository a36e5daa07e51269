import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import { measuredOf } from '../../../../src/engine/metrics/snapshot';
import { FakeClock } from '../../../helpers/fakeClock';
import { failedTurn, finishedTurn, requestRecord } from '../../../helpers/requestRecord';

const HOUR = 3_600_000;

describe('MetricsRecorder', () => {
  let clock: FakeClock;
  let queue: { running: number; queued: number; concurrency: number };
  let recorder: MetricsRecorder;

  beforeEach(() => {
    clock = new FakeClock();
    queue = { running: 0, queued: 0, concurrency: 10 };
    recorder = new MetricsRecorder(clock, queue);
  });

  afterEach(() => recorder.dispose());

  function endWith(firstTokenMs: number, changes: Parameters<typeof finishedTurn>[0] = {}): void {
    const { timing } = finishedTurn();
    recorder.turnEnded(
      finishedTurn({
        timing: { ...timing, firstTokenMs, totalMs: firstTokenMs + 1_000 },
        ...changes,
      }),
    );
  }

  test('is all zeros and unknowns before the first turn', () => {
    expect(recorder.snapshot()).toEqual({
      running: 0,
      queued: 0,
      backingOff: 0,
      waiting: 0,
      concurrency: 10,
      ok: 0,
      failed: 0,
      stopped: 0,
      retries: 0,
      continuations: 0,
      firstToken: { count: 0, p50: 0, p95: 0, p99: 0 },
      total: { count: 0, p50: 0, p95: 0, p99: 0 },
      byModel: [],
      recentFirstTokenMs: undefined,
      errorShareLastHour: 0,
      turnsLastMinute: 0,
      turnsLastHour: 0,
      tokensPerSecond: undefined,
      errorsByKind: [],
      usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
      costUSD: 0,
      unpriced: 0,
      recent: [],
      since: clock.wallStart,
    });
  });

  test('adds up outcomes, tokens and cost', () => {
    recorder.turnEnded(finishedTurn());
    recorder.turnEnded(finishedTurn({ costUSD: 0.5 }));
    recorder.turnEnded(finishedTurn({ outcome: 'stopped' }));
    recorder.turnEnded(finishedTurn({ costUSD: undefined }));
    recorder.turnEnded(failedTurn('network'));
    const snapshot = recorder.snapshot();
    expect(snapshot).toMatchObject({ ok: 3, failed: 1, stopped: 1 });
    expect(snapshot.usage).toEqual({
      inputTokens: 40,
      outputTokens: 200,
      cacheReadTokens: 12,
      cacheWriteTokens: 8,
    });
    expect(snapshot.costUSD).toBeCloseTo(0.502, 10);
    // The failed one used nothing, so there is nothing to price.
    expect(snapshot.unpriced).toBe(1);
  });

  test('tells the queue as it is and counts turns that wait to try again', () => {
    queue = { running: 3, queued: 4, concurrency: 5 };
    recorder.dispose();
    recorder = new MetricsRecorder(clock, queue);
    recorder.backoffStarted();
    recorder.backoffStarted();
    recorder.backoffEnded();
    expect(recorder.snapshot()).toMatchObject({
      running: 3,
      queued: 4,
      concurrency: 5,
      backingOff: 1,
      retries: 2,
    });
  });

  test('measures by model and over all', () => {
    for (const ms of [100, 200, 300]) endWith(ms);
    endWith(700, { model: 'model-b' });
    const { firstToken, total, byModel, tokensPerSecond } = recorder.snapshot();
    expect(firstToken.count).toBe(4);
    expect(firstToken.p50).toBeCloseTo(200, -0.5);
    expect(total.count).toBe(4);
    expect(tokensPerSecond).toBeCloseTo(50, 0);
    expect(byModel.map(({ model, firstToken: { count, p50 } }) => [model, count, p50])).toEqual([
      ['model-a', 3, expect.closeTo(200, -0.5)],
      ['model-b', 1, expect.closeTo(700, -1)],
    ]);
  });

  test('an answer that was kept says nothing about how long one takes', () => {
    const { timing } = finishedTurn();
    const untouched = { firstByteMs: undefined, firstTokenMs: undefined, totalMs: 1 };
    recorder.turnEnded(
      finishedTurn({ servedFrom: 'memory', timing: { ...timing, ...untouched }, attempts: 0 }),
    );
    expect(recorder.snapshot()).toMatchObject({ ok: 1, total: { count: 0 } });
    expect(recorder.window('day').availability).toBeUndefined();
  });

  test('a reply in one piece says nothing about the rate', () => {
    const { usage, timing } = finishedTurn();
    recorder.turnEnded(
      finishedTurn({ usage, timing: { ...timing, firstTokenMs: 200, totalMs: 201 } }),
    );
    expect(recorder.snapshot().tokensPerSecond).toBeUndefined();
    expect(recorder.snapshot().total.count).toBe(1);
  });

  test('total times and rates are those of turns that went well', () => {
    recorder.turnEnded(finishedTurn({ outcome: 'stopped' }));
    recorder.turnEnded(failedTurn('api'));
    const { firstToken, total, byModel, tokensPerSecond } = recorder.snapshot();
    expect(firstToken.count).toBe(1);
    expect(total.count).toBe(0);
    expect(tokensPerSecond).toBeUndefined();
    expect(byModel).toHaveLength(1);
  });

  test('the recent time to first token is the median of the last twenty', () => {
    for (let turn = 1; turn <= 20; turn++) endWith(turn * 10);
    expect(recorder.snapshot().recentFirstTokenMs).toBe(105);
    for (let turn = 0; turn < 11; turn++) endWith(1_000);
    expect(recorder.snapshot().recentFirstTokenMs).toBe(1_000);
    endWith(5);
    recorder.turnEnded(failedTurn('api'));
    expect(recorder.snapshot().recentFirstTokenMs).toBe(1_000);
  });

  test('the error share is that of the last hour, stopped turns left out', async () => {
    recorder.turnEnded(failedTurn('api'));
    await clock.advance(HOUR / 2);
    for (let turn = 0; turn < 3; turn++) recorder.turnEnded(finishedTurn());
    recorder.turnEnded(finishedTurn({ outcome: 'stopped' }));
    expect(recorder.snapshot().errorShareLastHour).toBe(0.25);
    await clock.advance(HOUR / 2);
    expect(recorder.snapshot().errorShareLastHour).toBe(0);
    recorder.turnEnded(failedTurn('api'));
    expect(recorder.snapshot().errorShareLastHour).toBe(0.25);
    await clock.advance(2 * HOUR);
    expect(recorder.snapshot()).toMatchObject({ errorShareLastHour: 0, failed: 2, ok: 3 });
  });

  test('counts turns of the last minute and hour', async () => {
    recorder.turnEnded(finishedTurn());
    await clock.advance(61_000);
    recorder.turnEnded(failedTurn('api'));
    expect(recorder.snapshot()).toMatchObject({ turnsLastMinute: 1, turnsLastHour: 2 });
    await clock.advance(HOUR);
    expect(recorder.snapshot()).toMatchObject({ turnsLastMinute: 0, turnsLastHour: 0 });
  });

  test('counts errors by kind, most frequent first, with their newest request ids', () => {
    recorder.turnEnded(failedTurn('network'));
    for (let turn = 1; turn <= 7; turn++)
      recorder.turnEnded(failedTurn('overloaded', `req_${turn}`));
    expect(recorder.snapshot().errorsByKind).toEqual([
      {
        kind: 'overloaded',
        count: 7,
        requestIds: ['req_7', 'req_6', 'req_5', 'req_4', 'req_3'],
      },
      { kind: 'network', count: 1, requestIds: [] },
    ]);
  });

  test('keeps the last fifty records, newest first, numbered and dated', async () => {
    for (let turn = 0; turn < 52; turn++) {
      await clock.advance(1);
      recorder.turnEnded(finishedTurn());
    }
    const { recent } = recorder.snapshot();
    expect(recent).toHaveLength(50);
    expect(recent[0]).toMatchObject({ id: 52, at: clock.wallStart + 52 });
    expect(recent[49]).toMatchObject({ id: 3 });
  });

  test('keeps percentiles of twenty models, those used last', () => {
    for (let model = 0; model < 20; model++) endWith(100, { model: `m${model}` });
    endWith(100, { model: 'm0' });
    endWith(100, { model: 'new' });
    const models = recorder.snapshot().byModel.map(({ model }) => model);
    expect(models).toHaveLength(20);
    expect(models).toContain('m0');
    expect(models).not.toContain('m1');
  });

  test('a reset forgets what has ended and not what is under way', async () => {
    recorder.backoffStarted();
    recorder.turnEnded(finishedTurn());
    recorder.turnEnded(failedTurn('api', 'req_9'));
    const fresh = new MetricsRecorder(clock, queue);
    const empty = fresh.snapshot();
    fresh.dispose();
    await clock.advance(10);
    recorder.reset();
    expect(recorder.snapshot()).toEqual({ ...empty, backingOff: 1, since: clock.wallStart + 10 });
    recorder.turnEnded(finishedTurn());
    expect(recorder.snapshot().recent[0]?.id).toBe(3);
  });

  test('tells a burst of changes once, and has no timer while nothing happens', async () => {
    let told = 0;
    recorder.onChange(() => told++);
    expect(clock.pending).toBe(0);
    for (let turn = 0; turn < 1_000; turn++) recorder.turnEnded(finishedTurn());
    recorder.queueChanged();
    expect(told).toBe(0);
    await clock.advance(100);
    expect(told).toBe(1);
    await clock.advance(HOUR);
    expect(told).toBe(1);
    expect(clock.pending).toBe(0);
    recorder.backoffStarted();
    await clock.advance(100);
    expect(told).toBe(2);
  });

  test('sets no timer while nobody listens, and leaves none behind', () => {
    recorder.turnEnded(finishedTurn());
    expect(clock.pending).toBe(0);
    recorder.onChange(() => {});
    recorder.turnEnded(finishedTurn());
    expect(clock.pending).toBe(1);
    recorder.dispose();
    expect(clock.pending).toBe(0);
  });

  test('tells each turn that ended, under a name that no other window uses', () => {
    const told: string[] = [];
    recorder.onEnd(({ uid }) => told.push(uid));
    const other = new MetricsRecorder(clock, queue);
    other.onEnd(({ uid }) => told.push(uid));
    recorder.turnEnded(finishedTurn());
    recorder.turnEnded(failedTurn('api'));
    other.turnEnded(finishedTurn());
    expect(new Set(told).size).toBe(3);
  });

  test('windows end now: turns leave them with time, of all and of each model', async () => {
    endWith(100, { model: 'a' });
    await clock.advance(2 * 60_000);
    endWith(200, { model: 'b' });
    recorder.turnEnded(failedTurn('api'));
    expect(recorder.window('minute')).toMatchObject({ ok: 1, failed: 1, errorShare: 0.5 });
    expect(recorder.window('fiveMinutes')).toMatchObject({ ok: 2, failed: 1 });
    expect(recorder.window('fiveMinutes', 'a')).toMatchObject({ ok: 1, failed: 0 });
    expect(recorder.window('day', 'nobody').ended).toBe(0);
    await clock.advance(HOUR);
    expect(recorder.window('hour').ended).toBe(0);
    expect(recorder.window('day').ended).toBe(3);
    expect(recorder.window('day').firstToken.percentiles().count).toBe(2);
  });

  test('a wall clock that jumps moves nothing out of its window, or into another', async () => {
    endWith(100);
    clock.jumpWall(5 * HOUR);
    endWith(100);
    expect(recorder.window('minute').ended).toBe(2);
    clock.jumpWall(-10 * HOUR);
    await clock.advance(1_000);
    endWith(100);
    expect(recorder.window('minute').ended).toBe(3);
    expect(recorder.snapshot()).toMatchObject({ turnsLastMinute: 3, turnsLastHour: 3 });
  });

  test('turns of other windows count where they belong in time, and not since the last reset', () => {
    const now = clock.wallNow();
    const measured = (at: number, changes: Parameters<typeof requestRecord>[0] = {}) =>
      measuredOf(requestRecord({ at, ...changes }));
    recorder.absorb([
      measured(now - 30 * HOUR),
      measured(now - 2 * HOUR),
      measured(now - 10 * 60_000, { model: 'model-b' }),
      measured(now + 5_000),
    ]);
    expect(recorder.window('day').ended).toBe(3);
    expect(recorder.window('hour').ended).toBe(2);
    expect(recorder.window('minute').ended).toBe(1);
    expect(recorder.snapshot()).toMatchObject({ ok: 0, turnsLastHour: 2, byModel: [], recent: [] });
  });

  test('time between failures and to recovery: from the first that failed to the next that was answered', async () => {
    const minutes = (count: number): Promise<void> => clock.advance(count * 60_000);
    expect(recorder.reliability()).toEqual({ incidents: 0, mtbfMs: undefined, mttrMs: undefined });
    recorder.turnEnded(finishedTurn());
    await minutes(10);
    recorder.turnEnded(failedTurn('overloaded'));
    await minutes(1);
    recorder.turnEnded(failedTurn('api'));
    // Neither the user's nor the request's fault is the service's.
    recorder.turnEnded(failedTurn('invalid_request'));
    recorder.turnEnded(finishedTurn({ outcome: 'stopped' }));
    // A kept answer is not the service's.
    recorder.turnEnded(finishedTurn({ servedFrom: 'disk' }));
    await minutes(1);
    recorder.turnEnded(finishedTurn());
    await minutes(8);
    expect(recorder.reliability()).toEqual({
      incidents: 1,
      mtbfMs: 18 * 60_000,
      mttrMs: 2 * 60_000,
    });
    recorder.turnEnded(failedTurn('network'));
    await minutes(4);
    expect(recorder.reliability()).toEqual({
      incidents: 2,
      mtbfMs: 9 * 60_000,
      mttrMs: 3 * 60_000,
    });
  });
});
