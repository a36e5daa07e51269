import { modelFamily } from '../../models/family';
import type { EngineSettings } from '../../settings';
import type { ChatRequest } from '../../types';

/** What a reply asks for beyond what its kind needed so far. */
const HEADROOM = 1.5;
/**
 * A longer reply moves the level by this share of the difference, a shorter one by the other: it settles where about one reply in
 * twelve is longer (an expectile of 0.92) and forgets a long one in some forty.
 */
const UP = 0.5;
const DOWN = 0.04;
/** Asked for in multiples, so that the figure does not change with every reply. */
const STEP = 256;
/** Kinds that are remembered; names of models come from outside. */
const MAX_KINDS = 200;

/**
 * `max_tokens` that adjusts itself. A small figure bounds what a runaway reply costs and what is reserved of the output-token limit; a
 * reply that needs more shows in what its kind (action and model family) needed before.
 */
export class ReplyLengths {
  /** Output tokens that a high share of the replies stays under, by kind. */
  readonly #levels = new Map<string, number>();
  readonly #settings: () => EngineSettings['reply'];

  constructor(settings: () => EngineSettings['reply']) {
    this.#settings = settings;
  }

  /** Visible tokens to ask for: what similar requests needed and half as much again, from `initialMaxTokens` to `maxTokens`. `request.maxTokens` wins. */
  visibleTokens(request: ChatRequest): number {
    if (request.maxTokens !== undefined) return request.maxTokens;
    const { initialMaxTokens, maxTokens } = this.#settings();
    const level = this.#levels.get(kindOf(request)) ?? 0;
    const needed = Math.ceil((level * HEADROOM) / STEP) * STEP;
    return Math.min(Math.max(initialMaxTokens, needed), maxTokens);
  }

  /**
   * Told of every reply that came to its end. `outputTokens` as the server reported them (with thinking, which only errs on the high side), `cut`: it ended at `max_tokens`;
   * `visibleTokens`: what had been asked for. A cut reply doubles what its kind asks for next.
   */
  learn(
    request: ChatRequest,
    outcome: {
      readonly outputTokens: number;
      readonly cut: boolean;
      readonly visibleTokens: number;
    },
  ): void {
    const kind = kindOf(request);
    const level = this.#levels.get(kind) ?? 0;
    const next = outcome.cut
      ? Math.max(level, Math.floor((2 * outcome.visibleTokens) / HEADROOM))
      : level + (outcome.outputTokens - level) * (outcome.outputTokens > level ? UP : DOWN);
    // The ceiling may be lowered later; above it nothing is of use, and it would take long to forget.
    this.#levels.set(kind, Math.min(next, this.#settings().maxTokens));
    if (this.#levels.size > MAX_KINDS) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const kind of this.#levels.keys()) {
      this.#levels.delete(kind);
      return;
    }
  }
}

function kindOf({ action, model }: ChatRequest): string {
  return `${action} ${modelFamily(model)}`;
}
