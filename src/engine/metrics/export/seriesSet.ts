/** What tells series of one metric apart; an empty value is one that does not apply. */
export type Labels = Readonly<Record<string, string>>;

/** Series of one metric at most: what comes after them is counted under `other`. */
const MAX_SERIES = 200;
/** UTF-16 units: names come from the settings and from servers. */
const MAX_LABEL = 120;
const OTHER = 'other';

export interface Series<T> {
  readonly labels: Labels;
  readonly value: T;
}

/** One metric's series by their labels, in bounded memory. */
export class SeriesSet<T> {
  readonly #make: () => T;
  readonly #series = new Map<string, Series<T>>();

  /** @param make what a new series begins with */
  constructor(make: () => T) {
    this.#make = make;
  }

  /** The series with these labels; the one for all others where there are too many. All of one set have the same names. */
  of(labels: Labels): T {
    const values = Object.values(labels);
    const known = this.#series.get(keyOf(values));
    if (known) return known.value;
    if (values.some(({ length }) => length > MAX_LABEL)) return this.of(shortened(labels));
    // One place is left for the others.
    return this.#series.size < MAX_SERIES - 1
      ? this.#add(keyOf(values), labels)
      : this.#other(labels);
  }

  get all(): readonly Series<T>[] {
    return [...this.#series.values()];
  }

  #other(labels: Labels): T {
    const others = Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER]));
    const key = keyOf(Object.values(others));
    return this.#series.get(key)?.value ?? this.#add(key, others);
  }

  #add(key: string, labels: Labels): T {
    const value = this.#make();
    this.#series.set(key, { labels, value });
    return value;
  }
}

function keyOf(values: readonly string[]): string {
  return values.join('\n');
}

function shortened(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.slice(0, MAX_LABEL)]),
  );
}
