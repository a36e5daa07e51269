import * as v from 'valibot';
import { isContentBlock } from '../contentBlock';
import type { ContentBlock, StopReason, Usage } from '../types';

/** A whole answer as it is kept: what a `Reply` needs besides the time it took. */
export interface KeptAnswer {
  /** The model that answered, as the server named it. */
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly text: string;
  readonly thinking: string;
  readonly stopReason: StopReason;
  /** What it took to get it. */
  readonly usage: Usage;
  /** What it cost, US$: saved each time that it is served. */
  readonly costUSD: number | undefined;
  /** When it came, ms since 1970. */
  readonly at: number;
}

const tokens = v.pipe(v.number(), v.minValue(0));

const keptAnswerSchema = v.object({
  model: v.string(),
  content: v.array(v.custom<ContentBlock>(isContentBlock)),
  text: v.string(),
  thinking: v.string(),
  stopReason: v.string(),
  usage: v.object({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWriteTokens: tokens,
  }),
  costUSD: v.optional(v.pipe(v.number(), v.minValue(0)), () => undefined),
  at: v.pipe(v.number(), v.finite()),
}) satisfies v.GenericSchema<unknown, KeptAnswer>;

/** An answer that was written down, or `undefined` when it is none (any more). */
export function parseKeptAnswer(json: string): KeptAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const result = v.safeParse(keptAnswerSchema, value);
  return result.success ? result.output : undefined;
}

/** Whether the reply ended by itself: one that was cut, refused, or wants a tool to run is no answer to the next who asks. */
export function isKeepable({ stopReason }: KeptAnswer): boolean {
  return stopReason === 'end_turn' || stopReason === 'stop_sequence';
}
