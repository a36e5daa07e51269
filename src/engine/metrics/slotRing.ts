/** Values by stretches of time of one length, of which the newest are kept. Times follow a monotonic clock, so a wall clock that jumps changes nothing. */
export class SlotRing<T> {
  readonly #slotMs: number;
  readonly #make: () => T;
  readonly #slots: ({ readonly stretch: number; readonly value: T } | undefined)[];

  constructor(slotMs: number, slots: number, make: () => T) {
    this.#slotMs = slotMs;
    this.#make = make;
    this.#slots = Array.from({ length: slots }, () => undefined);
  }

  /** The value for this moment; `undefined` when it is older than what is kept. Milliseconds, like `now`. */
  at(moment: number, now: number): T | undefined {
    const stretch = this.#stretchOf(moment);
    if (stretch <= this.#stretchOf(now) - this.#slots.length) return undefined;
    const index = this.#indexOf(stretch);
    const slot = this.#slots[index];
    if (slot?.stretch === stretch) return slot.value;
    const value = this.#make();
    this.#slots[index] = { stretch, value };
    return value;
  }

  /** Those of the newest `count` stretches that have one. */
  *newest(count: number, now: number): Generator<T, void> {
    const last = this.#stretchOf(now);
    const most = Math.min(count, this.#slots.length);
    for (let stretch = last - most + 1; stretch <= last; stretch++) {
      const slot = this.#slots[this.#indexOf(stretch)];
      if (slot?.stretch === stretch) yield slot.value;
    }
  }

  #stretchOf(moment: number): number {
    return Math.floor(moment / this.#slotMs);
  }

  /** Moments before the clock's origin are asked for, too. */
  #indexOf(stretch: number): number {
    const { length } = this.#slots;
    return ((stretch % length) + length) % length;
  }
}
