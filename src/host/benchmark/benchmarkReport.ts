import { assertNever } from '../../base/assertNever';
import type { BenchResult, Measurement, ScenarioKind } from '../../engine/bench/benchResult';
import { costOf } from '../../engine/bench/figures';
import { targetsOf } from '../../engine/bench/targets';
import type { TargetName, TargetResult, Verdict } from '../../engine/bench/targets';
import type { Report, ReportSection } from '../../protocol/report';
import { formatCount, formatMs, formatRate, formatUSD } from '../format';
import type { Translate } from '../translate';
import { formatMoment, formatPercent, targetText } from './benchmarkTexts';
import { comparisonSection } from './comparisonSection';
import { scenarioSection, VERDICT_TONES } from './scenarioSections';

export interface BenchmarkPlace {
  /** As the user knows the endpoint. */
  readonly label: string;
  /** On this machine: its throughput has a target. */
  readonly isLocal: boolean;
  /** Nobody is paid for its answers. */
  readonly isFree: boolean;
}

/** What a benchmark came to. `baseline`: of the same endpoint. */
export function benchmarkReport(
  result: BenchResult,
  baseline: BenchResult | undefined,
  place: BenchmarkPlace,
  t: Translate,
): Report {
  const { measurements } = result;
  const targets = measurements.flatMap((measurement) => targetsOf(measurement, place.isLocal));
  const subtitle = [place.label, formatMoment(result.startedAt)];
  return {
    title: t('Benchmark'),
    subtitle: subtitle.join(' · '),
    verdict: verdictOf(result, targets, t),
    sections: [
      ...(targets.length === 0 ? [] : [targetSection(targets, t)]),
      ...[...byScenario(measurements)].map(([kind, of]) =>
        scenarioSection(kind, of, place.isLocal, t),
      ),
      ...(measurements.length === 0 ? [] : [comparisonSection(result, baseline, t)]),
      runSection(result, place, t),
    ],
  };
}

function verdictOf(
  { isWhole, measurements }: BenchResult,
  targets: readonly TargetResult[],
  t: Translate,
): Report['verdict'] {
  if (measurements.length === 0) {
    return { tone: 'doubtful', text: t('Stopped before anything was measured.') };
  }
  const { tone, text } = targetVerdict(targets, t);
  if (isWhole) return { tone, text };
  const stopped = t('Stopped before the end; this is what was measured until then.');
  return { tone: tone === 'bad' ? 'bad' : 'doubtful', text: `${stopped} ${text}` };
}

function targetVerdict(targets: readonly TargetResult[], t: Translate): Report['verdict'] {
  const { length } = targets.filter(({ verdict }) => verdict !== 'untold');
  const missed = targets.filter(({ verdict }) => verdict === 'missed');
  const unproven = targets.filter(({ verdict }) => verdict === 'unproven');
  if (length === 0)
    return { tone: 'plain', text: t('There is no target that applies to what was measured.') };
  if (missed.length > 0) {
    const text = t('{0} of {1} targets were missed.', missed.length, length);
    return { tone: 'bad', text };
  }
  if (unproven.length > 0) {
    const text = t(
      'No target was missed; for {0} of {1}, more requests are needed to be sure.',
      unproven.length,
      length,
    );
    return { tone: 'doubtful', text };
  }
  return { tone: 'good', text: t('All targets were met: {0}.', length) };
}

function targetSection(targets: readonly TargetResult[], t: Translate): ReportSection {
  return {
    heading: t('Targets'),
    tone: 'plain',
    paragraphs: [],
    table: {
      columns: [
        { label: t('Target'), holds: 'words' },
        { label: t('Model'), holds: 'words' },
        { label: t('Measured'), holds: 'figures' },
        { label: t('Result'), holds: 'words' },
      ],
      rows: targets.map(({ target, model, measured, verdict }) => [
        { text: targetText(target, t), tone: 'plain' },
        { text: model, tone: 'plain' },
        { text: measured === undefined ? '–' : measuredText(target, measured), tone: 'plain' },
        { text: verdictText(verdict, t), tone: VERDICT_TONES[verdict] },
      ]),
    },
    actions: [],
  };
}

function measuredText(target: TargetName, measured: number): string {
  if (target === 'availability') return formatPercent(measured);
  return target === 'requestsPerSecond' ? formatRate(measured) : formatMs(measured);
}

function verdictText(verdict: Verdict, t: Translate): string {
  switch (verdict) {
    case 'met':
      return t('met');
    case 'missed':
      return t('missed');
    case 'unproven':
      return t('kept, but too few requests to be sure');
    case 'untold':
      return t('not to be told: each answer takes too long by itself');
    default:
      return assertNever(verdict);
  }
}

/** What it took, and what the figures are of. */
function runSection(result: BenchResult, place: BenchmarkPlace, t: Translate): ReportSection {
  const requests = result.measurements
    .flatMap(({ steps }) => steps)
    .reduce((sum, { samples }) => sum + samples.length, 0);
  const cost = place.isFree ? 0 : costOf(result.measurements);
  const took = t('{0} requests in {1}.', formatCount(requests), formatMs(result.tookMs));
  const paid =
    cost === undefined
      ? t('What the answers cost is not known.')
      : t('The answers cost {0}.', formatUSD(cost));
  return {
    heading: t('About this run'),
    tone: 'plain',
    paragraphs: [
      `${took} ${paid}`,
      t(
        'Short questions with short answers, as little thinking as the model allows, nothing from the answer cache. Times are as a user has them: from the question to the first token, with waits and repeats of failed requests.',
      ),
    ],
    actions: [],
  };
}

function byScenario(
  measurements: readonly Measurement[],
): ReadonlyMap<ScenarioKind, readonly Measurement[]> {
  return Map.groupBy(measurements, ({ scenario }) => scenario.kind);
}
