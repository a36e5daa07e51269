import type { Clock } from '../../../base/clock';
import type { AlertLevel } from './alertRules';
import type { AlertDetail, Condition } from './condition';

/** Something that is wrong now. */
export interface Alert {
  readonly key: string;
  readonly level: AlertLevel;
  /** Ms since 1970. */
  readonly since: number;
  /** As of the last evaluation. */
  readonly detail: AlertDetail;
  /** Not to be told or coloured before, ms since 1970; `undefined` where it is not snoozed. */
  readonly snoozedUntil: number | undefined;
}

/** `reminded`: it is still there after it was snoozed. */
export interface AlertTransition {
  readonly kind: 'raised' | 'reminded' | 'cleared';
  readonly alert: Alert;
}

/** What is kept over a reload, so that nothing is told again. Times are ms since 1970. */
export interface SavedAlerts {
  readonly active: readonly { readonly key: string; readonly since: number }[];
  readonly snoozed: readonly { readonly key: string; readonly until: number }[];
}

/**
 * Which alerts there are. One is raised when its condition has been crossed for as long as it says, and stays until it is clear, so
 * that a figure near its limit does not come and go. Each is told once; a snoozed one when that is over, if it is still there.
 */
export class AlertBook {
  readonly #clock: Clock;
  readonly #active = new Map<string, Alert>();
  /** Active before a reload, and not looked at since. */
  readonly #restored: Map<string, number>;
  readonly #snoozed: Map<string, number>;
  /** Crossed, but not for long enough yet: since when, on the monotonic clock. */
  readonly #pending = new Map<string, { readonly since: number; readonly forMs: number }>();

  constructor(clock: Clock, saved: SavedAlerts | undefined) {
    this.#clock = clock;
    this.#restored = new Map(saved?.active.map(({ key, since }) => [key, since]));
    this.#snoozed = new Map(saved?.snoozed.map(({ key, until }) => [key, until]));
  }

  /** Oldest first. */
  get active(): readonly Alert[] {
    return [...this.#active.values()];
  }

  get saved(): SavedAlerts {
    const active = this.active.map(({ key, since }) => ({ key, since }));
    const restored = [...this.#restored].map(([key, since]) => ({ key, since }));
    return {
      active: [...active, ...restored],
      snoozed: [...this.#snoozed].map(([key, until]) => ({ key, until })),
    };
  }

  /** When an alert is raised or told without any figure being another, in ms; `undefined` for never. */
  get nextInMs(): number | undefined {
    const now = this.#clock.now();
    const waits = [...this.#pending.values()].map(({ since, forMs }) => since + forMs - now);
    const wallNow = this.#clock.wallNow();
    for (const key of this.#active.keys()) {
      const until = this.#snoozed.get(key);
      if (until !== undefined) waits.push(until - wallNow);
    }
    return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
  }

  /** Not told and not coloured for so long, ms, be it there all the time or come again. */
  snooze(key: string, forMs: number): void {
    const until = this.#clock.wallNow() + forMs;
    this.#snoozed.set(key, until);
    const alert = this.#active.get(key);
    if (alert) this.#active.set(key, { ...alert, snoozedUntil: until });
  }

  /** All that there is to look at now; what is active and not among them is cleared. Returns what is to be told. */
  evaluate(conditions: readonly Condition[]): readonly AlertTransition[] {
    const woken = this.#wake();
    const transitions = conditions.flatMap((condition) => this.#look(condition, woken) ?? []);
    const keys = new Set(conditions.map(({ key }) => key));
    for (const key of this.#pending.keys()) if (!keys.has(key)) this.#pending.delete(key);
    for (const key of this.#restored.keys()) if (!keys.has(key)) this.#restored.delete(key);
    for (const key of this.#active.keys()) {
      if (!keys.has(key)) transitions.push(...this.#clear(key));
    }
    return transitions;
  }

  #look(condition: Condition, woken: ReadonlySet<string>): AlertTransition[] | undefined {
    const { key, state } = condition;
    if (state.kind !== 'crossed') this.#pending.delete(key);
    switch (state.kind) {
      case 'unknown': {
        const alert = this.#active.get(key);
        return alert && this.#keep(condition, alert.detail, woken);
      }
      case 'clear':
        return this.#clear(key);
      case 'between':
      case 'crossed': {
        if (this.#isThere(key)) return this.#keep(condition, state.detail, woken);
        return state.kind === 'crossed' && this.#isLongEnough(condition)
          ? this.#raise(condition, state.detail)
          : undefined;
      }
    }
  }

  #isThere(key: string): boolean {
    return this.#active.has(key) || this.#restored.has(key);
  }

  #isLongEnough({ key, forMs }: Condition): boolean {
    const now = this.#clock.now();
    const pending = this.#pending.get(key) ?? { since: now, forMs };
    const isLong = now - pending.since >= forMs;
    if (isLong) this.#pending.delete(key);
    else this.#pending.set(key, pending);
    return isLong;
  }

  #raise({ key, level }: Condition, detail: AlertDetail): AlertTransition[] {
    const snoozedUntil = this.#snoozed.get(key);
    const alert: Alert = { key, level, since: this.#clock.wallNow(), detail, snoozedUntil };
    this.#active.set(key, alert);
    return snoozedUntil === undefined ? [{ kind: 'raised', alert }] : [];
  }

  #keep(
    { key, level }: Condition,
    detail: AlertDetail,
    woken: ReadonlySet<string>,
  ): AlertTransition[] {
    const since = this.#active.get(key)?.since ?? this.#restored.get(key) ?? this.#clock.wallNow();
    this.#restored.delete(key);
    const alert: Alert = { key, level, since, detail, snoozedUntil: this.#snoozed.get(key) };
    this.#active.set(key, alert);
    return woken.has(key) ? [{ kind: 'reminded', alert }] : [];
  }

  #clear(key: string): AlertTransition[] {
    this.#restored.delete(key);
    const alert = this.#active.get(key);
    if (!alert) return [];
    this.#active.delete(key);
    return [{ kind: 'cleared', alert }];
  }

  /** What is not snoozed any longer. */
  #wake(): ReadonlySet<string> {
    const now = this.#clock.wallNow();
    const woken = new Set<string>();
    for (const [key, until] of this.#snoozed) if (until <= now) woken.add(key);
    for (const key of woken) this.#snoozed.delete(key);
    return woken;
  }
}
