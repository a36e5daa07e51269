import type { LimitHealth } from './health';

/** A limit that is known, and the share of it that is left, 0-1. */
export interface Headroom {
  readonly limit: LimitHealth;
  readonly share: number;
}

/** The limit that has the least left; `undefined` while none is known. */
export function tightest(limits: readonly LimitHealth[]): Headroom | undefined {
  let least: Headroom | undefined;
  for (const limit of limits) {
    const share = shareLeft(limit);
    if (share !== undefined && share < (least?.share ?? Infinity)) least = { limit, share };
  }
  return least;
}

/** 0-1; `undefined` while it is not known. */
export function shareLeft({ perMinute, remaining }: LimitHealth): number | undefined {
  if (perMinute === undefined || perMinute <= 0 || remaining === undefined) return undefined;
  return Math.min(1, remaining / perMinute);
}
