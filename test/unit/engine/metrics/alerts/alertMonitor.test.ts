import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlertMonitor } from '../../../../../src/engine/metrics/alerts/alertMonitor';
import type {
  AlertMonitorOptions,
  AlertSettings,
} from '../../../../../src/engine/metrics/alerts/alertMonitor';
import { DEFAULT_RULES } from '../../../../../src/engine/metrics/alerts/alertRules';
import { localPeriod } from '../../../../../src/engine/metrics/alerts/budgetPeriod';
import { BudgetTracker } from '../../../../../src/engine/metrics/alerts/budgetTracker';
import { AlertSource } from '../../../../helpers/alertSource';
import { FakeClock } from '../../../../helpers/fakeClock';

const MINUTE = 60_000;

let clock: FakeClock;
let source: AlertSource;
let settings: AlertSettings | undefined;
let dayUSD: number;
let budgets: BudgetTracker;
let monitor: AlertMonitor;
let told: string[];

function make(saved?: AlertMonitorOptions['saved']): AlertMonitor {
  const made = new AlertMonitor({ clock, source, budgets, settings: () => settings, saved });
  made.onTransitions((transitions) => {
    told.push(transitions.map(({ kind, alert }) => `${kind} ${alert.key}`).join(', '));
  });
  return made;
}

beforeEach(() => {
  clock = new FakeClock(new Date(2026, 2, 10, 0, 5).getTime());
  source = new AlertSource(clock);
  settings = { rules: DEFAULT_RULES, objective: 0.999 };
  dayUSD = 0;
  budgets = new BudgetTracker(clock, () => ({ day: dayUSD, month: 0 }), localPeriod);
  told = [];
  monitor = make();
});

afterEach(() => {
  monitor.dispose();
  expect(clock.pending).toBe(0);
});

function outage(): void {
  source.fail(5);
  monitor.changed();
}

describe('AlertMonitor', () => {
  it('looks a second after a change, at all changes together', async () => {
    monitor.start();
    await clock.advance(2_000);
    source.reads.length = 0;
    outage();
    await clock.advance(900);
    expect(source.reads).toEqual([]);
    monitor.changed();
    await clock.advance(100);
    expect(told).toEqual(['raised errorShare, raised burnRate.fast, raised burnRate.slow']);
  });

  it('looks at nothing before it is started: what was measured before a reload is not there yet', async () => {
    outage();
    await clock.advance(MINUTE);
    expect(source.reads).toEqual([]);
    monitor.start();
    await clock.advance(1_000);
    expect(monitor.active).toHaveLength(3);
  });

  it('has no timer while nothing is measured, nor when all that was has got old', async () => {
    monitor.start();
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
    source.answer();
    monitor.changed();
    await clock.advance(10 * MINUTE);
    expect(clock.pending).toBe(1);
    await clock.advance(61 * MINUTE);
    expect(clock.pending).toBe(0);
  });

  it('hardly looks while all that is wrong is told when it changes', async () => {
    monitor.start();
    source.gauge = { ...source.gauge, openBreakers: [{ endpointId: 'e', family: 'f' }] };
    monitor.changed();
    await clock.advance(1_000);
    expect(told).toEqual(['raised breakerOpen']);
    source.reads.length = 0;
    for (let minute = 0; minute < 9; minute++) await clock.advance(MINUTE);
    expect(source.reads).toEqual([]);
    source.gauge = { ...source.gauge, openBreakers: [] };
    monitor.changed();
    await clock.advance(1_000);
    expect(monitor.active).toEqual([]);
  });

  it('clears what was about a window that has become empty', async () => {
    monitor.start();
    outage();
    await clock.advance(1_000);
    await clock.advance(6 * MINUTE);
    expect(told.slice(1)).toEqual(['cleared errorShare, cleared burnRate.fast']);
    await clock.advance(60 * MINUTE);
    expect(told.slice(2)).toEqual(['cleared burnRate.slow']);
    expect(clock.pending).toBe(0);
  });

  it('raises also what comes by getting old alone', async () => {
    monitor.start();
    source.answer(400, 20);
    monitor.changed();
    await clock.advance(4 * MINUTE);
    source.fail();
    source.fail(3, 'invalid_request');
    monitor.changed();
    await clock.advance(1_000);
    expect(told).toEqual([]);
    await clock.advance(2 * MINUTE);
    expect(told).toEqual(['raised errorShare']);
  });

  it('tells nothing again after a reload', async () => {
    monitor.start();
    outage();
    await clock.advance(1_000);
    monitor.snooze('errorShare', MINUTE);
    const { saved } = monitor;
    monitor.dispose();
    told = [];
    monitor = make(saved);
    monitor.start();
    await clock.advance(1_000);
    expect(told).toEqual([]);
    expect(monitor.active).toHaveLength(3);
    await clock.advance(MINUTE);
    expect(told).toEqual(['reminded errorShare']);
  });

  it('watches budgets, and the gauges', async () => {
    dayUSD = 5;
    monitor.start();
    budgets.add({ at: clock.wallNow(), costUSD: 4 });
    monitor.changed();
    await clock.advance(1_000);
    budgets.add({ at: clock.wallNow(), costUSD: 2 });
    source.gauge = { ...source.gauge, openBreakers: [{ endpointId: 'a', family: 'b' }] };
    monitor.changed();
    await clock.advance(1_000);
    const day = new Date(2026, 2, 10).getTime();
    expect(told).toEqual([
      `raised budget.day.near:${day}`,
      `raised breakerOpen, cleared budget.day.near:${day}, raised budget.day.spent:${day}`,
    ]);
    source.gauge = { ...source.gauge, openBreakers: [] };
    monitor.changed();
    await clock.advance(1_000);
    await clock.advance(24 * 60 * MINUTE);
    expect(told.slice(2)).toEqual(['cleared breakerOpen', `cleared budget.day.spent:${day}`]);
    expect(clock.pending).toBe(0);
  });

  it('clears all when it is switched off, and looks again when it is on', async () => {
    monitor.start();
    outage();
    await clock.advance(1_000);
    const on = settings;
    settings = undefined;
    monitor.changed();
    await clock.advance(1_000);
    expect(monitor.active).toEqual([]);
    expect(clock.pending).toBe(0);
    settings = on;
    monitor.changed();
    await clock.advance(1_000);
    expect(monitor.active).toHaveLength(3);
  });

  it('says when what it shows is another', async () => {
    let changes = 0;
    monitor.onChange(() => changes++);
    monitor.start();
    source.answer();
    monitor.changed();
    await clock.advance(1_000);
    expect(changes).toBe(0);
    outage();
    await clock.advance(1_000);
    expect(changes).toBe(1);
    monitor.snooze('errorShare', MINUTE);
    expect(changes).toBe(2);
  });
});
