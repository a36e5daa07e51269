import { limited } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { Alert } from '../../engine/metrics/alerts/alertBook';
import { AlertMonitor } from '../../engine/metrics/alerts/alertMonitor';
import { BudgetGuard } from '../../engine/metrics/alerts/budgetGuard';
import { localPeriod } from '../../engine/metrics/alerts/budgetPeriod';
import { BudgetTracker } from '../../engine/metrics/alerts/budgetTracker';
import type { Unseeded } from '../../engine/metrics/alerts/budgetTracker';
import type { MetricSource } from '../../engine/metrics/alerts/metricSource';
import type { MeasuredRequest, MetricsHistory } from '../../engine/metrics/metricsHistory';
import type { Translate } from '../translate';
import type { AlertMemory, KeptAlerts } from './alertMemory';
import type { HostAlertSettings } from './alertSettings';
import type { AlertsView } from './alertsNode';
import { statusAlert } from './statusAlert';
import type { StatusAlert } from './statusAlert';

/** A read of the history takes so long at most, ms. */
const READ_MS = 15_000;
const HOUR_MS = 3_600_000;
/** Windows notice the same thing so long after each other at most, ms: each looks when it is worked in. */
const TOLD_MS = 600_000;

export interface AlertPartsDeps {
  readonly clock: Clock;
  readonly source: MetricSource;
  readonly history: Pick<MetricsHistory, 'spending'>;
  readonly memory: AlertMemory;
  /** As they are now. */
  readonly settings: HostAlertSettings;
  /** The history could not be read; it is tried again with the next requests, and told once for each time that it begins to fail. */
  readonly onFault: (error: unknown) => void;
}

/** Alerts and budgets of this window, over what all windows measure. Loaded with the engine. */
export class AlertParts extends Disposable {
  readonly monitor: AlertMonitor;
  readonly guard: BudgetGuard;
  readonly #deps: AlertPartsDeps;
  readonly #tracker: BudgetTracker;
  readonly #gone = new AbortController();
  #settings: HostAlertSettings;
  #reading = false;
  #failed = false;
  #kept = '';

  constructor(deps: AlertPartsDeps) {
    super();
    const { clock, source, memory } = deps;
    const kept = memory.read();
    this.#deps = deps;
    this.#settings = deps.settings;
    this.#tracker = new BudgetTracker(clock, () => this.#settings.budgets, localPeriod);
    this.guard = new BudgetGuard({
      clock,
      tracker: this.#tracker,
      hardStop: () => this.#settings.hardStop,
      allowedUntil: kept?.allowedUntil,
    });
    this.monitor = this._register(
      new AlertMonitor({
        clock,
        source,
        budgets: this.#tracker,
        settings: () => this.#settings.watched,
        saved: kept?.alerts,
      }),
    );
    this._register(this.monitor.onChange(() => this.#keep()));
    this._register({ dispose: () => this.#gone.abort() });
  }

  /** Whether notifications are wanted. */
  get notifies(): boolean {
    return this.#settings.notify;
  }

  statusAlert(t: Translate): StatusAlert | undefined {
    return statusAlert(this.monitor.active, t);
  }

  /** What the tree shows. */
  get view(): AlertsView {
    return {
      active: this.monitor.active,
      budgets: this.#tracker.states(),
      isWatching: this.#settings.watched !== undefined,
    };
  }

  /** From now on it is looked. To be called when the first exchange with the history is over, be it well or not. */
  async start(): Promise<void> {
    await this.#seed();
    this.monitor.start();
  }

  /** Whether another window has told it, now or a little before: windows share what is kept. */
  isToldElsewhere({ key, since }: Pick<Alert, 'key' | 'since'>): boolean {
    const told = this.#deps.memory.read()?.alerts.active.find((alert) => alert.key === key);
    return told !== undefined && since - told.since < TOLD_MS;
  }

  /** Requests that have ended, each once: of this window, of others, and what the first exchange brings of before. */
  ended(requests: readonly Pick<MeasuredRequest, 'at' | 'costUSD'>[]): void {
    for (const request of requests) this.#tracker.add(request);
    void this.#seed();
    this.monitor.changed();
  }

  /** Figures, gauges or health are others. */
  changed(): void {
    this.monitor.changed();
  }

  applySettings(settings: HostAlertSettings): void {
    this.#settings = settings;
    this.monitor.changed();
  }

  snooze(keys: readonly string[]): void {
    for (const key of keys) this.monitor.snooze(key, HOUR_MS);
  }

  /** Lets requests through for the rest of the day although a budget is spent. */
  allowSpending(): void {
    this.guard.allowUntilMidnight();
    this.#keep();
  }

  /** What was spent before this window was there. Never rejects. */
  async #seed(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (const wanted of this.#tracker.unseeded) await this.#read(wanted);
      this.#failed = false;
    } catch (error) {
      if (!this.#failed && !this.isDisposed) this.#deps.onFault(error);
      this.#failed = true;
    } finally {
      this.#reading = false;
    }
  }

  async #read(wanted: Unseeded): Promise<void> {
    const { clock, history } = this.#deps;
    const spending = await limited(() => history.spending(wanted.range), {
      signal: this.#gone.signal,
      limitMs: READ_MS,
      clock,
    });
    this.#tracker.seed(wanted, spending);
    this.monitor.changed();
  }

  /** Written only where it is another: figures change far more often than what there is. */
  #keep(): void {
    const kept = { alerts: this.monitor.saved, allowedUntil: this.guard.allowedUntil };
    const text = JSON.stringify(kept);
    if (text === this.#kept) return;
    this.#kept = text;
    const { clock, memory } = this.#deps;
    memory.write(withOthers(kept, memory.read(), clock.wallNow()));
  }
}

/** What the user has wished in other windows is not forgotten: they share what is kept. */
function withOthers(own: KeptAlerts, shared: KeptAlerts | undefined, now: number): KeptAlerts {
  if (!shared) return own;
  const { active, snoozed } = own.alerts;
  const keys = new Set(snoozed.map(({ key }) => key));
  const others = shared.alerts.snoozed.filter(({ key, until }) => until > now && !keys.has(key));
  return {
    alerts: { active, snoozed: [...snoozed, ...others] },
    allowedUntil: Math.max(own.allowedUntil, shared.allowedUntil),
  };
}
