import type { Alert } from '../../engine/metrics/alerts/alertBook';
import type { Translate } from '../translate';
import { alertText } from './alertTexts';

/** What the status bar adds for alerts that are not snoozed. */
export interface StatusAlert {
  /** The worst of them. */
  readonly tone: 'warning' | 'error';
  /** The newest of the worst in a few words, and how many more there are: "Availability is below its objective +1". */
  readonly text: string;
  /** A sentence for each, the newest first, for the tooltip and the screen reader. */
  readonly sentences: readonly string[];
}

/** `undefined` while all is well, or what is not is snoozed. */
export function statusAlert(active: readonly Alert[], t: Translate): StatusAlert | undefined {
  const shown = active.filter(({ snoozedUntil }) => snoozedUntil === undefined).toReversed();
  const worst = shown.find(({ level }) => level === 'error') ?? shown[0];
  if (worst === undefined) return undefined;
  const { title } = alertText(worst, t);
  return {
    tone: worst.level,
    text: shown.length === 1 ? title : `${title} +${shown.length - 1}`,
    sentences: shown.map((alert) => alertText(alert, t).sentence),
  };
}
