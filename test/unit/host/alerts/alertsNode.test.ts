import { describe, expect, it } from 'vitest';
import { AlertMemory } from '../../../../src/host/alerts/alertMemory';
import { alertsNode, budgetNodes } from '../../../../src/host/alerts/alertsNode';
import type { AlertsView } from '../../../../src/host/alerts/alertsNode';
import { treeText } from '../../../../src/host/metricsView/metricNode';
import { english } from '../../../../src/host/translate';
import { alert, ALERT_NOW, budget, budgetAlert } from '../../../helpers/alerts';
import { FakeMemento } from '../../../helpers/fakeMemento';

function node(changes: Partial<AlertsView>) {
  const view = { active: [], budgets: [], isWatching: true, ...changes };
  return alertsNode(view, ALERT_NOW, english);
}

describe('the alerts in the tree', () => {
  it('are none while all is well', () => {
    expect(node({})).toEqual({ id: 'alerts', label: 'Alerts', icon: 'bell', description: 'none' });
    expect(node({ isWatching: false }).description).toBe('switched off');
  });

  it('are listed, the newest first, with value and since when, and the budgets below', () => {
    const slow = alert({ key: 'firstTokenRatio:a/b', since: ALERT_NOW - 60_000 });
    const shown = node({
      active: [alert(), slow, budgetAlert()],
      budgets: [budget(), budget({ period: 'month', forecastUSD: undefined, isComplete: false })],
    });
    expect(treeText([shown])).toBe(
      [
        'Alerts  3',
        '  The budget of today is nearly spent  90 % · since 13:55:00',
        '  Share of errors is high  33 % · since 14:04:00',
        '  Share of errors is high  33 % · since 13:55:00',
        '  Budget of today  $4.50 of $5.00 · 90 % · $7.25 at the end',
        '  Budget of this month  $4.50 of $5.00 · 90 % · still counting',
        '',
      ].join('\n'),
    );
    expect(shown).toMatchObject({ icon: 'bell-dot', iconColor: 'list.errorForeground' });
    expect(shown.children?.[1]).toMatchObject({
      id: 'alerts/firstTokenRatio:a%2Fb',
      alertKey: 'firstTokenRatio:a/b',
      icon: 'error',
    });
  });

  it('show a snoozed one as such, without a colour', () => {
    const snoozed = alert({ snoozedUntil: ALERT_NOW + 3_600_000 });
    const shown = node({ active: [snoozed] });
    expect(shown.icon).toBe('bell');
    expect(shown.children).toMatchObject([
      { icon: 'bell-slash', description: '33 % · since 13:55:00 · snoozed until 15:05' },
    ]);
  });

  it('have an id of their own for a budget in each group', () => {
    const ids = ['alerts', 'cost'].flatMap((parent) =>
      budgetNodes(parent, [budget()], english).map(({ id }) => id),
    );
    expect(ids).toEqual(['alerts.budget.day', 'cost.budget.day']);
  });
});

describe('AlertMemory', () => {
  const kept = {
    alerts: { active: [{ key: 'a', since: 1 }], snoozed: [{ key: 'a', until: 2 }] },
    allowedUntil: 3,
  };

  it('gives back what was kept, and nothing of what can’t be read', async () => {
    const memento = new FakeMemento();
    const memory = new AlertMemory(memento, () => undefined);
    expect(memory.read()).toBeUndefined();
    memory.write(kept);
    expect(memory.read()).toEqual(kept);
    await memento.update('pulse.alerts', { ...kept, allowedUntil: 'soon' });
    expect(memory.read()).toBeUndefined();
  });
});
