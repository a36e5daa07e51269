import { EngineError } from '../../errors';
import { addMessage, emptySize, tokensOf } from '../../models/tokenEstimate';
import type { EngineSettings } from '../../settings';
import type { ChatRequest, Message, ShapeNote } from '../../types';
import type { Draft } from './draft';
import { firstKept, nextStart } from './history';
import { bodyBytes, isWithin, NEAR_LIMIT, type InputLimits, type Load } from './inputLimits';
import { tooLarge } from './tooLarge';

/** What fitting needs beside the request: see `ShapeContext`. */
export interface FitContext {
  readonly settings: Pick<EngineSettings, 'shaping'>;
  readonly calibration: number;
  readonly count: (request: ChatRequest) => Promise<number | undefined>;
  readonly summarise: ((messages: readonly Message[]) => Promise<string>) | undefined;
}

/** A request within its limits. */
export interface Fitted {
  readonly request: ChatRequest;
  readonly notes: readonly ShapeNote[];
  /** As estimated, before calibration. */
  readonly inputTokens: number;
}

/** Counted once more after dropping only from this share of the limit on: the estimate is calibrated by this very conversation then. */
const NEAR_LIMIT_AGAIN = 0.9;
/** After so many counts the calibrated estimate decides. */
const MAX_COUNTS = 4;
/** Kept free for a summary: this share of the limit, at most so many tokens. */
const SUMMARY_SHARE = 0.125;
const MAX_SUMMARY_TOKENS = 4_096;

const SUMMARY_HEADING =
  '[A summary of the earlier part of this conversation, which no longer fits. A model wrote it; the messages are not here any more.]';
const SUMMARY_ANSWER = 'I have read the summary and go on from there.';

/**
 * Counts where the estimate is not good enough, and drops or summarises the oldest turns until the request is within its limits.
 * @throws EngineError `request_too_large` when the question alone is not; `aborted` when counting or summarising was
 */
export async function fitHistory(
  draft: Draft,
  context: FitContext,
  limits: InputLimits,
): Promise<Fitted> {
  const summarise =
    context.settings.shaping.history === 'summarise' ? context.summarise : undefined;
  const room = summarise
    ? Math.min(MAX_SUMMARY_TOKENS, Math.floor(limits.tokens * SUMMARY_SHARE))
    : 0;
  const fitting = new Fitting(context, limits, { ...limits, tokens: limits.tokens - room });
  const { draft: kept, tokens, factor } = await fitting.fit(draft);
  const estimated = tokensOf(kept.size);
  if (summarise && kept.first > 0) {
    const summary = await unlessAborted(summarise(kept.dropped));
    const pair = summary?.trim() ? summaryPair(summary) : [];
    const added = estimate(pair);
    if (added > 0 && tokens + Math.ceil(added * factor) <= limits.tokens) {
      const request = { ...kept.request, messages: [...pair, ...kept.request.messages] };
      const notes = kept.notes(factor, 'summarised');
      return { request, notes, inputTokens: estimated + added };
    }
  }
  return { request: kept.request, notes: kept.notes(factor), inputTokens: estimated };
}

class Fitting {
  readonly #context: FitContext;
  readonly #limits: InputLimits;
  /** The limits once something has to go. */
  readonly #target: InputLimits;
  /** Real tokens for an estimated one, as far as known. */
  #factor: number;
  #bytesPerByte = 1;
  #counts = 0;

  constructor(context: FitContext, limits: InputLimits, target: InputLimits) {
    this.#context = context;
    this.#limits = limits;
    this.#target = target;
    this.#factor = context.calibration;
  }

  async fit(
    draft: Draft,
  ): Promise<{ readonly draft: Draft; readonly tokens: number; readonly factor: number }> {
    for (let current = draft; ;) {
      const load = await this.#load(current);
      const fits = isWithin(load, current.first === 0 ? this.#limits : this.#target);
      const first = fits ? undefined : this.#dropMore(current);
      if (first !== undefined) {
        current = current.startingAt(first);
      } else if (fits || isWithin(load, this.#limits)) {
        return { draft: current, tokens: load.tokens, factor: this.#factor };
      } else {
        throw tooLarge(current.request.model, load, this.#limits);
      }
    }
  }

  async #load({ request, size }: Draft): Promise<Load> {
    const bytes = bodyBytes(request, size);
    this.#bytesPerByte = bytes / Math.max(1, size.bodyBytes);
    const estimated = tokensOf(size);
    const load = {
      tokens: Math.ceil(estimated * this.#factor),
      images: size.images,
      bodyBytes: bytes,
    };
    const near = this.#counts === 0 ? NEAR_LIMIT : NEAR_LIMIT_AGAIN;
    // What is too large in another way would be refused as a question to count, too.
    const isWorthCounting =
      load.tokens >= this.#limits.tokens * near &&
      isWithin({ ...load, tokens: 0 }, this.#limits) &&
      this.#counts < MAX_COUNTS;
    if (!isWorthCounting) return load;
    this.#counts++;
    const counted = await unlessAborted(this.#context.count(request));
    if (counted === undefined) return load;
    this.#factor = counted / Math.max(1, estimated);
    return { ...load, tokens: counted };
  }

  /** Index of the first message to keep next; `undefined` when only the question is left. */
  #dropMore({ whole, first }: Draft): number | undefined {
    const wanted = firstKept(whole, this.#target, this.#factor, this.#bytesPerByte);
    return wanted > first ? wanted : nextStart(whole.messages, first);
  }
}

function summaryPair(summary: string): readonly Message[] {
  return [
    { role: 'user', content: `${SUMMARY_HEADING}\n\n${summary.trim()}` },
    { role: 'assistant', content: SUMMARY_ANSWER },
  ];
}

function estimate(messages: readonly Message[]): number {
  const size = emptySize();
  for (const message of messages) addMessage(size, message);
  return tokensOf(size);
}

/** Its value, or `undefined` when it failed: shaping can do without. @throws the error of who stopped it */
async function unlessAborted<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isAbort(error)) throw error;
    return undefined;
  }
}

function isAbort(error: unknown): boolean {
  if (error instanceof EngineError) return error.kind === 'aborted';
  return error instanceof Error && error.name === 'AbortError';
}
