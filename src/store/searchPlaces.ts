import { excerptOf } from './excerpt';
import type { Excerpt } from './excerpt';
import { findUnits } from './searchQuery';
import type { QueryUnit } from './searchQuery';

/** Places of each word that are looked at in one text: enough to find those that stand close together. */
const MAX_PLACES = 100;

/** The best place among texts that belong together, and how good it is. */
export interface Place {
  readonly excerpt: Excerpt;
  /** Of what was looked for, the share that is in this one place; above 0, at most 1. */
  readonly closeness: number;
}

/** `undefined` unless everything that is looked for is in one of the texts. Of places that are as good, the one in the earlier text. */
export function bestPlace(
  texts: readonly string[],
  units: readonly QueryUnit[],
): Place | undefined {
  if (units.length === 0) return undefined;
  const found = new Set<number>();
  let best: Excerpt | undefined;
  for (const text of texts) {
    const matches = findUnits(text, units, MAX_PLACES);
    if (matches.length === 0) continue;
    for (const { unit } of matches) found.add(unit);
    const excerpt = excerptOf(text, matches);
    if (excerpt.found > (best?.found ?? 0)) best = excerpt;
  }
  if (!best || found.size < units.length) return undefined;
  return { excerpt: best, closeness: best.found / units.length };
}
