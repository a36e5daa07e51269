import type { TurnStats } from '../../engine/ports';
import { phasesOf } from '../../protocol/phases';
import type { PhaseName } from '../../protocol/phases';
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
    phases: phaseViews(timing, t),
  };
}

export function costLabel(costUSD: number | undefined, endpointId: string, t: Translate): string {
  if (endpointId === DEMO_ENDPOINT_ID) return t('free (demo)');
  return costUSD === undefined ? t('price unknown') : formatUSD(costUSD);
}

const PHASE_LABELS: Readonly<Record<PhaseName, (t: Translate) => string>> = {
  queue: (t) => t('In the queue'),
  pacing: (t) => t('For a rate limit'),
  recovery: (t) => t('For recovery'),
  backoff: (t) => t('Between attempts'),
  connect: (t) => t('Connecting'),
  firstByte: (t) => t('Until the first byte'),
  firstToken: (t) => t('Until the first token'),
  streaming: (t) => t('Streaming'),
};

/** Where the time went, ready to show. */
export function phaseViews(timing: TurnStats['timing'], t: Translate): TurnStatsView['phases'] {
  const { queueMs, pacingMs, recoveryMs, backoffMs, connectMs } = timing;
  const { firstByteMs, firstTokenMs, totalMs } = timing;
  const waits = { queueMs, pacingMs, recoveryMs, backoffMs };
  const phases = phasesOf({ ...waits, connectMs, firstByteMs, firstTokenMs, totalMs });
  return phases.map(({ name, startMs, durationMs }) => ({
    label: PHASE_LABELS[name](t),
    startMs,
    durationMs,
  }));
}
