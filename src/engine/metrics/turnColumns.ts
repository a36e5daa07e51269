import { NO_WORD } from './metricsHistory';
import type { RequestColumns, WordColumn } from './metricsHistory';
import { streamRate } from './streamRate';

/** `undefined` where there is none. */
export function wordOf({ names, values }: WordColumn, index: number): string | undefined {
  const at = values[index] ?? NO_WORD;
  return at === NO_WORD ? undefined : names[at];
}

/** Times in ms, NaN where a turn has none. */
export interface TurnFigures {
  readonly firstTokenMs: number;
  readonly totalMs: number;
  /** Those of caches among them. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Output tokens per second, of a turn that was answered; `undefined` where it says nothing. */
  readonly rate: number | undefined;
}

export function turnFigures(columns: RequestColumns, index: number): TurnFigures {
  const firstTokenMs = columns.firstTokenMs[index] ?? Number.NaN;
  const totalMs = columns.totalMs[index] ?? Number.NaN;
  const outputTokens = columns.outputTokens[index] ?? 0;
  return {
    firstTokenMs,
    totalMs,
    inputTokens:
      (columns.inputTokens[index] ?? 0) +
      (columns.cacheReadTokens[index] ?? 0) +
      (columns.cacheWriteTokens[index] ?? 0),
    outputTokens,
    rate: streamRate(totalMs - firstTokenMs, outputTokens),
  };
}
