import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert, AlertTransition } from '../../../../src/engine/metrics/alerts/alertBook';
import { AlertNotifier } from '../../../../src/host/alerts/alertNotifier';
import type { AlertNotifierDeps } from '../../../../src/host/alerts/alertNotifier';
import { english } from '../../../../src/host/translate';
import { alert, budgetAlert, threshold } from '../../../helpers/alerts';
import { settle } from '../../../helpers/fakeClock';

interface Shown {
  readonly level: string;
  readonly message: string;
  readonly buttons: readonly string[];
  readonly close: (pressed?: string) => Promise<void>;
}

let shown: Shown[];
let done: string[];
let faults: unknown[];

beforeEach(() => {
  shown = [];
  done = [];
  faults = [];
});

function notifier(changes: Partial<AlertNotifierDeps> = {}): AlertNotifier {
  return new AlertNotifier({
    isWanted: () => true,
    isToldElsewhere: () => false,
    show: (level, message, buttons) => {
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const close = async (pressed?: string): Promise<void> => {
        resolve(pressed);
        await settle();
      };
      shown.push({ level, message, buttons, close });
      return promise;
    },
    showMetrics: () => void done.push('metrics'),
    diagnose: () => void done.push('diagnose'),
    snooze: (keys) => void done.push(`snooze ${keys.join(' ')}`),
    allowSpending: () => void done.push('allow'),
    isRefusing: () => false,
    onFault: (error) => void faults.push(error),
    t: english,
    ...changes,
  });
}

function raised(...alerts: Alert[]): AlertTransition[] {
  return alerts.map((one) => ({ kind: 'raised', alert: one }));
}

const slow = alert({ key: 'slow', level: 'warning', detail: threshold({}) });

describe('AlertNotifier', () => {
  it('shows an alert with what can be done', async () => {
    notifier().tell(raised(alert()));
    expect(shown).toMatchObject([
      {
        level: 'error',
        message: 'Share of errors: 33 % in the last 5 minutes, above 25 %.',
        buttons: ['Show Metrics', 'Diagnose', 'Snooze 1 Hour'],
      },
    ]);
    await shown[0]?.close('Snooze 1 Hour');
    expect(done).toEqual(['snooze errorShare']);
  });

  it.each([
    ['Show Metrics', ['metrics']],
    ['Diagnose', ['diagnose']],
    [undefined, []],
  ])('does what is pressed: %s', async (pressed, expected) => {
    notifier().tell(raised(alert()));
    await shown[0]?.close(pressed);
    expect(done).toEqual(expected);
  });

  it('leaves what another window has shown alone, but reminds of what was snoozed here', () => {
    const { tell } = notifier({ isToldElsewhere: ({ key }) => key === 'slow' });
    tell(raised(slow));
    expect(shown).toEqual([]);
    tell([{ kind: 'reminded', alert: slow }]);
    expect(shown).toHaveLength(1);
  });

  it('shows an alert once while its notification is up, and again after that', async () => {
    const { tell } = notifier();
    tell(raised(alert()));
    tell([{ kind: 'cleared', alert: alert() }]);
    tell(raised(alert()));
    expect(shown).toHaveLength(1);
    tell(raised(alert(), slow));
    expect(shown.map(({ level }) => level)).toEqual(['error', 'warning']);
    await shown[0]?.close();
    tell(raised(alert(), slow));
    expect(shown[2]?.message).toBe(shown[0]?.message);
  });

  it('tells many that come at once as one', async () => {
    const more = ['a', 'b', 'c'].map((key) => alert({ ...slow, key }));
    notifier().tell(raised(slow, alert(), ...more));
    expect(shown).toHaveLength(1);
    expect(shown[0]?.level).toBe('error');
    expect(shown[0]?.message).toMatch(/^5 alerts\. First token, .* 2 more in the metrics\.$/);
    await shown[0]?.close('Snooze 1 Hour');
    expect(done).toEqual(['snooze slow errorShare a b c']);
  });

  it('reminds of a snoozed one, and says nothing of one that is over', () => {
    const { tell } = notifier();
    tell([{ kind: 'cleared', alert: alert() }]);
    expect(shown).toEqual([]);
    tell([{ kind: 'reminded', alert: alert() }]);
    expect(shown).toHaveLength(1);
  });

  it('offers no diagnosis of money, and to go on where it is refused', () => {
    notifier().tell(raised(budgetAlert()));
    notifier({ isRefusing: () => true }).tell(raised(budgetAlert()));
    expect(shown.map(({ buttons }) => buttons)).toEqual([
      ['Show Metrics', 'Snooze 1 Hour'],
      ['Show Metrics', 'Allow Until Midnight', 'Snooze 1 Hour'],
    ]);
  });

  it('shows nothing where that is not wanted', () => {
    notifier({ isWanted: () => false }).tell(raised(alert()));
    expect(shown).toEqual([]);
  });

  it('reports what fails, and can show it again', async () => {
    const fault = new Error('gone');
    const { tell } = notifier({ show: () => Promise.reject(fault) });
    tell(raised(alert()));
    await settle();
    tell(raised(alert()));
    await settle();
    expect(faults).toEqual([fault, fault]);
  });
});
