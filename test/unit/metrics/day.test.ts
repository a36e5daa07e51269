import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_STATUS_FIELDS } from '../../../src/host/contributions';
import { treeText } from '../../../src/host/metricsView/metricNode';
import { metricsTree } from '../../../src/host/metricsView/metricsTree';
import { statusText } from '../../../src/host/status/statusText';
import { english } from '../../../src/host/translate';
import { CumulativeMetrics } from '../../../src/engine/metrics/export/cumulativeMetrics';
import { prometheusText } from '../../../src/engine/metrics/export/prometheusText';
import { requestsCsv } from '../../../src/engine/metrics/export/requestFiles';
import type { MetricsHistoryRead } from '../../../src/engine/metrics/metricsHistory';
import { isServiceFault } from '../../../src/engine/metrics/serviceFault';
import { ERROR_KINDS } from '../../../src/engine/types';
import { spanOf } from '../../../src/host/dashboard/dashboardData';
import { datasetOf } from '../../../src/webview/dashboard/data/dataset';
import { figuresOf } from '../../../src/webview/dashboard/data/figures';
import { rowsOf } from '../../../src/webview/dashboard/data/selection';
import { SKETCH_ACCURACY } from '../../../src/engine/metrics/sketch';
import { useMetricWindows } from '../../helpers/metricWindows';
import { DAY, DAY_COUNTS, playDay } from '../../helpers/simulatedDay';
import type { SimulatedDay } from '../../helpers/simulatedDay';
import { KEEP } from '../../helpers/storedMetrics';

const HOUR = 3_600_000;
const OUTAGE_MS = (DAY.outage[1] - DAY.outage[0]) * HOUR;

let day: SimulatedDay;

beforeAll(async () => {
  day = await playDay();
}, 60_000);

afterAll(() => day.end());

/** By nearest rank, of what was measured. */
function exactFirstToken(share: number): number {
  const all = day.requests.flatMap(({ timing }) => timing.firstTokenMs ?? []);
  return all.toSorted((a, b) => a - b)[Math.ceil(share * all.length) - 1] ?? 0;
}

