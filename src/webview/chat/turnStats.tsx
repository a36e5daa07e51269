import type { JSX } from 'preact';
import type { TurnStatsView } from '../../protocol/turn';
import { formatCount, formatDuration, formatExact } from '../shared/format';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';

interface TurnStatsProps {
  readonly model: string;
  readonly stats: TurnStatsView | undefined;
  /** The button for more of it, where there is more. */
  readonly details:
    { readonly isOpen: boolean; readonly id: string; readonly toggle: () => void } | undefined;
}

interface Part {
  readonly text: string;
  readonly hint?: string;
  readonly isBadge?: boolean;
  /** Left out where there is little room. */
  readonly isMinor?: boolean;
}

/** One quiet line: which model, how fast, how much, for how much. */
export function TurnStats({ model, stats, details }: TurnStatsProps): JSX.Element {
  const parts: Part[] = [{ text: model, isMinor: true }, ...(stats ? partsOf(stats) : [])];
  return (
    <ul class="stats" aria-label={strings.statsLabel}>
      {parts.map(({ text, hint, isBadge, isMinor }) => (
        <li key={text} class={isMinor === true ? 'minor' : undefined} title={hint}>
          {isBadge === true ? <span class="badge">{text}</span> : text}
        </li>
      ))}
      {details && (
        <li key="details">
          <button
            type="button"
            class="details-button"
            aria-expanded={details.isOpen}
            aria-controls={details.isOpen ? details.id : undefined}
            onClick={details.toggle}
          >
            {strings.details}
            <Icon name={details.isOpen ? 'chevron-up' : 'chevron-down'} />
          </button>
        </li>
      )}
    </ul>
  );
}

function partsOf(stats: TurnStatsView): Part[] {
  const parts: Part[] = [];
  if (stats.firstTokenMs !== undefined) {
    parts.push({
      text: strings.firstToken(formatDuration(stats.firstTokenMs)),
      hint: strings.firstTokenHint,
    });
  }
  parts.push({ text: strings.total(formatDuration(stats.totalMs)), hint: strings.totalHint });
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = stats;
  const hint = strings.tokensHint(
    formatExact(inputTokens),
    formatExact(outputTokens),
    formatExact(cacheReadTokens),
    formatExact(cacheWriteTokens),
  );
  parts.push({
    text: strings.tokens(formatCount(inputTokens), formatCount(outputTokens)),
    hint,
  });
  if (cacheReadTokens > 0) {
    parts.push({ text: strings.cached(formatCount(cacheReadTokens)), hint, isMinor: true });
  }
  parts.push({ text: stats.cost });
  if (stats.attempts > 1) {
    parts.push({
      text: strings.attempts(stats.attempts),
      hint: strings.attemptsHint,
    });
  }
  if (stats.isServed) {
    parts.push({ text: strings.served, hint: strings.servedHint, isBadge: true });
  }
  return parts;
}
