import { AbortError, limited } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Compaction } from '../../engine/ports';
import { estimateTextTokens } from '../../engine/models/tokenEstimate';
import { compactionPrompt } from './compactionPlan';
import type { CompactionPlan } from './compactionPlan';
import { titleFrom, titlePrompt } from './titleJob';
import type { TurnTarget } from './turnRun';

/** A title that takes longer is not worth waiting for, ms. */
const TITLE_LIMIT_MS = 20_000;
const TITLE_TOKENS = 64;
/** A summary reads the whole window, ms. */
const SUMMARY_LIMIT_MS = 180_000;
const SUMMARY_TOKENS = 2_048;

export interface SmallJobsDeps {
  readonly clock: Clock;
  /** The fast model; `undefined` where there is nowhere to ask. */
  readonly target: () => TurnTarget | undefined;
}

/** What a job belongs to. */
export interface JobOwner {
  readonly conversationId: string;
  /** Whether its answers may be kept. */
  readonly isKept: boolean;
}

interface Job extends JobOwner {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly limitMs: number;
}

/** Asks the fast model for what the chat needs beside its answers. Each job is a request of its own, measured and paid as any other. */
export class SmallJobs {
  readonly #deps: SmallJobsDeps;

  constructor(deps: SmallJobsDeps) {
    this.#deps = deps;
  }

  /** A title for what was asked and answered; `undefined` when none came of it. Rejects as the request does. */
  async title(
    turn: { readonly prompt: string; readonly text: string },
    owner: JobOwner,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const prompt = titlePrompt(turn.prompt, turn.text);
    const job = { ...owner, prompt, maxTokens: TITLE_TOKENS, limitMs: TITLE_LIMIT_MS };
    return titleFrom(await this.#ask(job, signal));
  }

  /** Rejects as the request does, and when the model said nothing. */
  async summary(plan: CompactionPlan, owner: JobOwner, signal: AbortSignal): Promise<Compaction> {
    const window = this.#deps.target()?.contextWindow ?? 0;
    const prompt = compactionPrompt(plan, window);
    const job = { ...owner, prompt, maxTokens: SUMMARY_TOKENS, limitMs: SUMMARY_LIMIT_MS };
    const summary = (await this.#ask(job, signal)).trim();
    if (summary === '') throw new Error('the model gave no summary');
    return {
      throughTurnId: plan.throughTurnId,
      summary,
      tokensBefore: plan.tokens,
      tokensAfter: estimateTextTokens(summary),
      at: this.#deps.clock.wallNow(),
    };
  }

  async #ask(job: Job, outer: AbortSignal): Promise<string> {
    const target = this.#deps.target();
    if (!target) throw new Error('there is no endpoint to ask');
    const { limitMs } = job;
    const reply = await limited((signal) => target.stream(requestOf(job, target), quiet(signal)), {
      signal: outer,
      limitMs,
      clock: this.#deps.clock,
      reason: () => new AbortError(`took longer than ${limitMs} ms`),
    });
    return reply.text;
  }
}

function quiet(signal: AbortSignal) {
  return { signal, onEvent: (): void => undefined };
}

function requestOf({ prompt, maxTokens, conversationId, isKept }: Job, { model }: TurnTarget) {
  return {
    model,
    action: 'inline',
    thinking: 'off',
    temperature: 0,
    maxTokens,
    conversationId,
    messages: [{ role: 'user', content: prompt }],
    ...(isKept ? {} : { unkept: true }),
  } as const;
}
