import { assertNever } from '../../base/assertNever';
import type { Measurement, ScenarioKind, Step } from '../../engine/bench/benchResult';
import { figuresOf, kneeOf, stepState } from '../../engine/bench/figures';
import type { StepFigures, StepState } from '../../engine/bench/figures';
import { targetsOf } from '../../engine/bench/targets';
import type { TargetName, Verdict } from '../../engine/bench/targets';
import type { ReportCell, ReportSection, ReportTable, Tone } from '../../protocol/report';
import { formatCount, formatMs, formatRate } from '../format';
import type { Translate } from '../translate';
import { failureText, formatPercent, scenarioLabel, scenarioText } from './benchmarkTexts';

/** A wait in Pulse's own queue is named as the cause from this share of the first token's P95 on. */
const QUEUE_SHARE = 0.5;

export const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = {
  met: 'good',
  missed: 'bad',
  unproven: 'doubtful',
  untold: 'plain',
};

/** A scenario's section: what was done, a row for each model (for each step of a load test), what failed. */
export function scenarioSection(
  kind: ScenarioKind,
  measurements: readonly Measurement[],
  isLocal: boolean,
  t: Translate,
): ReportSection {
  const [first] = measurements;
  return {
    heading: scenarioLabel(kind, t),
    tone: 'plain',
    paragraphs: [
      ...(first ? [scenarioText(first.scenario, t)] : []),
      ...(kind === 'load' ? measurements.map((measurement) => kneeText(measurement, t)) : []),
      ...measurements
        .map((measurement) => failuresText(measurement, t))
        .filter((text) => text !== ''),
    ],
    table: tableOf(kind, measurements, isLocal, t),
    actions: [],
  };
}

interface Row {
  readonly model: string;
  readonly figures: StepFigures;
  readonly tone: (target: TargetName) => Tone;
}

function tableOf(
  kind: ScenarioKind,
  measurements: readonly Measurement[],
  isLocal: boolean,
  t: Translate,
): ReportTable {
  const rows = measurements.flatMap((measurement) => rowOf(measurement, isLocal));
  switch (kind) {
    case 'latency':
      return latencyTable(rows, t);
    case 'throughput':
      return throughputTable(rows, t);
    case 'availability':
      return availabilityTable(rows, t);
    case 'load':
      return loadTable(measurements, t);
    default:
      return assertNever(kind);
  }
}

function rowOf(measurement: Measurement, isLocal: boolean): readonly Row[] {
  const [step] = measurement.steps;
  if (step === undefined) return [];
  const targets = targetsOf(measurement, isLocal);
  const tone = (name: TargetName): Tone => {
    const found = targets.find(({ target }) => target === name);
    return found ? VERDICT_TONES[found.verdict] : 'plain';
  };
  return [{ model: measurement.model, figures: figuresOf(step), tone }];
}

function latencyTable(rows: readonly Row[], t: Translate): ReportTable {
  return {
    columns: [
      words(t('Model')),
      figure(t('Answered')),
      figure(t('First token, P50')),
      figure(t('First token, P95')),
      figure(t('First token, P99')),
      figure(t('Whole answer, P50')),
      figure(t('Whole answer, P95')),
      figure(t('Tokens per second')),
    ],
    rows: rows.map(({ model, figures, tone }) => [
      cell(model),
      answeredCell(figures, t),
      cell(ms(figures.firstToken?.p50), tone('p50')),
      cell(ms(figures.firstToken?.p95), tone('p95')),
      cell(ms(figures.firstToken?.p99), tone('p99')),
      cell(ms(figures.total?.p50)),
      cell(ms(figures.total?.p95)),
      cell(rate(figures.tokensPerSecond)),
    ]),
  };
}

function throughputTable(rows: readonly Row[], t: Translate): ReportTable {
  return {
    columns: [
      words(t('Model')),
      figure(t('Answered')),
      figure(t('Requests per second')),
      figure(t('Output tokens per second')),
      figure(t('First token, P95')),
      figure(t("Wait in Pulse's queue, P95")),
    ],
    rows: rows.map(({ model, figures, tone }) => [
      cell(model),
      answeredCell(figures, t),
      cell(rate(figures.requestsPerSecond), tone('requestsPerSecond')),
      cell(rate(figures.outputTokensPerSecond)),
      cell(ms(figures.firstToken?.p95)),
      cell(ms(figures.waitP95Ms)),
    ]),
  };
}

