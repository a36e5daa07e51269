import type { JSX } from 'preact';
import type { TurnStatsView } from '../../protocol/chat';
import { formatCount, formatDuration, formatExact } from '../shared/format';
import { strings } from '../shared/strings';

interface TurnStatsProps {
  readonly model: string;
  readonly stats: TurnStatsView | undefined;
}

interface Part {
  readonly text: string;
  readonly hint?: string;
}

/** One quiet line: which model, how fast, how much, for how much. */
export function TurnStats({ model, stats }: TurnStatsProps): JSX.Element {
  const parts = [{ text: model }, ...(stats ? partsOf(stats) : [])];
  return (
    <ul class="stats" aria-label={strings.statsLabel}>
      {parts.map(({ text, hint }: Part) => (
        <li key={text} title={hint}>
          {text}
        </li>
      ))}
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
  parts.push({ text: strings.tokens(formatCount(inputTokens), formatCount(outputTokens)), hint });
  if (cacheReadTokens > 0) parts.push({ text: strings.cached(formatCount(cacheReadTokens)), hint });
  parts.push({ text: stats.cost });
  if (stats.attempts > 1) {
    parts.push({ text: strings.attempts(stats.attempts), hint: strings.attemptsHint });
  }
  return parts;
}
