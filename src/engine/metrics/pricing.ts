import type { EngineSettings, PriceTable } from '../settings';
import type { Price, Usage } from '../types';
import builtin from './prices.json';

/** Shares of the input price where a price has none of its own. Source: Anthropic's prompt caching documentation. */
const CACHE_READ_SHARE = 0.1;
const CACHE_WRITE_SHARE = 1.25;

/** What writing for an hour costs, of writing for five minutes. Source: Anthropic's prompt caching documentation (2 and 1.25 times). */
const HOUR_FACTOR = 2 / CACHE_WRITE_SHARE;

const PER_MILLION = 1e-6;
const BUILTIN: PriceTable = builtin.prices;

/** What requests cost. Prices come from prices.json and from the setting that adds to and overrides it. */
export class Pricing {
  readonly #prices: ReadonlyMap<string, Price>;
  readonly #writeFactor: number;

  /** `cacheTtl`: for how long prompts are written to the cache; prices name that for five minutes. */
  constructor(overrides: PriceTable, cacheTtl: EngineSettings['promptCache']['ttl'] = '5m') {
    this.#writeFactor = cacheTtl === '1h' ? HOUR_FACTOR : 1;
    this.#prices = new Map([...Object.entries(BUILTIN), ...Object.entries(overrides)]);
  }

  /** Of the model by this id, or by the id without its date (`claude-haiku-4-5-20251001`); `undefined` when it is not known. */
  priceOf(model: string): Price | undefined {
    return this.#prices.get(model) ?? this.#prices.get(model.replace(/-\d{8}$/, ''));
  }

  /** US$ of one request; `undefined`, never 0, when the model's price is not known. */
  costUSD(model: string, usage: Usage): number | undefined {
    const price = this.priceOf(model);
    return price && costAt(price, usage, this.#writeFactor);
  }
}

/** The tier depends on the whole prompt, cached or not, so requests are priced one by one and never by their sum. */
function costAt(price: Price, usage: Usage, writeFactor: number): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const promptTokens = inputTokens + cacheReadTokens + cacheWriteTokens;
  const tier = price.above && promptTokens > price.above.inputTokens ? price.above : price;
  // A price list gives cache prices for its first tier; they rise with the input's.
  const rise = price.input > 0 ? tier.input / price.input : 1;
  const cacheRead =
    price.cacheRead === undefined ? tier.input * CACHE_READ_SHARE : price.cacheRead * rise;
  const cacheWrite =
    price.cacheWrite === undefined ? tier.input * CACHE_WRITE_SHARE : price.cacheWrite * rise;
  return (
    (inputTokens * tier.input +
      outputTokens * tier.output +
      cacheReadTokens * cacheRead +
      cacheWriteTokens * cacheWrite * writeFactor) *
    PER_MILLION
  );
}
