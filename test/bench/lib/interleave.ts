/** One of several ways to do the same work. */
export interface Contender {
  readonly name: string;
  /** Does the work once and gives its cost; the unit is the caller's. */
  sample(): Promise<number>;
}

/**
 * Samples the contenders in turn, forwards in one round and backwards in the next, so that a machine that gets slower
 * or busier hits all of them alike. Warm-up rounds are run and thrown away. The result has one list for each contender,
 * with one cost a round.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: { readonly warmUp: number; readonly measured: number },
): Promise<number[][]> {
  const costs = contenders.map((): number[] => []);
  for (let round = -rounds.warmUp; round < rounds.measured; round++) {
    const order = contenders.map((_, index) => index);
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const cost = await contenders[index]?.sample();
      if (round >= 0 && cost !== undefined) costs[index]?.push(cost);
    }
  }
  return costs;
}
