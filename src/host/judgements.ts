import { assertNever } from '../base/assertNever';
import type { Judgement } from '../engine/statistics';
import type { ReportCell, ReportTable, Tone } from '../protocol/report';
import type { Translate } from './translate';

const JUDGEMENT_TONES: Readonly<Record<Judgement, Tone>> = {
  better: 'good',
  worse: 'bad',
  noise: 'plain',
  unsure: 'doubtful',
};

function judgementText(judgement: Judgement, t: Translate): string {
  switch (judgement) {
    case 'better':
      return t('yes, better');
    case 'worse':
      return t('yes, worse');
    case 'noise':
      return t('no');
    case 'unsure':
      return t('too few requests to tell');
    default:
      return assertNever(judgement);
  }
}

/** One figure of a comparison. */
export interface JudgedChange {
  /** What tells it from the others, and what it was and is. */
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly change: string;
  /** Given in all rows of a table or in none. */
  readonly interval?: string;
  readonly judgement: Judgement;
}

/** Changes, each with whether it is more than noise. `names` and `values`: the headings of those columns. */
export function judgedTable(
  { names, values }: Pick<JudgedChange, 'names' | 'values'>,
  changes: readonly JudgedChange[],
  t: Translate,
): ReportTable {
  const hasIntervals = changes.some(({ interval }) => interval !== undefined);
  const figures = [...values, t('Change'), ...(hasIntervals ? [t('95 % interval')] : [])];
  return {
    columns: [
      ...names.map((label) => ({ label, holds: 'words' as const })),
      ...figures.map((label) => ({ label, holds: 'figures' as const })),
      { label: t('More than noise?'), holds: 'words' },
    ],
    rows: changes.map((change) => judgedRow(change, t)),
  };
}

function judgedRow(
  { names, values, change, interval, judgement }: JudgedChange,
  t: Translate,
): ReportCell[] {
  const tone = JUDGEMENT_TONES[judgement];
  return [
    ...[...names, ...values].map((text) => cell(text)),
    cell(change, tone),
    ...(interval === undefined ? [] : [cell(interval)]),
    cell(judgementText(judgement, t), tone),
  ];
}

export function cell(text: string, tone: Tone = 'plain'): ReportCell {
  return { text, tone };
}

/** What is to be known of a table of so many changes. */
export function chanceText(changes: number, t: Translate): string {
  return t(
    'A change counts when its 95 % interval leaves out "no change". Of {0} figures, one in twenty would seem changed by chance.',
    changes,
  );
}

/** "+12 %" of 1.12. */
export function percentText(ratio: number): string {
  const percent = Math.round((ratio - 1) * 100);
  return `${signOf(percent)}${Math.abs(percent)} %`;
}

/** "+1.5 points" of 0.015: a share of a share is misread. */
export function pointsText(change: number, digits: number, t: Translate): string {
  const points = Number((change * 100).toFixed(digits));
  return t('{0} points', `${signOf(points)}${Math.abs(points)}`);
}

/** What stands before a figure without its sign. */
export function signOf(value: number): string {
  if (value === 0) return '±';
  return value > 0 ? '+' : '−';
}
