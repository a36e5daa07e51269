import { assertNever } from '../../base/assertNever';
import type { BenchResult, ScenarioKind } from '../../engine/bench/benchResult';
import { costOf } from '../../engine/bench/figures';
import { targetsOf } from '../../engine/bench/targets';
import type { TargetName, TargetResult, Verdict } from '../../engine/bench/targets';
import type { Report, ReportSection } from '../../protocol/report';
import { formatCount, formatMs, formatRate, formatUSD } from '../format';
import type { Translate } from '../translate';
import { formatMoment, formatPercent, targetText } from './benchmarkTexts';
import { comparisonSection } from './comparisonSection';
import { sideBySide } from './endpointSections';
import { scenarioSection, VERDICT_TONES } from './scenarioSections';

export interface BenchmarkPlace {
  /** As the user knows the endpoint. */
  readonly label: string;
  /** On this machine: its throughput has a target. */
  readonly isLocal: boolean;
  /** Nobody is paid for its answers. */
  readonly isFree: boolean;
}

/** What was measured at one endpoint. */
export interface BenchmarkPart {
  readonly result: BenchResult;
  /** Of the same endpoint. */
  readonly baseline: BenchResult | undefined;
  readonly place: BenchmarkPlace;
}

/** What a benchmark of one endpoint or several came to. Of several, each table names the endpoint in a column. */
export function benchmarkReport(parts: readonly BenchmarkPart[], t: Translate): Report {
  const [first] = parts;
  const labels = parts.map(({ place }) => place.label).join(', ');
  return {
    title: t('Benchmark'),
    subtitle: first ? `${labels} · ${formatMoment(first.result.startedAt)}` : labels,
    verdict: verdictOf(parts, t),
    sections: [
      ...sectionsOf(parts, (part) => targetSections(part, t), t),
      ...kindsOf(parts).flatMap((kind) =>
        sectionsOf(parts, (part) => scenarioSections(kind, part, t), t),
      ),
      ...comparisonSections(parts, t),
      runSection(parts, t),
    ],
  };
}

/** What `make` says of the endpoints, in one section. */
function sectionsOf(
  parts: readonly BenchmarkPart[],
  make: (part: BenchmarkPart) => readonly ReportSection[],
  t: Translate,
): readonly ReportSection[] {
  const made = parts.flatMap((part) =>
    make(part).map((section) => ({ label: part.place.label, section })),
  );
  return parts.length > 1 ? sideBySide(made, t) : made.map(({ section }) => section);
}

function kindsOf(parts: readonly BenchmarkPart[]): readonly ScenarioKind[] {
  const measurements = parts.flatMap(({ result }) => result.measurements);
  return [...new Set(measurements.map(({ scenario }) => scenario.kind))];
}

function scenarioSections(
  kind: ScenarioKind,
  { result, place }: BenchmarkPart,
  t: Translate,
): readonly ReportSection[] {
  const measurements = result.measurements.filter(({ scenario }) => scenario.kind === kind);
  return measurements.length === 0 ? [] : [scenarioSection(kind, measurements, place.isLocal, t)];
}

function comparisonSections(
  parts: readonly BenchmarkPart[],
  t: Translate,
): readonly ReportSection[] {
  return parts
    .filter(({ result }) => result.measurements.length > 0)
    .map(({ result, baseline, place }) =>
      comparisonSection(result, baseline, parts.length > 1 ? place.label : undefined, t),
    );
}

function targetsOfPart({ result, place }: BenchmarkPart): readonly TargetResult[] {
  return result.measurements.flatMap((measurement) => targetsOf(measurement, place.isLocal));
}

function verdictOf(parts: readonly BenchmarkPart[], t: Translate): Report['verdict'] {
  if (parts.every(({ result }) => result.measurements.length === 0)) {
    return { tone: 'doubtful', text: t('Stopped before anything was measured.') };
  }
  const { tone, text } = targetVerdict(parts.flatMap(targetsOfPart), t);
  if (parts.every(({ result }) => result.isWhole)) return { tone, text };
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

function targetSections(part: BenchmarkPart, t: Translate): readonly ReportSection[] {
  const targets = targetsOfPart(part);
  if (targets.length === 0) return [];
  const section: ReportSection = {
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
  return [section];
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
function runSection(parts: readonly BenchmarkPart[], t: Translate): ReportSection {
  const requests = parts
    .flatMap(({ result }) => result.measurements)
    .flatMap(({ steps }) => steps)
    .reduce((sum, { samples }) => sum + samples.length, 0);
  const tookMs = parts.reduce((sum, { result }) => sum + result.tookMs, 0);
  const cost = costOfParts(parts);
  const took = t('{0} requests in {1}.', formatCount(requests), formatMs(tookMs));
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

/** US$; `undefined` where it is not known of all. */
function costOfParts(parts: readonly BenchmarkPart[]): number | undefined {
  let sum = 0;
  for (const { result, place } of parts) {
    const cost = place.isFree ? 0 : costOf(result.measurements);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}
