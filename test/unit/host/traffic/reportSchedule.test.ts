import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import type { MeasuredRequest } from '../../../../src/engine/metrics/metricsHistory';
import type {
  ReportBounds,
  ReportPeriod,
} from '../../../../src/engine/metrics/traffic/reportPeriod';
import { traffic } from '../../../../src/engine/metrics/traffic/traffic';
import { ReportMemory } from '../../../../src/host/traffic/reportMemory';
import { ReportSchedule } from '../../../../src/host/traffic/reportSchedule';
import type { DueReport, ReportScheduleDeps } from '../../../../src/host/traffic/reportSchedule';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { FakeMemento } from '../../../helpers/fakeMemento';
import { measuredRequest } from '../../../helpers/measuredRequest';
import { requestColumns } from '../../../helpers/requestColumns';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Half past twelve. */
const START = Date.UTC(2026, 0, 10, 12, 30);

/** Hours and days of UTC; the others are of no matter here. */
const bounds: ReportBounds = (period, at) => {
  const lengthMs = period === 'hourly' ? HOUR : DAY;
  const from = Math.floor(at / lengthMs) * lengthMs;
  return { from, to: from + lengthMs };
};

const clock = { current: new FakeClock(START) };
const settings = { periods: [] as ReportPeriod[], changed: new Emitter<void>() };
let memento: FakeMemento;
let requests: MeasuredRequest[];
let told: DueReport[][];
let faults: unknown[];
let reads: number;
let windows: ReportSchedule[];

beforeEach(() => {
  clock.current = new FakeClock(START);
  settings.periods = [];
  settings.changed = new Emitter<void>();
  memento = new FakeMemento();
  [requests, told, faults, windows, reads] = [[], [], [], [], 0];
});

afterEach(() => {
  for (const window of windows) window.dispose();
  expect(clock.current.pending).toBe(0);
});

function openWindow(over: Partial<ReportScheduleDeps> = {}): ReportSchedule {
  const onFault = (error: unknown): void => void faults.push(error);
  const schedule = new ReportSchedule({
    clock: clock.current,
    bounds,
    periods: () => settings.periods,
    onSettingsChange: settings.changed.event,
    memory: new ReportMemory(memento, onFault),
    read: async ({ range, before }) => {
      reads++;
      const columns = requestColumns(requests);
      return traffic(
        { requests: columns, samples: [], hours: [], isCut: false },
        { range, before, now: clock.current.wallNow(), objective: 0.999, aside: 'demo' },
      );
    },
    tell: (due) => told.push([...due]),
    spreadMs: 0,
    onFault,
    ...over,
  });
  windows.push(schedule);
  return schedule;
}

function want(...periods: ReportPeriod[]): void {
  settings.periods = periods;
  settings.changed.fire();
}

function asked(afterMs: number, over: Partial<MeasuredRequest> = {}): void {
  requests.push(measuredRequest({ at: START + afterMs, ...over }));
}

/** Each notification: its periods, and when what they are about began, ms after the start. */
function toldOf(): string[] {
  return told.map((due) =>
    due
      .map(({ period, question }) => `${period} ${(question.range.from - START) / MINUTE}`)
      .join(', '),
  );
}

describe('the schedule of reports', () => {
  it('has no timer and reads nothing while no report is wanted', async () => {
    openWindow();
    asked(MINUTE);
    expect(clock.current.pending).toBe(0);
    await clock.current.advance(2 * DAY);
    expect([reads, told]).toEqual([0, []]);
  });

  it('tells of an hour with traffic when it has ended, once', async () => {
    want('hourly');
    openWindow();
    asked(MINUTE);
    await clock.current.advance(29 * MINUTE);
    expect(told).toEqual([]);
    await clock.current.advance(2 * MINUTE);
    expect(toldOf()).toEqual(['hourly -30']);
    await clock.current.advance(50 * MINUTE);
    expect(told).toHaveLength(1);
    expect(told[0]?.[0]?.question.topics).toEqual(['latency']);
  });

  it('says nothing of hours without traffic, of what was before it was wanted, and of the demo', async () => {
    want('hourly');
    openWindow();
    asked(-HOUR);
    asked(2 * HOUR, { endpointId: 'demo' });
    await clock.current.advance(5 * HOUR);
    expect(told).toEqual([]);
    expect(reads).toBe(5);
  });

  it('tells for all windows once', async () => {
    want('hourly');
    openWindow();
    openWindow({ spreadMs: 5_000 });
    asked(MINUTE);
    await clock.current.advance(HOUR);
    expect(told).toHaveLength(1);
    expect(reads).toBe(1);
  });

  it('is not told by a window that another one overtook while it read', async () => {
    want('hourly');
    const slow = Promise.withResolvers<void>();
    openWindow({
      read: async ({ range, before }) => {
        await slow.promise;
        const columns = requestColumns(requests);
        return traffic(
          { requests: columns, samples: [], hours: [], isCut: false },
          { range, before, now: 0, objective: 0.999, aside: 'demo' },
        );
      },
    });
    openWindow();
    asked(MINUTE);
    await clock.current.advance(31 * MINUTE);
    slow.resolve();
    await settle();
    expect(told).toHaveLength(1);
  });

  it('tells after a reload what ended meanwhile, only the last of each, together', async () => {
    want('hourly', 'daily');
    openWindow().dispose();
    asked(MINUTE);
    asked(DAY - 45 * MINUTE);
    clock.current.jumpWall(DAY);
    openWindow();
    await clock.current.advance(MINUTE);
    expect(toldOf()).toEqual(['hourly 1350, daily -750']);
  });

  it('follows the setting', async () => {
    openWindow();
    want('hourly');
    asked(MINUTE);
    await clock.current.advance(31 * MINUTE);
    expect(told).toHaveLength(1);
    want();
    expect(clock.current.pending).toBe(0);
    asked(40 * MINUTE);
    await clock.current.advance(2 * HOUR);
    expect(told).toHaveLength(1);
  });

  it('begins anew where the wall clock was ahead when it was told last', async () => {
    memento.values.set('pulse.reports.told.hourly', START + 30 * DAY);
    want('hourly');
    openWindow();
    asked(MINUTE);
    await clock.current.advance(31 * MINUTE);
    expect(told).toHaveLength(1);
  });

  it('tries again within the hour when the history can’t be read', async () => {
    want('daily');
    memento.values.set('pulse.reports.told.daily', START - 10 * DAY);
    asked(-DAY);
    let isBroken = true;
    openWindow({
      read: async ({ range, before }) => {
        if (isBroken) throw new Error('locked');
        return traffic(
          { requests: requestColumns(requests), samples: [], hours: [], isCut: false },
          { range, before, now: START, objective: 0.999, aside: 'demo' },
        );
      },
    });
    await clock.current.advance(1);
    expect(faults).toEqual([new Error('locked')]);
    isBroken = false;
    await clock.current.advance(HOUR);
    expect(told).toHaveLength(1);
    expect(faults).toHaveLength(1);
  });

  it('leaves nothing behind when the window goes while it reads', async () => {
    want('hourly');
    const read = Promise.withResolvers<never>();
    const schedule = openWindow({ read: () => read.promise });
    await clock.current.advance(31 * MINUTE);
    schedule.dispose();
    read.reject(new Error('gone'));
    await settle();
    expect([faults, told, clock.current.pending]).toEqual([[], [], 0]);
  });
});
