/** When a request was under way, ms since 1970, and its time to first token, ms; NaN where it has none. */
export interface LoadedRequest {
  readonly begunAt: number;
  readonly endedAt: number;
  readonly firstTokenMs: number;
}

/** Times to first token, ms, ascending, by how much was asked at once when a request began, itself counted. */
export interface RequestLoad {
  /** The most requests under way at once, those that wait among them; 0 without any. */
  readonly most: number;
  /** Of requests that were alone. */
  readonly alone: readonly number[];
  /** From so many at once on load counts as high: half of the most, 2 at least. */
  readonly highFrom: number;
  readonly high: readonly number[];
}

/** How much was asked at once, over all windows. */
export function requestLoad(requests: readonly LoadedRequest[]): RequestLoad {
  const begun = Float64Array.from(requests, ({ begunAt }) => begunAt).sort();
  const ended = Float64Array.from(requests, ({ endedAt }) => endedAt).sort();
  const atOnce = requests.map(({ begunAt }) =>
    Math.max(1, countUpTo(begun, begunAt) - countUpTo(ended, begunAt)),
  );
  const most = atOnce.reduce((sum, count) => Math.max(sum, count), 0);
  const highFrom = Math.max(2, Math.ceil(most / 2));
  const firstTokens = (isMeant: (count: number) => boolean): readonly number[] =>
    ascending(
      requests
        .filter(
          ({ firstTokenMs }, index) => !Number.isNaN(firstTokenMs) && isMeant(atOnce[index] ?? 1),
        )
        .map(({ firstTokenMs }) => firstTokenMs),
    );
  return {
    most,
    alone: firstTokens((count) => count === 1),
    highFrom,
    high: firstTokens((count) => count >= highFrom),
  };
}

/** Many times faster than with a comparison; whoever sorts the result again has nothing to do. */
export function ascending(values: readonly number[]): readonly number[] {
  return Array.from(Float64Array.from(values).sort());
}

/** How many of the rising moments are not after `moment`. */
function countUpTo(moments: Float64Array, moment: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle] ?? Infinity) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
