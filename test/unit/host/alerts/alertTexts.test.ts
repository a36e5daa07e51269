import { describe, expect, it } from 'vitest';
import { ALERT_METRICS } from '../../../../src/engine/metrics/alerts/alertRules';
import type { AlertDetail } from '../../../../src/engine/metrics/alerts/condition';
import { alertText } from '../../../../src/host/alerts/alertTexts';
import {
  formatAvailability,
  metricName,
  metricValue,
} from '../../../../src/host/alerts/metricNames';
import { statusAlert } from '../../../../src/host/alerts/statusAlert';
import { english } from '../../../../src/host/translate';
import { alert, budget, budgetAlert, threshold } from '../../../helpers/alerts';

function text(detail: AlertDetail) {
  return alertText({ detail }, english);
}

describe('alertText', () => {
  it('says how much slower than its usual a model is', () => {
    const ratioOf = { medianMs: 6_100, usualMs: 1_800 };
    const rule = { metric: 'firstTokenRatio', limit: 3 } as const;
    expect(text(threshold(rule, { model: 'claude-x', value: 3.4, ratioOf }))).toEqual({
      title: 'claude-x is slow to begin',
      value: '6.1 s',
      sentence: 'First token of claude-x: 6.1 s, 3.4 times its usual 1.8 s.',
    });
  });

  it('says which endpoints are held back from', () => {
    const breakers = [
      { family: 'claude-opus', endpointId: 'api.example' },
      { family: 'claude-haiku', endpointId: 'other' },
    ];
    expect(text(threshold({ metric: 'breakerOpen', limit: 0 }, { value: 2, breakers }))).toEqual({
      title: 'Requests are held back',
      value: '2',
      sentence:
        'Held back because of failures: claude-opus at api.example, claude-haiku at other. It is tried again by itself.',
    });
  });

  it('says a figure, its window and its limit', () => {
    expect(text(threshold({ model: 'm' }, { model: 'm' }))).toEqual({
      title: 'First token, P95 (m) is high',
      value: '3.0 s',
      sentence: 'First token, P95 (m): 3.0 s in the last 5 minutes, above 2.0 s.',
    });
    const headroom = { metric: 'headroom', side: 'below', limit: 0.1 } as const;
    expect(text(threshold(headroom, { value: 0.05 })).sentence).toBe(
      'Rate limit left: 5 % now, below 10 %.',
    );
  });

  it('calls a rule of the user’s own by its name', () => {
    expect(text(threshold({ name: 'Too slow' }))).toMatchObject({
      title: 'Too slow',
      sentence: 'Too slow: First token, P95: 3.0 s in the last 5 minutes, above 2.0 s.',
    });
  });

  it('says how fast the error budget is used up', () => {
    const rule = {
      id: 'burnRate.fast',
      factor: 14.4,
      long: 'hour',
      short: 'fiveMinutes',
      minFailures: 3,
      level: 'error',
    } as const;
    const figures = { burn: 30, availability: 0.97, failures: 3, objective: 0.999 };
    expect(text({ kind: 'burnRate', rule, ...figures })).toEqual({
      title: 'Availability is below its objective',
      value: '97 %',
      sentence:
        'Availability in the last hour: 97 % instead of 99.9 %, 3 failed. That uses the error budget up 30.0 times too fast.',
    });
  });

  it('says what of a budget is spent, and where that leads', () => {
    expect(text({ kind: 'budget', budget: budget() })).toEqual({
      title: 'The budget of today is nearly spent',
      value: '90 %',
      sentence:
        'The budget of today is nearly spent: $4.50 of $5.00. At this rate it will be $7.25.',
    });
    const spent = budget({ period: 'month', spentUSD: 5.5, share: 1.1 });
    expect(text({ kind: 'budget', budget: spent }).sentence).toBe(
      'The budget of this month is spent: $5.50 of $5.00.',
    );
  });

  it('has a name and a unit for each metric', () => {
    const names = ALERT_METRICS.map((metric) => metricName(metric, english));
    expect(new Set(names).size).toBe(names.length);
    expect(ALERT_METRICS.map((metric) => metricValue(metric, 0.5))).toEqual([
      ...['0 ms', '0 ms', '0 ms'].map(() => '1 ms'),
      '0.5 ×',
      '1 ms',
      '1 ms',
      '0.5',
      '50 %',
      '50 %',
      ...['1', '1', '1'],
      '$0.50',
      '1',
      '50 %',
      '1',
      '1 ms',
      '500 KB',
    ]);
  });

  it('never shows an availability that is not whole as 100 %', () => {
    expect([1, 0.999_999_9, 0.999_5, 0.97].map(formatAvailability)).toEqual([
      '100 %',
      '99.999 %',
      '99.95 %',
      '97 %',
    ]);
  });
});

describe('statusAlert', () => {
  it('shows the newest of the worst, and how many there are beside it', () => {
    const newer = alert({ key: 'b', detail: threshold({ name: 'Newer' }) });
    expect(statusAlert([alert(), newer, budgetAlert()], english)).toEqual({
      tone: 'error',
      text: 'Newer +2',
      sentences: [
        'The budget of today is nearly spent: $4.50 of $5.00. At this rate it will be $7.25.',
        'Newer: First token, P95: 3.0 s in the last 5 minutes, above 2.0 s.',
        'Share of errors: 33 % in the last 5 minutes, above 25 %.',
      ],
    });
    expect(statusAlert([budgetAlert()], english)).toMatchObject({
      tone: 'warning',
      text: 'The budget of today is nearly spent',
    });
  });

  it('leaves out what is snoozed', () => {
    expect(statusAlert([alert({ snoozedUntil: 1 })], english)).toBeUndefined();
    expect(statusAlert([], english)).toBeUndefined();
  });
});
