import * as v from 'valibot';
import type { SavedAlerts } from '../../engine/metrics/alerts/alertBook';
import type { MementoLike } from '../memory';

const KEY = 'pulse.alerts';
const MAX_ENTRIES = 200;

const keySchema = v.pipe(v.string(), v.maxLength(400));
const savedSchema = v.object({
  alerts: v.object({
    active: v.pipe(
      v.array(v.object({ key: keySchema, since: v.number() })),
      v.maxLength(MAX_ENTRIES),
    ),
    snoozed: v.pipe(
      v.array(v.object({ key: keySchema, until: v.number() })),
      v.maxLength(MAX_ENTRIES),
    ),
  }),
  allowedUntil: v.number(),
});

/** What is kept of alerts over a reload. */
export interface KeptAlerts {
  readonly alerts: SavedAlerts;
  /** Until when the user lets requests through although a budget is spent, ms since 1970; 0 for not at all. */
  readonly allowedUntil: number;
}

/** Alerts in VS Code's memory, so that a reload does not tell them again. */
export class AlertMemory {
  readonly #memento: MementoLike;
  readonly #onFault: (error: unknown) => void;

  constructor(memento: MementoLike, onFault: (error: unknown) => void) {
    this.#memento = memento;
    this.#onFault = onFault;
  }

  /** `undefined` where nothing was kept, or what was kept can't be read any more. */
  read(): KeptAlerts | undefined {
    const parsed = v.safeParse(savedSchema, this.#memento.get(KEY));
    return parsed.success ? parsed.output : undefined;
  }

  /** Never throws; what goes wrong is reported. */
  write(kept: KeptAlerts): void {
    Promise.resolve(this.#memento.update(KEY, kept)).catch(this.#onFault);
  }
}
