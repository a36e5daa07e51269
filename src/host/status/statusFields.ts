import { assertNever } from '../../base/assertNever';
import type { EngineHealth } from '../../engine/health';
import { tightest } from '../../engine/limitShares';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import type { StatusField } from '../contributions';
import { formatCount, formatRate, formatSeconds, formatShare, formatUSD } from '../format';
import type { Translate } from '../translate';

/** The fields in their order, as far as there is something to show: "0.4 s", "5 % errors". */
export function statusFields(
  {
    fields,
    health,
  }: { readonly fields: readonly StatusField[]; readonly health: EngineHealth | undefined },
  metrics: MetricsSnapshot,
  t: Translate,
): string[] {
  return fields
    .map((field) => fieldText(field, metrics, health, t))
    .filter((text) => text !== undefined);
}

function fieldText(
  field: StatusField,
  metrics: MetricsSnapshot,
  health: EngineHealth | undefined,
  t: Translate,
): string | undefined {
  const { recentFirstTokenMs, firstToken, errorShareLastHour, tokensPerSecond } = metrics;
  switch (field) {
    case 'firstToken':
      return recentFirstTokenMs === undefined ? undefined : formatSeconds(recentFirstTokenMs);
    case 'firstTokenP95':
      return firstToken.count === 0 ? undefined : t('P95 {0}', formatSeconds(firstToken.p95));
    case 'tokensPerSecond':
      return tokensPerSecond === undefined
        ? undefined
        : t('{0} tokens/s', formatRate(tokensPerSecond));
    case 'errors':
      return errorShareLastHour > 0 ? t('{0} errors', formatShare(errorShareLastHour)) : undefined;
    case 'turns':
      return t('{0} turns/h', formatCount(metrics.turnsLastHour));
    case 'cost':
      return formatUSD(metrics.costUSD);
    case 'headroom':
      return headroomText(health, t);
    default:
      return assertNever(field);
  }
}

/** Of the endpoint that questions go to. */
function headroomText(health: EngineHealth | undefined, t: Translate): string | undefined {
  const [primary] = health?.endpoints ?? [];
  const least = tightest(
    (health?.limits ?? []).filter(({ endpointId }) => endpointId === primary?.endpointId),
  );
  return least && t('{0} left', formatShare(least.share));
}
