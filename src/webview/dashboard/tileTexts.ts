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
  const tile = (
    name: Tile['name'],
    figure: keyof Figures,
    format: (value: number) => string,
    wish: Wish,
    note = '',
  ): Tile => {
    const value = now[figure];
    // A share of a share would be read as points of it.
    const changeOf = format === formatShare ? pointChange : relativeChange;
    return {
      name,
      value: value === undefined ? texts.none : format(value),
      note,
      change: before && changeOf(value, before[figure], wish),
    };
  };
  const count = formatNumber;
  const little: Change = { text: texts.change.little, tone: 'neutral' };
  const requests = tile(
    'requests',
    'requests',
    count,
    'neither',
    texts.requestsNote(count(now.failed)),
  );
  const incidents = texts.incidents(count(now.incidents));
  const thumbs = texts.thumbs(count(now.up), count(now.down));
  return [
    past && !before ? { ...requests, change: little } : requests,
    tile('firstToken', 'firstTokenP50', formatDuration, 'less'),
    tile('firstTokenP95', 'firstTokenP95', formatDuration, 'less'),
    tile('rate', 'rate', count, 'more', texts.rateNote),
    tile(
      'errors',
      'errorShare',
      formatShare,
      'less',
      texts.errorsNote(count(now.failed), count(now.ok + now.failed)),
    ),
    tile('availability', 'availability', formatShare, 'more', budgetText(now, objective)),
    tile('mtbf', 'mtbfMs', formatLong, 'more', now.incidents === 0 ? texts.noIncident : incidents),
    tile(
      'mttr',
      'mttrMs',
      formatLong,
      'less',
      now.incidents === 0 ? texts.noIncident : texts.recoverNote,
    ),
    tile('cost', 'costUSD', formatUSD, 'less', costText(now)),
    tile('cache', 'cacheShare', formatShare, 'more', texts.cacheNote),
    tile(
      'satisfaction',
      'satisfaction',
      formatShare,
      'more',
      now.satisfaction === undefined ? texts.noThumbs : thumbs,
    ),
    tile('accepted', 'accepted', count, 'more', acceptedText(now)),
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

function acceptedText({ costPerAccepted }: Figures): string {
  return costPerAccepted === undefined ? '' : texts.costPerAccepted(formatUSD(costPerAccepted));
}
