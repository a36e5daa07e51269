import type { BreakerHealth, EndpointHealth, EngineHealth } from '../../engine/health';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import type { ErrorKind, LimitName } from '../../engine/types';
import { formatBytes, formatCount } from '../format';
import type { Translate } from '../translate';
import { exactDuration } from './durations';

/** What the effects of settings are read from. */
export interface EffectSources {
  readonly metrics: MetricsSnapshot;
  readonly health: EngineHealth | undefined;
  /** Settings of a reply that do nothing with the chosen model. */
  readonly withoutEffect: { readonly model: string; readonly settings: readonly string[] };
}

type Effect = (sources: EffectSources, t: Translate) => string | undefined;

/** Settings whose effect can be seen in a figure, by their names without `pulse.`. */
const EFFECTS: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ['concurrency', endpointRange((one) => one.concurrency)],
  ['adaptiveConcurrency', lowered],
  ['queueLimit', ({ metrics }, t) => waiting(metrics.queued, t)],
  ['retry.retries', ({ metrics }, t) => t('{0} so far', formatCount(metrics.retries))],
  ['retry.budget', endpointRange((one) => Math.floor(one.retryBudget))],
  ['retry.initialDelayMs', ({ metrics }, t) => waiting(metrics.backingOff, t)],
  ['retry.patienceMs', ({ metrics }, t) => waiting(metrics.waiting, t)],
  ['breaker.failureThreshold', breakerRange((one) => one.failureThreshold)],
  ['breaker.successThreshold', breakerRange((one) => one.successThreshold)],
  ['breaker.recoveryMs', breakerRange((one) => one.recoveryMs, exactSeconds)],
  ['pacing.requestsPerMinute', limitRange('requests')],
  ['pacing.inputTokensPerMinute', limitRange('input_tokens')],
  ['pacing.outputTokensPerMinute', limitRange('output_tokens')],
  ['balancing.ejectionMs', ejected],
  ['pool.connections', endpointRange((one) => one.connections.open)],
  ['pool.idleMs', idle],
  ['cache.maxEntries', ({ health }, t) => health && now(formatCount(health.cache.entries), t)],
  ['cache.maxMegabytes', ({ health }, t) => health && now(formatBytes(health.cache.bytes), t)],
  ['timeouts.connectMs', failuresOf('timeout_connect')],
  ['timeouts.firstEventMs', failuresOf('timeout_first_event')],
  ['timeouts.idleMs', failuresOf('timeout_idle')],
  [
    'reply.temperature',
    ({ withoutEffect: { model, settings } }, t) =>
      settings.includes('temperature') ? t('not sent to {0}', model) : undefined,
  ],
  ['reply.autoContinue', ({ metrics }, t) => t('{0} so far', formatCount(metrics.continuations))],
]);

/** What a setting does at the moment, "now 8"; `undefined` where no figure tells. */
export function settingEffect(
  name: string,
  sources: EffectSources,
  t: Translate,
): string | undefined {
  return EFFECTS.get(name)?.(sources, t);
}

function endpointRange(figure: (endpoint: EndpointHealth) => number): Effect {
  return ({ health }, t) => range((health?.endpoints ?? []).map(figure), formatCount, t);
}

function breakerRange(
  figure: (breaker: BreakerHealth) => number,
  format: (value: number) => string = formatCount,
): Effect {
  return ({ health }, t) => range((health?.breakers ?? []).map(figure), format, t);
}

function limitRange(name: LimitName): Effect {
  return ({ health }, t) => {
    const figures = (health?.limits ?? []).flatMap(({ limit, perMinute }) =>
      limit === name && perMinute !== undefined ? [perMinute] : [],
    );
    return range(figures, formatCount, t);
  };
}

/** "now 8", or "now 4–8" where endpoints or models differ. */
function range(
  figures: readonly number[],
  format: (value: number) => string,
  t: Translate,
): string | undefined {
  if (figures.length === 0) return undefined;
  const low = format(Math.min(...figures));
  const high = format(Math.max(...figures));
  return now(low === high ? low : `${low}–${high}`, t);
}

function lowered({ health }: EffectSources, t: Translate): string | undefined {
  const isLower = health?.endpoints.some((one) => one.concurrency < one.maxConcurrency);
  return isLower === true ? t('lowered now') : undefined;
}

function ejected({ health }: EffectSources, t: Translate): string | undefined {
  const count = health?.endpoints.filter((one) => one.ejectedForMs !== undefined).length ?? 0;
  return count === 0 ? undefined : t('{0} left out now', count);
}

function idle({ health }: EffectSources, t: Translate): string | undefined {
  const count = (health?.endpoints ?? []).reduce((sum, one) => sum + one.connections.idle, 0);
  return count === 0 ? undefined : t('{0} idle', count);
}

function failuresOf(kind: ErrorKind): Effect {
  return ({ metrics }, t) => {
    const count = metrics.errorsByKind.find((error) => error.kind === kind)?.count ?? 0;
    return count === 0 ? undefined : t('{0} so far', formatCount(count));
  };
}

function waiting(count: number, t: Translate): string | undefined {
  return count === 0 ? undefined : t('{0} waiting', formatCount(count));
}

function now(figure: string, t: Translate): string {
  return t('now {0}', figure);
}

function exactSeconds(ms: number): string {
  return exactDuration(Math.round(ms / 1_000) * 1_000);
}
