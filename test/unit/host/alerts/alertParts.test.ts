import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlertMemory } from '../../../../src/host/alerts/alertMemory';
import { AlertParts } from '../../../../src/host/alerts/alertParts';
import { readAlertSettings } from '../../../../src/host/alerts/alertSettings';
import { english } from '../../../../src/host/translate';
import { AlertSource } from '../../../helpers/alertSource';
import { FakeClock } from '../../../helpers/fakeClock';
import { FakeMemento } from '../../../helpers/fakeMemento';
import { MemoryMetricsHistory } from '../../../helpers/memoryMetricsHistory';

const HOUR = 3_600_000;

let clock: FakeClock;
let source: AlertSource;
let history: MemoryMetricsHistory;
let memento: FakeMemento;
let faults: unknown[];
let told: string[];
let parts: AlertParts;

function make(settings: Readonly<Record<string, unknown>> = {}): AlertParts {
  const made = new AlertParts({
    clock,
    source,
    history,
    memory: new AlertMemory(memento, (error) => void faults.push(error)),
    settings: readAlertSettings((key) => settings[key], english).settings,
    onFault: (error) => void faults.push(error),
  });
  made.monitor.onTransitions((transitions) => {
    told.push(...transitions.map(({ kind, alert }) => `${kind} ${alert.key.replace(/:.*/u, '')}`));
  });
  return made;
}

async function look(): Promise<void> {
  await clock.advance(1_000);
}

beforeEach(() => {
  clock = new FakeClock(new Date(2026, 2, 10, 12).getTime());
  source = new AlertSource(clock);
  history = new MemoryMetricsHistory();
  memento = new FakeMemento();
  faults = [];
  told = [];
});

afterEach(() => {
  parts.dispose();
  expect(clock.pending).toBe(0);
});

const budget = { 'budget.day': 5, 'budget.hardStop': true };

describe('AlertParts', () => {
  it('count what was spent before, and what ends now, and refuse what goes beyond', async () => {
    history.spent = { costUSD: 4.5, unpriced: 0, requests: 9 };
    parts = make(budget);
    await parts.start();
    await look();
    expect(told).toEqual(['raised budget.day.near']);
    expect(parts.guard.mayAsk()).toBeUndefined();
    parts.ended([{ at: clock.wallNow(), costUSD: 0.75 }]);
    expect(parts.guard.mayAsk()).toMatchObject({ kind: 'budget' });
    await look();
    expect(told.slice(1)).toEqual(['cleared budget.day.near', 'raised budget.day.spent']);
    expect(parts.view).toMatchObject({ isWatching: true, budgets: [{ spentUSD: 5.25 }] });
  });

  it('know what another window has told a moment ago, and what it told long ago or is over', async () => {
    parts = make(budget);
    const other = make(budget);
    const heard: boolean[] = [];
    parts.monitor.onTransitions((transitions) => {
      heard.push(...transitions.map(({ alert }) => parts.isToldElsewhere(alert)));
    });
    await Promise.all([parts.start(), other.start()]);
    const spent = { at: clock.wallNow(), costUSD: 6 };
    other.ended([spent]);
    await look();
    await clock.advance(60_000);
    parts.ended([spent]);
    await look();
    expect(heard).toEqual([true]);
    other.dispose();
    expect(parts.isToldElsewhere({ key: 'another', since: clock.wallNow() })).toBe(false);
    const [alert = { key: '', since: 0 }] = parts.monitor.active;
    const later = { key: alert.key, since: alert.since + HOUR };
    expect(parts.isToldElsewhere(later)).toBe(false);
  });

  it('keep what is wished in one window when another has something to keep', async () => {
    history.spent = { costUSD: 6, unpriced: 0, requests: 9 };
    parts = make(budget);
    const other = make(budget);
    await Promise.all([parts.start(), other.start()]);
    await look();
    other.allowSpending();
    other.snooze(other.monitor.active.map(({ key }) => key));
    other.dispose();
    source.fail(9);
    parts.changed();
    await look();
    parts.dispose();
    parts = make(budget);
    await parts.start();
    await look();
    expect(parts.guard.mayAsk()).toBeUndefined();
    const snoozed = parts.monitor.active.filter(({ snoozedUntil }) => snoozedUntil !== undefined);
    expect(snoozed.map(({ detail }) => detail.kind)).toEqual(['budget']);
  });

  it('tell nothing again after a reload, and still let through what was allowed', async () => {
    history.spent = { costUSD: 6, unpriced: 0, requests: 9 };
    parts = make(budget);
    await parts.start();
    await look();
    parts.allowSpending();
    expect(parts.guard.mayAsk()).toBeUndefined();
    const until = clock.wallNow() + HOUR;
    parts.snooze(parts.monitor.active.map(({ key }) => key));
    parts.dispose();
    parts = make(budget);
    await parts.start();
    await look();
    expect(told).toEqual(['raised budget.day.spent']);
    expect(parts.monitor.active).toMatchObject([{ snoozedUntil: until }]);
    expect(parts.guard.mayAsk()).toBeUndefined();
    await clock.advance(12 * HOUR);
    expect(parts.guard.isOverridden).toBe(false);
  });

  it('say when the history can’t be read, and try again with the next request', async () => {
    history.failure = new Error('locked');
    parts = make(budget);
    await parts.start();
    expect(faults).toEqual([history.failure]);
    await look();
    expect(parts.view.budgets).toMatchObject([{ isComplete: false }]);
    parts.ended([]);
    await look();
    expect(faults).toHaveLength(1);
    history.failure = undefined;
    history.spent = { costUSD: 1, unpriced: 0, requests: 1 };
    parts.ended([]);
    await look();
    expect(parts.view.budgets).toMatchObject([{ isComplete: true, spentUSD: 1 }]);
  });

  it('are written down only when there is something else to write', async () => {
    parts = make();
    await parts.start();
    source.answer();
    parts.changed();
    await look();
    expect(memento.values.size).toBe(0);
    source.fail(9);
    parts.changed();
    await look();
    const kept = memento.values.get('pulse.alerts');
    expect(kept).toMatchObject({ allowedUntil: 0 });
    source.fail(2);
    parts.changed();
    await look();
    expect(memento.values.get('pulse.alerts')).toBe(kept);
  });

  it('follow the settings at once', async () => {
    parts = make();
    await parts.start();
    source.fail(9);
    parts.changed();
    await look();
    expect(parts.view.active.length).toBeGreaterThan(0);
    const off = { 'alerts.enabled': false, 'alerts.notify': false };
    parts.applySettings(readAlertSettings((key) => Reflect.get(off, key), english).settings);
    await look();
    expect(parts.view).toEqual({ active: [], budgets: [], isWatching: false });
    expect(parts.notifies).toBe(false);
  });
});
