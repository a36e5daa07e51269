import { assertNever } from '../../base/assertNever';
import type { EffectChange, EffectFigure } from '../../engine/metrics/effect/evaluateEffect';
import { formatMs, formatRate, formatShare, formatUSD } from '../format';
import { percentText, pointsText, signOf } from '../judgements';
import type { Translate } from '../translate';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOTHING = '–';

export function effectLabel(figure: EffectFigure, t: Translate): string {
  switch (figure) {
    case 'firstTokenP50':
      return t('Time to first token, P50');
    case 'firstTokenP95':
      return t('Time to first token, P95');
    case 'totalP50':
      return t('Time of a whole answer, P50');
    case 'tokensPerSecond':
      return t('Output tokens per second');
    case 'errorShare':
      return t('Share of failures');
    case 'spread':
      return t('Spread of the time to first token');
    case 'mtbf':
      return t('Time between failures of the service');
    case 'costPerAnswer':
      return t('Cost of an answer');
    case 'costPerAccepted':
      return t('Cost of an answer that was used');
    case 'satisfaction':
      return t('Thumbs up among all thumbs');
    default:
      return assertNever(figure);
  }
}

/** A figure as it is read; a dash where there is none. */
export function effectValue(figure: EffectFigure, value: number | undefined, t: Translate): string {
  if (value === undefined) return NOTHING;
  switch (figure) {
    case 'firstTokenP50':
    case 'firstTokenP95':
    case 'totalP50':
      return formatMs(value);
    case 'mtbf':
      return lengthText(value, t);
    case 'tokensPerSecond':
      return formatRate(value);
    case 'errorShare':
    case 'spread':
    case 'satisfaction':
      return formatShare(value);
    case 'costPerAnswer':
    case 'costPerAccepted':
      return formatUSD(value);
    default:
      return assertNever(figure);
  }
}

/** "+12 %"; shares in points, since a share of a share is misread. */
export function effectChangeText({ figure, before, after }: EffectChange, t: Translate): string {
  if (before === undefined || after === undefined) return NOTHING;
  if (isShare(figure)) return pointsText(after - before, 1, t);
  return before === 0 ? NOTHING : percentText(after / before);
}

/** "−400 ms … −200 ms". */
export function intervalText({ figure, interval }: EffectChange, t: Translate): string {
  if (!interval) return NOTHING;
  const text = (value: number): string => {
    if (interval.of === 'ratio') return percentText(value);
    if (isShare(figure)) return pointsText(value, 1, t);
    return `${signOf(value)}${effectValue(figure, Math.abs(value), t)}`;
  };
  return `${text(interval.low)} … ${text(interval.high)}`;
}

/** How long something is, in its largest units: "3 days", "5 h", "2 min". */
export function lengthText(ms: number, t: Translate): string {
  if (ms >= 2 * DAY_MS) return t('{0} days', Math.round(ms / DAY_MS));
  if (ms >= 2 * HOUR_MS) return t('{0} h', Math.round(ms / HOUR_MS));
  return formatMs(ms);
}

function isShare(figure: EffectFigure): boolean {
  return figure === 'errorShare' || figure === 'spread' || figure === 'satisfaction';
}
