import { afterEach, describe, expect, it } from 'vitest';
import { AlertMonitor } from '../../../../../src/engine/metrics/alerts/alertMonitor';
import { DEFAULT_RULES } from '../../../../../src/engine/metrics/alerts/alertRules';
import { localPeriod } from '../../../../../src/engine/metrics/alerts/budgetPeriod';
import { BudgetTracker } from '../../../../../src/engine/metrics/alerts/budgetTracker';
import { AlertSource } from '../../../../helpers/alertSource';
import { FakeClock } from '../../../../helpers/fakeClock';
import { seededRandom } from '../../../../helpers/seededRandom';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the service is like at a moment of the day. */
interface Weather {
  /** How many times slower than usual. */
  readonly slowness: number;
  /** 0-1. */
  readonly failures: number;
}
const FINE: Weather = { slowness: 1, failures: 0.005 };

const monitors: AlertMonitor[] = [];

afterEach(() => {
  for (const monitor of monitors.splice(0)) monitor.dispose();
});

/**
 * A working day of ten hours with about 50 requests an hour in bursts, to a quick and a slow model, whose first tokens are log-normal
 * around 0.8 s and 2.5 s. Returns what was told, with the minute.
 */
async function day(seed: number, weatherAt: (minute: number) => Weather): Promise<string[]> {
  const clock = new FakeClock(new Date(2026, 2, 10, 8).getTime());
  const random = seededRandom(seed);
  const source = new AlertSource(clock);
  const budgets = new BudgetTracker(clock, () => ({ day: 0, month: 0 }), localPeriod);
  const settings = { rules: DEFAULT_RULES, objective: 0.999 };
  const monitor = new AlertMonitor({ clock, source, budgets, settings: () => settings });
  monitors.push(monitor);
  const told: string[] = [];
  const minute = (): number => Math.floor(clock.now() / MINUTE);
  monitor.onTransitions((transitions) => {
    told.push(...transitions.map(({ kind, alert }) => `${minute()} ${kind} ${alert.key}`));
  });
  monitor.start();
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  while (clock.now() < 10 * HOUR) {
    const { slowness, failures } = weatherAt(minute());
    const isSlowModel = random() < 0.4;
    const usualMs = isSlowModel ? 2_500 : 800;
    if (random() < failures) source.fail();
    else
      source.answer(
        usualMs * slowness * Math.exp(0.4 * normal()),
        1,
        isSlowModel ? 'slow' : 'quick',
      );
    monitor.changed();
    // Some follow at once, some after a pause.
    await clock.advance(-Math.log(1 - random()) * (random() < 0.7 ? 20_000 : 3 * MINUTE));
  }
  return told;
}

function between(from: number, to: number, then: Weather): (minute: number) => Weather {
  return (minute) => (minute >= from && minute < to ? then : FINE);
}

/** "raised errorShare" and so on, each once. */
function kinds(told: readonly string[]): Set<string> {
  return new Set(told.map((line) => line.replace(/^\d+ /, '')));
}

describe('the default rules', () => {
  it.each([1, 2, 3])('tell nothing on a healthy day (%d)', async (seed) => {
    expect(await day(seed, () => FINE)).toEqual([]);
  });

  it('tell each model that has become slow, and when it is well again', async () => {
    const told = await day(6, between(240, 280, { slowness: 6, failures: 0.005 }));
    expect(kinds(told)).toEqual(
      new Set([
        'raised firstTokenRatio:quick',
        'raised firstTokenRatio:slow',
        'cleared firstTokenRatio:quick',
        'cleared firstTokenRatio:slow',
      ]),
    );
    for (const line of told) {
      const minute = Number.parseInt(line, 10);
      expect(minute >= 240 && minute < 300).toBe(true);
    }
  });

  it('tell an outage soon, and when it is over', async () => {
    const told = await day(7, between(240, 270, { slowness: 1, failures: 1 }));
    const raised = told.filter((line) => line.includes('raised'));
    expect(kinds(raised)).toEqual(
      new Set(['raised errorShare', 'raised burnRate.fast', 'raised burnRate.slow']),
    );
    expect(Number.parseInt(raised[0] ?? '', 10)).toBeLessThan(250);
    expect([...kinds(told)].filter((kind) => kind.startsWith('cleared'))).toHaveLength(3);
  });

  it('tell a slow loss of availability by its burn rate alone', async () => {
    const told = await day(8, between(120, 480, { slowness: 1, failures: 0.06 }));
    expect(kinds(told)).toContain('raised burnRate.slow');
    expect(kinds(told)).not.toContain('raised errorShare');
  });
});
