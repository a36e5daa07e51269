import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import { WINDOW_NAMES } from '../figureWindows';
import type { WindowName } from '../figureWindows';
import { AlertBook } from './alertBook';
import type { Alert, AlertTransition, SavedAlerts } from './alertBook';
import { BURN_RATE_RULES, changesByItself, isGauge } from './alertRules';
import type { AlertRule } from './alertRules';
import { budgetConditions } from './budgetConditions';
import type { BudgetTracker } from './budgetTracker';
import { burnRateCondition } from './burnRates';
import type { AlertDetail, Condition } from './condition';
import type { MetricSource } from './metricSource';
import { Readings } from './readings';
import { thresholdConditions } from './thresholds';

/** Changes within this time are looked at together, ms. */
const COALESCE_MS = 1_000;
/** While there is an alert whose figures change by themselves, they are looked at this often, ms; the others less often. */
const ACTIVE_MS = 10_000;
const TOLD_MS = 600_000;
/** How often figures of a window are looked at that get old, ms: about as often as something leaves it. */
const AGEING_MS: Readonly<Record<WindowName, number>> = {
  minute: 10_000,
  fiveMinutes: 30_000,
  hour: 60_000,
  day: 600_000,
};

/** What is watched. */
export interface AlertSettings {
  readonly rules: readonly AlertRule[];
  /** Of availability, 0-1 and below 1; `undefined`: it is not watched. */
  readonly objective: number | undefined;
}

export interface AlertMonitorOptions {
  readonly clock: Clock;
  readonly source: MetricSource;
  readonly budgets: BudgetTracker;
  /** As they are now. `undefined`: nothing is watched, budgets neither. */
  readonly settings: () => AlertSettings | undefined;
  /** What `saved` said before a reload. */
  readonly saved?: SavedAlerts | undefined;
}

/**
 * Looks at figures, budgets and gauges when they change and as they get old, and says what is wrong with them. No timer runs while
 * there is nothing that could change by itself.
 */
export class AlertMonitor extends Disposable {
  readonly #options: AlertMonitorOptions;
  readonly #book: AlertBook;
  readonly #told = this._register(new Emitter<readonly AlertTransition[]>());
  readonly #changed = this._register(new Emitter<void>());
  #isStarted = false;
  /** After a change, and as time goes by. */
  #soon: DisposableLike | undefined;
  #later: DisposableLike | undefined;

  /** What was raised, cleared or is to be told again, of one look together. */
  readonly onTransitions = this.#told.event;
  /** `active` or `saved` are others. */
  readonly onChange = this.#changed.event;

  constructor(options: AlertMonitorOptions) {
    super();
    this.#options = options;
    this.#book = new AlertBook(options.clock, options.saved);
    this._register({
      dispose: () => {
        this.#soon?.dispose();
        this.#later?.dispose();
      },
    });
  }

  /** What is wrong now, oldest first. */
  get active(): readonly Alert[] {
    return this.#book.active;
  }

  /** To be kept over a reload. */
  get saved(): SavedAlerts {
    return this.#book.saved;
  }

  /** From now on it is looked. To be called when what was measured before a reload is there again: else it would all seem well. */
  start(): void {
    this.#isStarted = true;
    this.changed();
  }

  /** Figures, gauges, budgets or settings are others. Cheap: what comes within a second is looked at together. */
  changed(): void {
    if (!this.#isStarted || this.isDisposed) return;
    this.#soon ??= this.#options.clock.setTimeout(() => this.#look(), COALESCE_MS);
  }

  /** The alert is not told or coloured for so long, ms. */
  snooze(key: string, forMs: number): void {
    this.#book.snooze(key, forMs);
    this.#changed.fire();
    this.changed();
  }

  #look(): void {
    this.#soon?.dispose();
    this.#later?.dispose();
    this.#soon = undefined;
    this.#later = undefined;
    const readings = new Readings(this.#options.source);
    const settings = this.#options.settings();
    const before = JSON.stringify(this.active);
    const transitions = this.#book.evaluate(settings ? this.#conditions(settings, readings) : []);
    const nextMs = settings && this.#nextMs(settings, readings);
    if (nextMs !== undefined && !this.isDisposed) {
      this.#later = this.#options.clock.setTimeout(() => this.#look(), nextMs);
    }
    if (transitions.length > 0) this.#told.fire(transitions);
    if (JSON.stringify(this.active) !== before) this.#changed.fire();
  }

  #conditions({ rules, objective }: AlertSettings, readings: Readings): Condition[] {
    return [
      ...rules.flatMap((rule) => thresholdConditions(rule, readings)),
      ...(objective === undefined
        ? []
        : BURN_RATE_RULES.map((rule) => burnRateCondition(rule, objective, readings))),
      ...this.#options.budgets.states().flatMap(budgetConditions),
    ];
  }

  /** When something may be another without any change, ms; `undefined` for never. */
  #nextMs({ rules, objective }: AlertSettings, readings: Readings): number | undefined {
    const waits = [this.#book.nextInMs];
    if (this.active.length > 0) {
      waits.push(this.active.some(({ detail }) => isAgeing(detail)) ? ACTIVE_MS : TOLD_MS);
    }
    const watched = new Set(rules.filter(({ metric }) => !isGauge(metric)).map((r) => r.window));
    if (objective !== undefined) watched.add('fiveMinutes').add('hour');
    const ageing = WINDOW_NAMES.find(
      (name) => watched.has(name) && readings.figures(name).ended > 0,
    );
    if (ageing !== undefined) waits.push(AGEING_MS[ageing]);
    const known = waits.filter((wait) => wait !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }
}

/** Whether what an alert is about changes by itself. A budget does with the next request, or the next day. */
function isAgeing(detail: AlertDetail): boolean {
  if (detail.kind === 'threshold') return changesByItself(detail.rule.metric);
  return detail.kind !== 'budget';
}
