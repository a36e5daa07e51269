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
    const short = Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [name, value.slice(0, MAX_LABEL)]),
    );
    return this.#find(short) ?? this.#other(labels);
  }

  get all(): readonly Series<T>[] {
    return [...this.#series.values()];
  }

  #find(labels: Labels): T | undefined {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#series.get(key);
    if (known) return known.value;
    // One place is left for the others.
    if (this.#series.size >= MAX_SERIES - 1) return undefined;
    return this.#add(key, labels);
  }

  #other(labels: Labels): T {
    return (
      this.#series.get(OTHER)?.value ??
      this.#add(OTHER, Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER])))
    );
  }

  #add(key: string, labels: Labels): T {
    const value = this.#make();
    this.#series.set(key, { labels, value });
    return value;
  }
}
