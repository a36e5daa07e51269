/** How a row's height is guessed before it was ever measured. */
export type Estimate = (index: number) => number;

interface Row {
  readonly height: number;
  /** The guess at the width it was measured at: what it is rescaled by. */
  readonly guess: number;
  readonly isMeasured: boolean;
}

/**
 * Heights of rows below each other, px: measured ones, and guesses for the others. A row keeps what was measured for as long as
 * it exists; another width scales it as it scales the guess.
 */
export class Heights {
  #ids: readonly string[] = [];
  #rows = new Map<string, Row>();
  /** Offset of each row, and the total at the end; `undefined` until asked for. */
  #offsets: Float64Array | undefined;

  get count(): number {
    return this.#ids.length;
  }

  get total(): number {
    return this.offset(this.#ids.length);
  }

  /** Which rows there are, in order; what is known of those that stay is kept. */
  setRows(ids: readonly string[], estimate: Estimate): void {
    const rows = new Map<string, Row>();
    for (const [index, id] of ids.entries()) {
      const known = this.#rows.get(id);
      rows.set(id, known?.isMeasured === true ? known : guessed(estimate(index)));
    }
    this.#ids = ids;
    this.#rows = rows;
    this.#offsets = undefined;
  }

  /** The width changed: `estimate` guesses for the new one. */
  rescale(estimate: Estimate): void {
    for (const [index, id] of this.#ids.entries()) {
      const row = this.#rows.get(id);
      const guess = estimate(index);
      if (row?.isMeasured !== true) this.#rows.set(id, guessed(guess));
      else this.#rows.set(id, { ...row, height: (row.height * guess) / row.guess, guess });
    }
    this.#offsets = undefined;
  }

  measure(index: number, height: number): void {
    const id = this.#ids[index];
    const row = id === undefined ? undefined : this.#rows.get(id);
    if (id === undefined || !row || (row.isMeasured && row.height === height)) return;
    this.#rows.set(id, { height, guess: row.guess, isMeasured: true });
    this.#offsets = undefined;
  }

  /** Where row `index` starts; the total for the index after the last. */
  offset(index: number): number {
    return this.#all()[Math.max(0, Math.min(index, this.#ids.length))] ?? 0;
  }

  /** The row at `y`: the first or last one for what is outside; -1 without rows. */
  indexAt(y: number): number {
    const offsets = this.#all();
    let low = 0;
    let high = this.#ids.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((offsets[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return high < 0 ? -1 : low;
  }

  #all(): Float64Array {
    if (this.#offsets) return this.#offsets;
    const offsets = new Float64Array(this.#ids.length + 1);
    let at = 0;
    for (const [index, id] of this.#ids.entries()) {
      at += this.#rows.get(id)?.height ?? 0;
      offsets[index + 1] = at;
    }
    return (this.#offsets = offsets);
  }
}

function guessed(guess: number): Row {
  return { height: guess, guess: Math.max(1, guess), isMeasured: false };
}
