import type { ModelInfo, Price } from '../../engine/types';

/** What small jobs cost is mostly what they read; an answer is short. */
const OUTPUT_SHARE = 0.1;

/**
 * The model for small jobs (titles, summaries): the one of the setting; else the newest Haiku that the endpoint has, Anthropic's fast
 * and cheap tier; else the cheapest of those whose price is known, where that is cheaper than the one in use; else the one in use.
 * `models`: newest first, as servers list them.
 */
export function smallModel(
  setting: string,
  models: readonly ModelInfo[],
  inUse: string,
  priceOf: (model: string) => Price | undefined,
): string {
  if (setting.trim() !== '') return setting.trim();
  const haiku = models.find(({ id }) => /haiku/i.test(id));
  if (haiku) return haiku.id;
  const weight = (model: string): number => {
    const price = priceOf(model);
    return price ? price.input + price.output * OUTPUT_SHARE : Number.POSITIVE_INFINITY;
  };
  return models.reduce((best, { id }) => (weight(id) < weight(best) ? id : best), inUse);
}
