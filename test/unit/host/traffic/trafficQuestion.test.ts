import { describe, expect, it } from 'vitest';
import type { MetricsRange } from '../../../../src/engine/metrics/metricsHistory';
import { localReportBounds } from '../../../../src/engine/metrics/traffic/reportPeriod';
import {
  lastWhole,
  questionIn,
  readTraffic,
  rolling,
} from '../../../../src/host/traffic/trafficQuestion';
import type { TrafficQuestion } from '../../../../src/host/traffic/trafficQuestion';
import { english } from '../../../../src/host/translate';
import { FakeClock } from '../../../helpers/fakeClock';
import { measuredRequest } from '../../../helpers/measuredRequest';
import { requestColumns } from '../../../helpers/requestColumns';

const HOUR = 3_600_000;
const QUESTION: TrafficQuestion = {
  topics: ['latency'],
  range: { from: 2_000, to: 3_000 },
  before: { from: 1_000, to: 2_000 },
};

describe('what a report is wanted of', () => {
  it('is taken from the argument of the command', () => {
    expect(questionIn(structuredClone(QUESTION))).toEqual(QUESTION);
  });

  it.each([
    undefined,
    'latency',
    {},
    { ...QUESTION, topics: [] },
    { ...QUESTION, topics: ['cost'] },
    { ...QUESTION, range: { from: 3, to: 2 } },
    { ...QUESTION, before: { from: -1, to: 2 } },
  ])('is asked for where it is %j', (argument) => {
    expect(questionIn(argument)).toBeUndefined();
  });

  it('is the last time with as much before it, this moment included', () => {
    const { range, before } = rolling(['load'], HOUR, 10 * HOUR);
    expect([range.from, range.to]).toEqual([9 * HOUR + 1, 10 * HOUR + 1]);
    expect([before.from, before.to]).toEqual([8 * HOUR + 1, 9 * HOUR + 1]);
  });

  it('is the last whole period', () => {
    const now = new Date(2026, 2, 10, 12).getTime();
    const { range, before } = lastWhole('monthly', ['load'], localReportBounds, now);
    expect(range).toEqual({
      from: new Date(2026, 1, 1).getTime(),
      to: new Date(2026, 2, 1).getTime(),
    });
    expect(before).toEqual({ from: new Date(2026, 0, 1).getTime(), to: range.from });
  });
});

describe('reading what traffic says', () => {
  it('takes both times from the history at once', async () => {
    const clock = new FakeClock(10_000);
    const asked: MetricsRange[] = [];
    const readMetrics = (range: MetricsRange) => {
      asked.push(range);
      const requests = requestColumns([1_500, 2_500].map((at) => measuredRequest({ at })));
      return Promise.resolve({ requests, samples: [], events: [], hours: [], isCut: false });
    };
    const source = { history: { readMetrics }, clock, objective: () => 0.999 };
    const found = await readTraffic(source, QUESTION, undefined, english);
    expect(asked).toEqual([{ from: 1_000, to: 3_000 }]);
    expect([found.before.requests, found.now.requests]).toEqual([1, 1]);
    expect(found.availability.objective).toBe(0.999);
    expect(clock.pending).toBe(0);
  });

  it('gives up on a history that does not answer', async () => {
    const clock = new FakeClock();
    const readMetrics = () => new Promise<never>(() => undefined);
    const source = { history: { readMetrics }, clock, objective: () => 0.999 };
    const reading = readTraffic(source, QUESTION, undefined, english);
    const rejected = expect(reading).rejects.toThrow('The history of metrics does not answer.');
    await clock.advance(30_000);
    await rejected;
    expect(clock.pending).toBe(0);
  });
});
