import { beforeEach, describe, expect, it } from 'vitest';
import { BURN_RATE_RULES } from '../../../../../src/engine/metrics/alerts/alertRules';
import { burnRateCondition } from '../../../../../src/engine/metrics/alerts/burnRates';
import { Readings } from '../../../../../src/engine/metrics/alerts/readings';
import { AlertSource } from '../../../../helpers/alertSource';
import { FakeClock } from '../../../../helpers/fakeClock';

let clock: FakeClock;
let source: AlertSource;

beforeEach(() => {
  clock = new FakeClock();
  source = new AlertSource(clock);
});

function states(objective = 0.999): string[] {
  return BURN_RATE_RULES.map(
    (rule) => burnRateCondition(rule, objective, new Readings(source)).state.kind,
  );
}

describe('burn rates', () => {
  it('do not mind one failure of ten, nor two', () => {
    source.answer(400, 9);
    source.fail();
    expect(states()).toEqual(['between', 'between']);
    source.fail();
    expect(states()).toEqual(['between', 'between']);
  });

  it('tell an outage with the third failure, and are over with its short window', async () => {
    source.answer(400, 20);
    source.fail(3);
    expect(states()).toEqual(['crossed', 'between']);
    source.fail();
    expect(states()).toEqual(['crossed', 'crossed']);
    await clock.advance(6 * 60_000);
    source.answer(400, 5);
    expect(states()).toEqual(['clear', 'crossed']);
    await clock.advance(3_700_000);
    source.answer();
    expect(states()).toEqual(['clear', 'clear']);
  });

  it('tell a slow loss by the day and the hour only', () => {
    source.answer(400, 600);
    source.fail(4);
    expect(states()).toEqual(['clear', 'crossed']);
    expect(states(0.99)).toEqual(['clear', 'clear']);
  });

  it('do not count what is not the service’s fault', () => {
    source.answer(400, 5);
    source.fail(10, 'invalid_request');
    source.fail(10, 'budget');
    expect(states()).toEqual(['clear', 'clear']);
  });

  it('say how fast it goes', () => {
    source.answer(400, 97);
    source.fail(3);
    const [rule] = BURN_RATE_RULES;
    const { state } = burnRateCondition(rule ?? expect.fail(), 0.999, new Readings(source));
    const detail = state.kind === 'crossed' ? state.detail : undefined;
    expect(detail).toMatchObject({ kind: 'burnRate', failures: 3, availability: 0.97 });
    expect(detail?.kind === 'burnRate' && detail.burn).toBeCloseTo(30, 6);
  });

  it('are clear where nothing was asked', () => {
    expect(states()).toEqual(['clear', 'clear']);
  });
});
