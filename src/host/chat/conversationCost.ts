import { formatCount, formatShare, formatUSD } from '../format';
import type { Translate } from '../translate';
import { DEMO_ENDPOINT_ID } from '../endpoints/demoEndpoint';
import { statsOf } from './turn';
import type { Turn } from './turn';

/** What a conversation took so far, over all of its branches. */
interface Total {
  readonly answers: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costUSD: number;
  /** Answers of a model whose price is not known. */
  readonly unpriced: number;
}

/** "Answers: 3. Tokens in: 12,300 (84 % from the prompt cache), out: 2,100. Cost: $0.042." */
export function costText(turns: readonly Turn[], t: Translate): string {
  const total = totalOf(turns);
  if (total.answers === 0) return t('This chat has cost nothing yet.');
  const read = total.inputTokens + total.cachedTokens;
  const tokens = t(
    'This chat so far. Answers: {0}. Tokens in: {1} ({2} from the prompt cache), out: {3}.',
    formatCount(total.answers),
    formatCount(read),
    formatShare(read === 0 ? 0 : total.cachedTokens / read),
    formatCount(total.outputTokens),
  );
  return `${tokens} ${priceText(total, t)}`;
}

function priceText({ costUSD, unpriced, answers }: Total, t: Translate): string {
  if (unpriced === answers) return t('What it cost is not known: the model has no price here.');
  const cost = t('Cost: {0}.', formatUSD(costUSD));
  return unpriced === 0
    ? cost
    : `${cost} ${t('Without {0} of them, whose model has no price here.', formatCount(unpriced))}`;
}

function totalOf(turns: readonly Turn[]): Total {
  const total = {
    answers: 0,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    costUSD: 0,
    unpriced: 0,
  };
  for (const { phase, endpointId } of turns) {
    const stats = statsOf(phase);
    if (!stats) continue;
    total.answers += 1;
    total.inputTokens += stats.usage.inputTokens + stats.usage.cacheWriteTokens;
    total.cachedTokens += stats.usage.cacheReadTokens;
    total.outputTokens += stats.usage.outputTokens;
    if (endpointId === DEMO_ENDPOINT_ID) continue;
    if (stats.costUSD === undefined) total.unpriced += 1;
    else total.costUSD += stats.costUSD;
  }
  return total;
}
