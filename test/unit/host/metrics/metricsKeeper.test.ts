import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MetricsBatch } from '../../../../src/engine/metrics/metricsHistory';
import { measuredOf } from '../../../../src/engine/metrics/snapshot';
import { MetricsKeeper } from '../../../../src/host/metrics/metricsKeeper';
import { FakeClock } from '../../../helpers/fakeClock';
import { MemoryMetricsHistory } from '../../../helpers/memoryMetricsHistory';
import { requestRecord } from '../../../helpers/requestRecord';

const NOTHING: MetricsBatch = { requests: [], samples: [], events: [] };

function measured(uid: string) {
  return measuredOf(requestRecord({ uid }));
}

describe('MetricsKeeper', () => {
  let clock: FakeClock;
  let history: MemoryMetricsHistory;
  let keeper: MetricsKeeper;
  let faults: unknown[];
  let told: MetricsBatch[];
  let took: number[];

  beforeEach(() => {
    clock = new FakeClock();
    history = new MemoryMetricsHistory();
    faults = [];
    told = [];
    took = [];
    keeper = new MetricsKeeper({
      clock,
      history,
      retention: () => ({ requestDays: 30, hourDays: 400 }),
      onFault: (error) => faults.push(error),
      onTook: (ms) => took.push(ms),
    });
    keeper.onOthers((batch) => told.push(batch));
  });

  afterEach(() => keeper.dispose());

  const uids = (): string[] =>
    history.written.flatMap(({ requests }) => requests.map(({ uid }) => uid));

  test('writes what was measured together, soon, and has no timer otherwise', async () => {
    expect(clock.pending).toBe(0);
    keeper.request(measured('a'));
    keeper.request(measured('b'));
    expect(history.written).toHaveLength(0);
    await clock.advance(2_000);
    expect(history.written).toHaveLength(1);
    expect(uids()).toEqual(['a', 'b']);
    expect(clock.pending).toBe(0);
  });

  test('tells what others measured, and nothing where they measured nothing', async () => {
    history.others = { ...NOTHING, requests: [measured('other')] };
    await keeper.flush();
    await keeper.flush();
    expect(told.map(({ requests }) => requests.map(({ uid }) => uid))).toEqual([['other']]);
  });

  test('what could not be written is written later, in its order, and told once', async () => {
    history.failure = new Error('busy');
    keeper.request(measured('a'));
    await clock.advance(2_000);
    keeper.request(measured('b'));
    await clock.advance(30_000);
    expect(faults).toHaveLength(1);
    history.failure = undefined;
    await clock.advance(30_000);
    expect(uids()).toEqual(['a', 'b']);
    history.failure = new Error('busy again');
    keeper.request(measured('c'));
    await clock.advance(2_000);
    expect(faults).toHaveLength(2);
  });

  test('tells how much is not written yet, what is on its way, too', async () => {
    expect(keeper.unwritten).toBe(0);
    history.failure = new Error('busy');
    keeper.request(measured('a'));
    keeper.request(measured('b'));
    expect(keeper.unwritten).toBe(2);
    const failed = keeper.flush();
    await Promise.resolve();
    expect(keeper.unwritten).toBe(2);
    await failed;
    expect(keeper.unwritten).toBe(2);
    history.failure = undefined;
    await keeper.flush();
    expect(keeper.unwritten).toBe(0);
  });

  test('what is refused for good holds nothing else up', async () => {
    history.failure = Object.assign(new Error('a number in it is none'), { kind: 'invalid' });
    keeper.request(measured('bad'));
    await clock.advance(2_000);
    history.failure = undefined;
    keeper.request(measured('good'));
    await clock.advance(60_000);
    expect(uids()).toEqual(['good']);
    expect(faults).toHaveLength(1);
  });

  test('keeps the newest of what can never be written, and no more', async () => {
    history.failure = new Error('full');
    for (let at = 0; at < 6_000; at++) keeper.request(measured(`r${at}`));
    for (let minute = 0; minute < 30; minute++) await clock.advance(60_000);
    history.failure = undefined;
    for (let minute = 0; minute < 30; minute++) await clock.advance(60_000);
    expect(uids().length).toBeLessThanOrEqual(6_000);
    expect(uids().at(-1)).toBe('r5999');
    expect(clock.pending).toBe(0);
  });

  test('a history that does not answer holds nothing up', async () => {
    history.exchangeMetrics = () => new Promise(() => {});
    keeper.request(measured('a'));
    await clock.advance(2_000 + 15_000);
    expect(faults).toHaveLength(1);
    expect(took).toEqual([15_000]);
    const closed = keeper.close();
    await clock.advance(1_000);
    await closed;
    expect(clock.pending).toBe(0);
  });

  test('writes the last of it when the window closes', async () => {
    keeper.request(measured('a'));
    await keeper.close();
    expect(uids()).toEqual(['a']);
    keeper.request(measured('late'));
    expect(clock.pending).toBe(0);
  });

  test('writes all of it when the window closes, what is on its way and what is more than a batch, too', async () => {
    for (let at = 0; at < 1_200; at++) keeper.request(measured(`r${at}`));
    const flushed = keeper.flush();
    keeper.request(measured('last'));
    await keeper.close();
    await flushed;
    expect(uids()).toHaveLength(1_201);
    expect(uids().at(-1)).toBe('last');
  });

  test('a thumb that is taken back is removed, whether it was written or not', async () => {
    const thumb = { uid: 'turn-1', at: 1, kind: 'up', model: 'm', label: '' } as const;
    keeper.event(thumb);
    await keeper.removeEvent('turn-1');
    await keeper.flush();
    expect(history.events).toEqual([]);
    keeper.event(thumb);
    const flushed = keeper.flush();
    await keeper.removeEvent('turn-1');
    await flushed;
    expect(history.events).toHaveLength(1);
    expect(history.removed).toEqual(['turn-1', 'turn-1']);
  });

  test('what was cleared does not come back with what could not be written before', async () => {
    history.failure = new Error('busy');
    keeper.request(measured('a'));
    await clock.advance(2_000);
    history.failure = undefined;
    await keeper.clear();
    await clock.advance(60_000);
    expect(uids()).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
