import { formatDuration } from '../shared/format';
import type { Figures } from './data/figures';
import { formatLong, formatNumber, formatShare, formatUSD } from './texts/format';
import { texts } from './texts/texts';

/** How a figure differs from that of the period before. */
export interface Change {
  /** With its sign and in words. */
  readonly text: string;
  /** `neutral`: neither is better. */
  readonly tone: 'better' | 'worse' | 'neutral';
}

export interface Tile {
  readonly name: keyof typeof texts.tiles;
  readonly value: string;
  readonly note: string;
  readonly change: Change | undefined;
}

/** What is better: more of it, less of it, or neither. */
type Wish = 'more' | 'less' | 'neither';

/** Requests of the period before that a comparison needs: of fewer, any figure is chance. */
const LEAST_BEFORE = 5;

/** `objective`: 0-1. `past`: the period before, absent where nothing is compared. */
export function tilesOf(now: Figures, past: Figures | undefined, objective: number): Tile[] {
  const before = past && past.requests >= LEAST_BEFORE ? past : undefined;
  const changeOf = (of: (figures: Figures) => number | undefined, wish: Wish): Change | undefined =>
    before && relativeChange(of(now), of(before), wish);
  const pointsOf = (of: (figures: Figures) => number | undefined, wish: Wish): Change | undefined =>
    before && pointChange(of(now), of(before), wish);
  const tile = (name: Tile['name'], value: string, note: string, change?: Change): Tile => ({
    name,
    value,
    note,
    change,
  });
  const count = formatNumber;
  return [
    tile(
      'requests',
      count(now.requests),
      texts.requestsNote(count(now.failed)),
      past && !before
        ? { text: texts.change.little, tone: 'neutral' }
        : changeOf((f) => f.requests, 'neither'),
    ),
    tile(
      'firstToken',
      written(now.firstTokenP50, formatDuration),
      '',
      changeOf((f) => f.firstTokenP50, 'less'),
    ),
    tile(
      'firstTokenP95',
      written(now.firstTokenP95, formatDuration),
      '',
      changeOf((f) => f.firstTokenP95, 'less'),
    ),
    tile(
      'rate',
      written(now.rate, count),
      texts.rateNote,
      changeOf((f) => f.rate, 'more'),
    ),
    tile(
      'errors',
      written(now.errorShare, formatShare),
      texts.errorsNote(count(now.failed), count(now.ok + now.failed)),
      pointsOf((f) => f.errorShare, 'less'),
    ),
    tile(
      'availability',
      written(now.availability, formatShare),
      budgetText(now, objective),
      pointsOf((f) => f.availability, 'more'),
    ),
    tile(
      'mtbf',
      written(now.mtbfMs, formatLong),
      now.incidents === 0 ? texts.noIncident : texts.incidents(count(now.incidents)),
      changeOf((f) => f.mtbfMs, 'more'),
    ),
    tile(
      'mttr',
      written(now.mttrMs, formatLong),
      now.incidents === 0 ? texts.noIncident : texts.recoverNote,
      changeOf((f) => f.mttrMs, 'less'),
    ),
    tile(
      'cost',
      formatUSD(now.costUSD),
      costText(now),
      changeOf((f) => f.costUSD, 'less'),
    ),
    tile(
      'cache',
      written(now.cacheShare, formatShare),
      texts.cacheNote,
      pointsOf((f) => f.cacheShare, 'more'),
    ),
    tile(
      'satisfaction',
      written(now.satisfaction, formatShare),
      now.satisfaction === undefined
        ? texts.noThumbs
        : texts.thumbs(count(now.up), count(now.down)),
      pointsOf((f) => f.satisfaction, 'more'),
    ),
    tile(
      'accepted',
      count(now.accepted),
      now.costPerAccepted === undefined
        ? ''
        : texts.costPerAccepted(formatUSD(now.costPerAccepted)),
      changeOf((f) => f.accepted, 'more'),
    ),
  ];
}

/** "+12 %, worse". */
export function relativeChange(
  now: number | undefined,
  before: number | undefined,
  wish: Wish,
): Change | undefined {
  if (now === undefined || before === undefined) return undefined;
  if (now === before) return { text: texts.change.same, tone: 'neutral' };
  if (before === 0) return { text: texts.change.new, tone: 'neutral' };
  const share = (now - before) / before;
  return changed(share, `${signed(share)}${formatShare(Math.abs(share))}`, wish);
}

/** The same for shares: "−0.3 points, better". */
export function pointChange(
  now: number | undefined,
  before: number | undefined,
  wish: Wish,
): Change | undefined {
  if (now === undefined || before === undefined) return undefined;
  if (now === before) return { text: texts.change.same, tone: 'neutral' };
  const points = (now - before) * 100;
  return changed(points, signed(points) + texts.points(formatNumber(Math.abs(points))), wish);
}

function changed(by: number, text: string, wish: Wish): Change {
  if (wish === 'neither') return { text, tone: 'neutral' };
  const tone = by > 0 === (wish === 'more') ? 'better' : 'worse';
  return { text: `${text}, ${texts.change[tone]}`, tone };
}

function signed(value: number): string {
  return value > 0 ? '+' : '−';
}

function written(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? texts.none : format(value);
}

function budgetText({ budgetLeft }: Figures, objective: number): string {
  if (budgetLeft === undefined) return '';
  return budgetLeft <= 0
    ? texts.budgetSpent(formatShare(objective))
    : texts.budgetLeft(formatShare(objective), formatShare(budgetLeft));
}

function costText({ costUSD, requests, unpriced }: Figures): string {
  if (unpriced > 0) return texts.unpriced(formatNumber(unpriced));
  return requests === 0 ? '' : texts.perRequest(formatUSD(costUSD / requests));
}
