import type { Clock } from '../../base/clock';
import { RequestFigures } from './requestFigures';
import type { Measurement } from './requestFigures';
import { SlotRing } from './slotRing';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The shortest first. */
export const WINDOW_NAMES = ['minute', 'fiveMinutes', 'hour', 'day'] as const;
export type WindowName = (typeof WINDOW_NAMES)[number];

/** Windows that end now. What is older leaves them slot by slot: each is as long as it says, less up to one slot. */
const WINDOWS = {
  minute: { ring: 'seconds', slots: 12 },
  fiveMinutes: { ring: 'minutes', slots: 5 },
  hour: { ring: 'minutes', slots: 60 },
  day: { ring: 'hours', slots: 24 },
} as const satisfies Record<WindowName, unknown>;

const RINGS = {
  seconds: { slotMs: 5 * SECOND_MS, slots: 12 },
  minutes: { slotMs: MINUTE_MS, slots: 60 },
  hours: { slotMs: HOUR_MS, slots: 24 },
} as const;
type RingName = keyof typeof RINGS;

/** What turns came to in the last minute, five minutes, hour and day, in bounded memory: 96 slots, and only those with turns in them. */
export class FigureWindows {
  readonly #clock: Clock;
  readonly #rings: Readonly<Record<RingName, SlotRing<RequestFigures>>>;

  constructor(clock: Clock) {
    this.#clock = clock;
    const ring = ({ slotMs, slots }: { readonly slotMs: number; readonly slots: number }) =>
      new SlotRing(slotMs, slots, () => new RequestFigures());
    this.#rings = {
      seconds: ring(RINGS.seconds),
      minutes: ring(RINGS.minutes),
      hours: ring(RINGS.hours),
    };
  }

  /** A turn that ended so long ago, ms: what a window before or beside this one saw. */
  add(measurement: Measurement, agoMs = 0): void {
    const now = this.#clock.now();
    const moment = now - Math.max(0, agoMs);
    for (const ring of Object.values(this.#rings)) ring.at(moment, now)?.add(measurement);
  }

  /** All in the window, added up. */
  read(name: WindowName): RequestFigures {
    const sum = new RequestFigures();
    for (const figures of this.#slots(name)) sum.merge(figures);
    return sum;
  }

  /** One count, added up over the window: cheaper than all of them. */
  count(name: WindowName, of: (figures: RequestFigures) => number): number {
    let sum = 0;
    for (const figures of this.#slots(name)) sum += of(figures);
    return sum;
  }

  #slots(name: WindowName): Generator<RequestFigures, void> {
    const { ring, slots } = WINDOWS[name];
    return this.#rings[ring].newest(slots, this.#clock.now());
  }
}