/** Reads back a day of questions to the simulator, with an outage in it, wherever its figures are shown. */
describe('a simulated day', () => {
  test('is in the window of a day as it was played', () => {
    const { metrics } = day.engine;
    const figures = metrics.window('day');
    expect(figures).toMatchObject({
      ok: DAY_COUNTS.all - DAY_COUNTS.failed,
      failed: DAY_COUNTS.failed,
      unavailable: DAY_COUNTS.unavailable,
    });
    expect(figures.availability).toBeCloseTo(1 - DAY_COUNTS.unavailable / (DAY_COUNTS.all - 2), 6);
    const { p50, p95, count } = figures.firstToken.percentiles();
    expect(count).toBe(DAY_COUNTS.all - DAY_COUNTS.failed);
    for (const [found, share] of [
      [p50, 0.5],
      [p95, 0.95],
    ] as const) {
      const exact = exactFirstToken(share);
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(1.001 * SKETCH_ACCURACY * exact);
    }
  });

  test('tells the one incident, how long it took and what came before', () => {
    const { incidents, mttrMs = 0, mtbfMs = 0 } = day.engine.metrics.reliability();
    expect(incidents).toBe(1);
    // To the next hour's first answer; a minute of the simulator's is a moment of the test's.
    expect(Math.abs(mttrMs - OUTAGE_MS)).toBeLessThan(HOUR / 4);
    expect(Math.abs(mtbfMs - ((DAY.hours - 1) * HOUR - OUTAGE_MS))).toBeLessThan(HOUR / 4);
  });

  test('is in the tree and in the status bar', () => {
    const { engine, clock } = day;
    const metrics = engine.metrics.snapshot();
    const health = engine.health();
    const context = {
      endpoint: 'api.example',
      key: 'set',
      connections: undefined,
      health,
      settings: engine.settings,
      day: engine.metrics.window('day'),
      reliability: engine.metrics.reliability(),
      system: undefined,
      alerts: undefined,
      withoutEffect: { model: 'm', settings: [] },
    };
    const tree = treeText(metricsTree(metrics, context, english, clock.wallNow()));
    for (const line of [
      `Answered  ${DAY_COUNTS.all - DAY_COUNTS.failed}`,
      `Failed  ${DAY_COUNTS.failed}`,
      `The service is overloaded  ${DAY_COUNTS.unavailable}`,
      `Turns in the last 24 hours  ${DAY_COUNTS.all}`,
    ]) {
      expect(tree).toContain(line);
    }
    expect(tree).toMatch(/Time to recovery {2}[23] h/);
    const status = statusText(
      {
        metrics,
        health,
        alert: undefined,
        fields: DEFAULT_STATUS_FIELDS,
        endpoint: 'api.example',
        now: clock.wallNow(),
      },
      english,
    );
    expect(status.tooltip).toContain(`${DAY_COUNTS.failed} / 0`);
    expect(status).toMatchObject({ tone: 'usual' });
  });

  describe('on disk', () => {
    const windows = useMetricWindows();

    async function stored(): Promise<MetricsHistoryRead> {
      windows.clock.jumpWall(day.clock.wallNow() - windows.clock.wallNow());
      const history = windows.openWindow('one');
      const { requests } = day;
      await history.exchangeMetrics({ requests, samples: [], events: [] }, KEEP);
      return history.readMetrics({ from: 0, to: day.clock.wallNow() + 1 }, 1_000);
    }

    test('has every request, in order', async () => {
      const { requests: columns } = await stored();
      expect([...columns.at]).toEqual(day.requests.map(({ at }) => Math.round(at)));
      const outcomes = [...columns.outcome.values].map((index) => columns.outcome.names[index]);
      expect(outcomes).toEqual(day.requests.map(({ outcome }) => outcome));
      const again = await windows
        .openWindow('two')
        .exchangeMetrics({ requests: [], samples: [], events: [] }, KEEP);
      expect(again.requests.map(({ uid }) => uid).toSorted()).toEqual(
        day.requests.map(({ uid }) => uid).toSorted(),
      );
    });

    test('is in the figures and the incident of the dashboard', async () => {
      const dataset = datasetOf({
        from: day.beganAt,
        to: day.clock.wallNow() + 1,
        span: spanOf(await stored()),
        objective: 0.999,
        serviceFaults: ERROR_KINDS.filter((kind) => isServiceFault(kind)),
        errorNames: {},
      });
      const filter = { model: undefined, endpoint: undefined };
      const figures = figuresOf(dataset, rowsOf(dataset, filter), filter, dataset.stretch);
      const window = day.engine.metrics.window('day');
      expect(figures).toMatchObject({
        requests: DAY_COUNTS.all,
        failed: DAY_COUNTS.failed,
        availability: window.availability,
        incidents: 1,
      });
      expect(figures.firstTokenP50).toBeCloseTo(exactFirstToken(0.5), 0);
      expect(figures.firstTokenP95).toBeCloseTo(exactFirstToken(0.95), 0);
      expect(figures.costUSD).toBeCloseTo(window.costUSD, 4);
      expect(Math.abs((figures.mttrMs ?? 0) - OUTAGE_MS)).toBeLessThan(HOUR / 4);
    });

    test('is in the file for spreadsheets, a line for each request', async () => {
      const lines = [...requestsCsv((await stored()).requests)].join('').trimEnd().split('\r\n');
      expect(lines).toHaveLength(1 + DAY_COUNTS.all);
      const failed = lines.filter((line) => line.includes('overloaded'));
      expect(failed).toHaveLength(DAY_COUNTS.unavailable);
    });
  });

  test('is in what a scraper gets', () => {
    const metrics = new CumulativeMetrics(0);
    for (const request of day.requests) metrics.add(request);
    const samples = prometheusText(metrics.families(), '1.0.0')
      .split('\n')
      .filter((line) => line.startsWith('pulse_requests_total{'));
    const sum = (of: string): number =>
      samples
        .filter((line) => line.includes(of))
        .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
    expect(sum('')).toBe(DAY_COUNTS.all);
    expect(sum('outcome="ok"')).toBe(DAY_COUNTS.all - DAY_COUNTS.failed);
    expect(sum('error="overloaded"')).toBe(DAY_COUNTS.unavailable);
  });
});
