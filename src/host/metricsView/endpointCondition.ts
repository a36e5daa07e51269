import { assertNever } from '../../base/assertNever';
import type { BreakerHealth, EngineHealth } from '../../engine/health';
import type { LimitName } from '../../engine/types';
import type { Translate } from '../translate';

/** How an endpoint is, in one word. `isPartial`: other model families of it still answer. */
export type EndpointCondition =
  | { readonly kind: 'ok' }
  /** Lets a few through to see whether it is back. */
  | { readonly kind: 'half_open' }
  /** `retryInMs` until the next attempt, where one is set. */
  | { readonly kind: 'open'; readonly retryInMs: number | undefined; readonly isPartial: boolean }
  /** Left out of balancing for so long. */
  | { readonly kind: 'ejected'; readonly forMs: number };

export function conditionOf(endpointId: string, health: EngineHealth): EndpointCondition {
  const breakers = breakersOf(endpointId, health);
  const open = breakers.filter(({ state }) => state === 'open');
  if (open.length > 0) {
    const waits = open.flatMap(({ trialInMs }) => (trialInMs === undefined ? [] : [trialInMs]));
    return {
      kind: 'open',
      retryInMs: waits.length === 0 ? undefined : Math.min(...waits),
      isPartial: breakers.some(({ state }) => state === 'closed'),
    };
  }
  if (breakers.some(({ state }) => state === 'half_open')) return { kind: 'half_open' };
  const forMs = health.endpoints.find((one) => one.endpointId === endpointId)?.ejectedForMs;
  return forMs === undefined || forMs <= 0 ? { kind: 'ok' } : { kind: 'ejected', forMs };
}

/** "ok", "down", "recovering", ...: without figures. */
export function conditionText(condition: EndpointCondition, t: Translate): string {
  switch (condition.kind) {
    case 'ok':
      return t('ok');
    case 'half_open':
      return t('recovering');
    case 'open':
      return condition.isPartial ? t('partly down') : t('down');
    case 'ejected':
      return t('left out');
    default:
      return assertNever(condition);
  }
}

/** By name: lines that change places can't be read. */
export function breakersOf(endpointId: string, health: EngineHealth): BreakerHealth[] {
  return health.breakers
    .filter((breaker) => breaker.endpointId === endpointId)
    .toSorted((a, b) => a.family.localeCompare(b.family));
}

export function limitText(limit: LimitName, t: Translate): string {
  switch (limit) {
    case 'requests':
      return t('Requests');
    case 'input_tokens':
      return t('Input tokens');
    case 'output_tokens':
      return t('Output tokens');
    default:
      return assertNever(limit);
  }
}

/** Whether figures in it fall with time alone, so that they are worth another look in a second. */
export function countsDown({ breakers, endpoints, limits }: EngineHealth): boolean {
  return (
    breakers.some(({ trialInMs }) => isAhead(trialInMs)) ||
    endpoints.some(({ ejectedForMs }) => isAhead(ejectedForMs)) ||
    limits.some(({ resetInMs }) => isAhead(resetInMs))
  );
}

function isAhead(ms: number | undefined): boolean {
  return ms !== undefined && ms > 0;
}
