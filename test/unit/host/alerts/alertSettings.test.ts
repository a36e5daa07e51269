import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RULES,
  FIXED_FIRST_TOKEN_RULE,
} from '../../../../src/engine/metrics/alerts/alertRules';
import { readAlertSettings } from '../../../../src/host/alerts/alertSettings';
import { english } from '../../../../src/host/translate';

function read(values: Readonly<Record<string, unknown>>) {
  return readAlertSettings((key) => values[key], english);
}

function rules(value: unknown) {
  const { settings, problems } = read({ 'alerts.rules': value });
  return { rules: settings.watched?.rules.slice(DEFAULT_RULES.length), problems };
}

const slow = { name: 'Slow', metric: 'totalP95', above: 30_000 };

describe('the settings of alerts', () => {
  it('have defaults that watch the usual things and spend without a limit', () => {
    const { settings, problems } = read({});
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      watched: { rules: DEFAULT_RULES },
      notify: true,
      budgets: { day: 0, month: 0 },
      hardStop: false,
    });
    expect(settings.watched?.objective).toBeCloseTo(0.999, 9);
  });

  it('switch the fixed limit on, and all off', () => {
    expect(read({ 'alerts.fixedFirstToken': true }).settings.watched?.rules).toContain(
      FIXED_FIRST_TOKEN_RULE,
    );
    const off = read({ 'alerts.enabled': false, 'budget.day': 5, 'budget.hardStop': true });
    expect(off.settings).toMatchObject({ watched: undefined, hardStop: true, budgets: { day: 5 } });
  });

  it('say what is wrong with a value, and go by its default', () => {
    const { settings, problems } = read({
      'slo.availability': 100,
      'budget.day': -1,
      'alerts.notify': 'no',
      'budget.month': 50,
    });
    expect(problems).toEqual([
      'pulse.slo.availability: expected a number from 90 to 99.999, got 100; the default 99.9 is used',
      'pulse.alerts.notify: expected true or false, got "no"; the default true is used',
      'pulse.budget.day: expected a number from 0 to 100000, got -1; the default 0 is used',
    ]);
    expect(settings.budgets).toEqual({ day: 0, month: 50 });
  });
});

describe('rules of the user’s own', () => {
  it('are read with what they leave out', () => {
    const few = { ...slow, name: 'Few left', metric: 'headroom', above: undefined, below: 0.1 };
    expect(
      rules([{ ...slow, forSeconds: 60, model: 'claude-x', minRequests: 3, clear: 20_000 }]),
    ).toEqual({
      rules: [
        {
          id: 'own:Slow',
          name: 'Slow',
          metric: 'totalP95',
          window: 'fiveMinutes',
          side: 'above',
          limit: 30_000,
          clear: 20_000,
          model: 'claude-x',
          minRequests: 3,
          forMs: 60_000,
        },
      ],
      problems: [],
    });
    const { above: _above, ...below } = few;
    expect(rules([below]).rules).toMatchObject([{ side: 'below', limit: 0.1 }]);
  });

  it.each([
    ['not a list', 'x', 'pulse.alerts.rules: expected a list; it is not used'],
    [
      'not an object',
      ['x'],
      'pulse.alerts.rules[0]: expected Object, got "x"; this rule is not used',
    ],
    [
      'no name',
      [{ metric: 'totalP95', above: 1 }],
      'pulse.alerts.rules[0].name: it is missing; this rule is not used',
    ],
    [
      'a member too many',
      [{ ...slow, colour: 'red' }],
      'pulse.alerts.rules[0].colour: there is no such member; this rule is not used',
    ],
    [
      'a limit that is none',
      [{ ...slow, above: 'much' }],
      'pulse.alerts.rules[0].above: expected number, got "much"; this rule is not used',
    ],
    [
      'no limit',
      [{ name: 'a', metric: 'totalP95' }],
      'pulse.alerts.rules[0]: expected either above or below; this rule is not used',
    ],
    [
      'two limits',
      [{ ...slow, below: 1 }],
      'pulse.alerts.rules[0]: expected either above or below; this rule is not used',
    ],
    [
      'percent for a share',
      [{ name: 'a', metric: 'errorShare', above: 25 }],
      'pulse.alerts.rules[0]: errorShare is a share from 0 to 1; this rule is not used',
    ],
    [
      'a day beside a day',
      [{ name: 'a', metric: 'firstTokenRatio', window: 'day', above: 2 }],
      'pulse.alerts.rules[0]: firstTokenRatio compares with the last day, so it needs a shorter window; this rule is not used',
    ],
    [
      'a clear on the wrong side',
      [{ ...slow, clear: 40_000 }],
      'pulse.alerts.rules[0]: clear has to be on the good side of the limit; this rule is not used',
    ],
  ])('are refused with %s, and why', (_what, value, problem) => {
    expect(rules(value)).toEqual({ rules: [], problems: [problem] });
  });

  it('leave the others as they are, of one name the first', () => {
    const read = rules([{ ...slow, above: 'x' }, slow, { ...slow, above: 1 }]);
    expect(read.rules).toMatchObject([{ name: 'Slow', limit: 30_000 }]);
    expect(read.problems).toHaveLength(2);
    expect(read.problems[1]).toContain('two rules have one name');
  });

  it('are so many at most', () => {
    const many = Array.from({ length: 51 }, (_, index) => ({ ...slow, name: `rule ${index}` }));
    const read = rules(many);
    expect(read.rules).toHaveLength(50);
    expect(read.problems).toEqual(['pulse.alerts.rules: only the first 50 are used']);
  });
});
