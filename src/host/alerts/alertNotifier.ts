import type { Alert, AlertTransition } from '../../engine/metrics/alerts/alertBook';
import type { AlertLevel } from '../../engine/metrics/alerts/alertRules';
import type { Translate } from '../translate';
import { alertText } from './alertTexts';

/** A notification is short; the tree has the rest. */
const MAX_TOLD = 3;

export interface AlertNotifierDeps {
  /** Whether the user wants notifications. */
  readonly isWanted: () => boolean;
  /** Whether another window has shown it. */
  readonly isToldElsewhere: (alert: Alert) => boolean;
  /** Shows a message with buttons; resolves with the one that was pressed, `undefined` when it was closed. */
  readonly show: (
    level: AlertLevel,
    message: string,
    buttons: readonly string[],
  ) => PromiseLike<string | undefined>;
  readonly showMetrics: () => void;
  /** Finds out why. */
  readonly diagnose: () => void;
  /** For an hour. */
  readonly snooze: (keys: readonly string[]) => void;
  /** Lets requests through until midnight although a budget is spent; offered where that is why they are refused. */
  readonly allowSpending: () => void;
  /** Whether requests are refused now because a budget is spent. */
  readonly isRefusing: () => boolean;
  readonly onFault: (error: unknown) => void;
  readonly t: Translate;
}

interface Button {
  readonly label: string;
  readonly press: () => void;
}

/** Shows alerts as notifications: each once while it is up, and what comes at once as one. */
export class AlertNotifier {
  readonly #deps: AlertNotifierDeps;
  /** Of notifications that nobody has closed yet. */
  readonly #shown = new Set<string>();

  constructor(deps: AlertNotifierDeps) {
    this.#deps = deps;
  }

  /** What a look of the monitor has found, together. */
  readonly tell = (transitions: readonly AlertTransition[]): void => {
    if (!this.#deps.isWanted()) return;
    const alerts = transitions.filter((one) => this.#isNews(one)).map(({ alert }) => alert);
    if (alerts.length > 0) void this.#show(alerts);
  };

  #isNews({ kind, alert }: AlertTransition): boolean {
    if (kind === 'cleared' || this.#shown.has(alert.key)) return false;
    return kind === 'reminded' || !this.#deps.isToldElsewhere(alert);
  }

  async #show(alerts: readonly Alert[]): Promise<void> {
    const keys = alerts.map(({ key }) => key);
    const level = alerts.some((alert) => alert.level === 'error') ? 'error' : 'warning';
    const buttons = this.#buttons(alerts);
    for (const key of keys) this.#shown.add(key);
    try {
      const labels = buttons.map(({ label }) => label);
      const pressed = await this.#deps.show(level, this.#message(alerts), labels);
      buttons.find(({ label }) => label === pressed)?.press();
    } catch (error) {
      this.#deps.onFault(error);
    } finally {
      for (const key of keys) this.#shown.delete(key);
    }
  }

  #message(alerts: readonly Alert[]): string {
    const { t } = this.#deps;
    const sentences = alerts.map((alert) => alertText(alert, t).sentence);
    if (sentences.length === 1) return sentences.join('');
    const told = sentences.slice(0, MAX_TOLD).join(' ');
    const rest = sentences.length - MAX_TOLD;
    return rest > 0
      ? t('{0} alerts. {1} {2} more in the metrics.', sentences.length, told, rest)
      : t('{0} alerts. {1}', sentences.length, told);
  }

  #buttons(alerts: readonly Alert[]): readonly Button[] {
    const { t, showMetrics, diagnose, snooze, allowSpending, isRefusing } = this.#deps;
    const keys = alerts.map(({ key }) => key);
    const isOfBudget = alerts.every(({ detail }) => detail.kind === 'budget');
    const buttons: Button[] = [{ label: t('Show Metrics'), press: showMetrics }];
    // Why money is gone is nothing to diagnose.
    if (!isOfBudget) buttons.push({ label: t('Diagnose'), press: diagnose });
    if (isOfBudget && isRefusing()) {
      buttons.push({ label: t('Allow Until Midnight'), press: allowSpending });
    }
    buttons.push({ label: t('Snooze 1 Hour'), press: () => snooze(keys) });
    return buttons;
  }
}
