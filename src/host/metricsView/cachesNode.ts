import type { EngineHealth } from '../../engine/health';
import { Pricing } from '../../engine/metrics/pricing';
import type { MetricsSnapshot, RequestRecord } from '../../engine/metrics/snapshot';
import type { EngineSettings } from '../../engine/settings';
import { formatBytes, formatCount, formatShare, formatUSD } from '../format';
import { escapeMarkdown } from '../markdown';
import type { Translate } from '../translate';
import { leaf } from './metricNode';
import type { MetricNode } from './metricNode';

/** What did not have to be asked or paid for again. */
export function cachesNode(
  metrics: MetricsSnapshot,
  health: EngineHealth | undefined,
  settings: EngineSettings | undefined,
  t: Translate,
): MetricNode {
  const keptUSD = health?.cache.savedUSD ?? 0;
  const promptUSD = promptCacheSavedUSD(metrics.recent, settings);
  const savedUSD = keptUSD + (promptUSD ?? 0);
  return {
    id: 'caches',
    label: t('Caches'),
    icon: 'archive',
    ...(savedUSD > 0 ? { description: t('{0} saved', formatUSD(savedUSD)) } : {}),
    children: [
      ...(health === undefined ? [] : answerLines(health.cache, t)),
      leaf(
        'caches.promptRead',
        t('Prompt tokens read from the cache'),
        formatCount(metrics.usage.cacheReadTokens),
      ),
      ...(promptUSD === undefined
        ? []
        : [
            leaf('caches.promptSaved', t('Saved by the prompt cache'), signedUSD(promptUSD), {
              tooltip: escapeMarkdown(
                t(
                  'An estimate over the requests listed below: what they would have cost without it, less what they cost. Writing to it costs more than plain input, so that it begins below 0.',
                ),
              ),
            }),
          ]),
    ],
  };
}

function answerLines(cache: EngineHealth['cache'], t: Translate): MetricNode[] {
  const { entries, bytes, hits, misses, shared, savedUSD } = cache;
  const asked = hits + misses;
  return [
    leaf('caches.kept', t('Kept answers'), `${formatCount(entries)} · ${formatBytes(bytes)}`),
    leaf(
      'caches.hits',
      t('Answered from those kept'),
      asked === 0
        ? '–'
        : `${t('{0} of {1}', formatCount(hits), formatCount(asked))} · ${formatShare(hits / asked)}`,
    ),
    leaf('caches.shared', t('Shared one under way'), formatCount(shared)),
    leaf('caches.saved', t('Saved by these'), formatUSD(savedUSD), {
      tooltip: escapeMarkdown(
        t('What kept and shared answers would have cost, where the price is known.'),
      ),
    }),
  ];
}

/** US$ that prompt caching saved over these requests, dearer writes taken off; `undefined` where no price is known or nothing was cached. */
function promptCacheSavedUSD(
  records: readonly RequestRecord[],
  settings: EngineSettings | undefined,
): number | undefined {
  if (settings === undefined) return undefined;
  const pricing = new Pricing(settings.prices, settings.promptCache.ttl);
  let saved: number | undefined;
  for (const { model, usage } of records) {
    const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
    const cached = cacheReadTokens + cacheWriteTokens;
    if (cached === 0) continue;
    const actual = pricing.costUSD(model, usage);
    const without = pricing.costUSD(model, {
      ...usage,
      inputTokens: inputTokens + cached,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    });
    if (actual !== undefined && without !== undefined) saved = (saved ?? 0) + without - actual;
  }
  return saved;
}

function signedUSD(usd: number): string {
  return usd < 0 ? `−${formatUSD(-usd)}` : formatUSD(usd);
}
