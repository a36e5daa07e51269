import type { JSX } from 'preact';
import { formatDuration } from '../../shared/format';
import { Icon } from '../../shared/iconButton';
import { errorNameOf, wordAt } from '../data/dataset';
import type { Dataset } from '../data/dataset';
import { OUTCOMES } from '../data/requestRows';
import type { Column } from '../data/requestRows';
import { formatNumber, formatUSD } from '../texts/format';
import { texts } from '../texts/texts';
import { exactTime } from '../texts/times';

const ICONS: Readonly<Record<string, string>> = {
  ok: 'pass',
  failed: 'error',
  stopped: 'circle-slash',
};

/** Figures are set at the right. */
export const FIGURES: ReadonlySet<Column> = new Set<Column>([
  'firstTokenMs',
  'totalMs',
  'inputTokens',
  'outputTokens',
  'costUSD',
  'attempts',
]);

/** How a request ended: by a shape and a word, its colour comes on top. */
export function OutcomeMark({ outcome }: { readonly outcome: string }): JSX.Element {
  return (
    <span class={`outcome ${outcome}`}>
      <Icon name={ICONS[outcome] ?? 'question'} />
      <span>{outcomeText(outcome)}</span>
    </span>
  );
}

function outcomeText(outcome: string): string {
  const known = OUTCOMES.find((name) => name === outcome);
  return known === undefined ? outcome : texts.outcomes[known];
}

/** What stands in a column of a request; empty where it is not known. */
export function cellText(dataset: Dataset, row: number, column: Column): string {
  const { requests } = dataset;
  switch (column) {
    case 'at':
      return exactTime(requests.at[row] ?? 0);
    case 'outcome':
      return outcomeText(wordAt(requests.outcome, row));
    case 'firstTokenMs':
    case 'totalMs':
      return known(requests[column][row], formatDuration);
    case 'costUSD':
      return known(requests.costUSD[row], formatUSD);
    case 'inputTokens':
    case 'outputTokens':
    case 'attempts':
      return known(requests[column][row], formatNumber);
    case 'model':
    case 'endpoint':
      return wordAt(requests[column], row);
    case 'action':
      return texts.action(wordAt(requests.action, row));
    case 'errorKind':
      return errorNameOf(dataset, wordAt(requests.errorKind, row));
  }
}

function known(value: number | undefined, format: (value: number) => string): string {
  return value === undefined || Number.isNaN(value) ? '' : format(value);
}
