import type { TurnStats } from '../../engine/ports';
import type { TurnStatsView } from '../../protocol/turn';
import { DEMO_ENDPOINT_ID } from '../endpoints/demoEndpoint';
import { formatUSD } from '../format';
import type { Translate } from '../translate';

/** The figures under a reply. */
export function statsView(stats: TurnStats, endpointId: string, t: Translate): TurnStatsView {
  const { usage, timing, requestId, attempts, notes } = stats;
  return {
    ...(timing.firstTokenMs === undefined ? {} : { firstTokenMs: timing.firstTokenMs }),
    totalMs: timing.totalMs,
    ...usage,
    cost: costLabel(stats.costUSD, endpointId, t),
    attempts,
    ...(requestId === undefined ? {} : { requestId }),
    isServed: notes?.some(({ kind }) => kind === 'served') === true,
    phases: phasesOf(timing, t),
  };
}

export function costLabel(costUSD: number | undefined, endpointId: string, t: Translate): string {
  if (endpointId === DEMO_ENDPOINT_ID) return t('free (demo)');
  return costUSD === undefined ? t('price unknown') : formatUSD(costUSD);
}

/**
 * Where the time went, one phase after the other without gaps from 0 to the total. Waits are sums over all attempts and stand first;
 * what earlier attempts took on the wire counts as waiting for the first byte.
 */
export function phasesOf(timing: TurnStats['timing'], t: Translate): TurnStatsView['phases'] {
  const { totalMs, connectMs, firstByteMs, firstTokenMs } = timing;
  const phases: TurnStatsView['phases'] = [];
  let at = 0;
  const until = (label: string, endMs: number): void => {
    const end = Math.min(totalMs, endMs);
    if (end <= at) return;
    phases.push({ label, startMs: at, durationMs: end - at });
    at = end;
  };
  until(t('In the queue'), timing.queueMs);
  until(t('For a rate limit'), at + (timing.pacingMs ?? 0));
  until(t('For recovery'), at + (timing.recoveryMs ?? 0));
  until(t('Between attempts'), at + timing.backoffMs);
  until(t('Connecting'), at + (connectMs ?? 0));
  until(t('Until the first byte'), firstByteMs ?? totalMs);
  until(t('Until the first token'), firstTokenMs ?? firstByteMs ?? totalMs);
  until(t('Streaming'), totalMs);
  return phases;
}