function availabilityTable(rows: readonly Row[], t: Translate): ReportTable {
  return {
    columns: [
      words(t('Model')),
      figure(t('Answered')),
      figure(t('Share')),
      figure(t('95 % interval')),
      figure(t('Answered after a repeat')),
    ],
    rows: rows.map(({ model, figures, tone }) => {
      const { low, high } = figures.answeredInterval;
      return [
        cell(model),
        answeredCell(figures, t),
        cell(formatPercent(figures.answeredShare ?? 0), tone('availability')),
        cell(t('{0} to {1}', formatPercent(low), formatPercent(high))),
        cell(formatCount(figures.repeated)),
      ];
    }),
  };
}

function loadTable(measurements: readonly Measurement[], t: Translate): ReportTable {
  return {
    columns: [
      words(t('Model')),
      figure(t('At once')),
      figure(t('Answered')),
      figure(t('First token, P95')),
      figure(t("Wait in Pulse's queue, P95")),
      figure(t('Requests per second')),
      words(t('Result')),
    ],
    rows: measurements.flatMap(({ model, steps }) => {
      const [first] = steps;
      return first === undefined ? [] : steps.map((step) => loadRow(model, first, step, t));
    }),
  };
}

function loadRow(model: string, first: Step, step: Step, t: Translate): ReportCell[] {
  const figures = figuresOf(step);
  const state = stepState(first, step);
  return [
    cell(model),
    cell(formatCount(step.concurrency)),
    answeredCell(figures, t),
    cell(ms(figures.firstToken?.p95)),
    cell(ms(figures.waitP95Ms)),
    cell(rate(figures.requestsPerSecond)),
    cell(stateText(state, t), state === 'holds' ? 'good' : 'doubtful'),
  ];
}

function stateText(state: StepState, t: Translate): string {
  switch (state) {
    case 'holds':
      return t('held');
    case 'fails':
      return t('more than 5 % failed');
    case 'slow':
      return t('first token took twice as long');
    default:
      return assertNever(state);
  }
}

/** Where the load test ended, and whether that was the server's limit or Pulse's own. */
function kneeText(measurement: Measurement, t: Translate): string {
  const { model, steps } = measurement;
  const { concurrency, limit } = kneeOf(measurement);
  if (concurrency === undefined) return t('{0}: not even one request at a time held.', model);
  if (limit === 'cap')
    return t('{0}: held up to {1} at once, the most that was tried.', model, concurrency);
  const last = steps.at(-1);
  const figures = last && figuresOf(last);
  const held =
    limit === 'fails'
      ? t('{0}: held up to {1} at once; with more, requests failed.', model, concurrency)
      : t(
          '{0}: held up to {1} at once; with more, the first token took twice as long.',
          model,
          concurrency,
        );
  const waited = figures?.waitP95Ms ?? 0;
  if (limit === 'fails' || waited < QUEUE_SHARE * (figures?.firstToken?.p95 ?? Infinity))
    return held;
  const cause = t(
    'Most of that was waiting in Pulse itself, for a free place or a rate limit (see "pulse.concurrency").',
  );
  return `${held} ${cause}`;
}

function failuresText({ model, steps }: Measurement, t: Translate): string {
  const counts = new Map<string, number>();
  for (const step of steps) {
    for (const [failure, count] of figuresOf(step).failures) {
      const text = failureText(failure, t);
      counts.set(text, (counts.get(text) ?? 0) + count);
    }
  }
  if (counts.size === 0) return '';
  const list = [...counts].map(([text, count]) => `${count} × ${text}`).join('; ');
  return t('{0}, failed: {1}.', model, list);
}

function answeredCell({ answered, requests }: StepFigures, t: Translate): ReportCell {
  return cell(t('{0} of {1}', answered, requests), answered === requests ? 'plain' : 'bad');
}

const words = (label: string) => ({ label, holds: 'words' }) as const;
const figure = (label: string) => ({ label, holds: 'figures' }) as const;
const cell = (text: string, tone: Tone = 'plain'): ReportCell => ({ text, tone });
const ms = (value: number | undefined): string => (value === undefined ? '–' : formatMs(value));
const rate = (value: number | undefined): string => (value === undefined ? '–' : formatRate(value));
