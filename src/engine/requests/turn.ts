import { abortReason, AbortError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { Pricing } from '../metrics/pricing';
import type { MetricsRecorder } from '../metrics/recorder';
import type { RequestRecord } from '../metrics/snapshot';
import { newProgress } from '../models/baseModel';
import { estimateTokens } from '../models/tokenEstimate';
import type { AttemptProgress, AttemptResult, BaseModel, ModelEvent } from '../models/baseModel';
import type { Limiter } from '../resilience/limiter';
import { withRetries } from '../resilience/retry';
import type { Retry } from '../resilience/retry';
import type { EngineSettings } from '../settings';
import type {
  ChatRequest,
  ContentBlock,
  Reply,
  ReplyEvent,
  TextBlock,
  Timing,
  Usage,
} from '../types';
import { addUsage, NO_USAGE } from './usage';
import { validateEnding, validateRequest } from './validateRequest';

/** Requests that one turn may add when the server pauses it again and again; past that the reply ends with `pause_turn`. */
export const MAX_CONTINUATIONS = 10;

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called synchronously, in order, from the socket's read: keep it short. When it throws, the turn is stopped and ends
   * with kind `internal`.
   */
  readonly onEvent?: ((event: ReplyEvent) => void) | undefined;
}

type Totals = Pick<Reply, 'usage' | 'timing' | 'costUSD' | 'requestId' | 'attempts'>;

/** What a turn needs of the engine around it. */
export interface TurnServices {
  readonly clock: Clock;
  readonly random: () => number;
  /** As they were when the turn started. */
  readonly settings: EngineSettings;
  readonly endpointId: string;
  readonly limiter: Limiter;
  readonly metrics: MetricsRecorder;
  readonly pricing: Pricing;
  /** @throws EngineError */
  readonly model: (name: string) => BaseModel;
}

/**
 * One question and its whole answer: the requests it takes, what they cost, how long they took. Used once.
 * Retries are outside, the queue inside: a turn that waits to try again holds no slot.
 */
export class Turn {
  readonly #request: ChatRequest;
  readonly #options: StreamOptions;
  readonly #services: TurnServices;
  readonly #startedAt: number;
  readonly #controller = new AbortController();
  /** Visible text by event; joined only at the end, so that an event costs no more than a slot in an array. */
  readonly #texts: string[] = [];
  #deaf = false;
  #consumerFault: { readonly cause: unknown } | undefined;
  #progress: AttemptProgress = newProgress();
  /** The attempt that `Timing` tells of. */
  #timed: AttemptProgress = this.#progress;
  #attempts = 0;
  #queueMs = 0;
  #backoffMs = 0;
  #requestId: string | undefined;
  #usage: Usage = NO_USAGE;
  /** `undefined` as soon as one request's price is not known. */
  #costUSD: number | undefined = 0;

  constructor(request: ChatRequest, options: StreamOptions, services: TurnServices) {
    this.#request = request;
    this.#options = options;
    this.#services = services;
    this.#startedAt = services.clock.now();
  }

  /** Ends the turn with kind `aborted`; from now on nothing is told any more. */
  abort(reason: Error): void {
    this.#deaf = true;
    this.#controller.abort(reason);
  }

  /** @throws EngineError and nothing else */
  async run(): Promise<Reply> {
    const { signal } = this.#options;
    const onAbort = (): void => {
      if (signal) this.abort(abortReason(signal));
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const { model, stopReason, content } = await this.#converse();
      const totals = this.#totals();
      this.#record(totals, { outcome: 'ok', stopReason, error: undefined });
      return { model, text: this.#texts.join(''), content, stopReason, ...totals };
    } catch (error) {
      const failure = this.#toFailure(error);
      const outcome = failure.kind === 'aborted' ? 'stopped' : 'failed';
      this.#record(this.#totals(), { outcome, stopReason: undefined, error: failure.toInfo() });
      throw failure;
    } finally {
      this.#deaf = true;
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** The turn's first request and as many more as the server's pauses ask for. */
  async #converse(): Promise<AttemptResult> {
    validateRequest(this.#request);
    const model = this.#services.model(this.#request.model);
    validateEnding(this.#request, model.info.capabilities);
    const content: ContentBlock[] = [];
    let request = this.#request;
    for (let continuation = 0; ; continuation++) {
      const result = await this.#exchange(model, request, continuation);
      content.push(...result.content);
      if (result.stopReason !== 'pause_turn' || continuation === MAX_CONTINUATIONS) {
        return { ...result, content };
      }
      // The server goes on from what it sent, given back as it came; an empty text is refused, and so is a message without any.
      const paused = sendable(content);
      if (paused.length === 0) continue;
      const answered = { role: 'assistant', content: paused } as const;
      request = { ...this.#request, messages: [...this.#request.messages, answered] };
    }
  }

  /** One request, repeated where that helps. */
  #exchange(model: BaseModel, request: ChatRequest, continuation: number): Promise<AttemptResult> {
    const { clock, random, settings, metrics } = this.#services;
    const task = {
      action: request.action,
      signal: this.#controller.signal,
      onQueued: (expectedWaitMs: number | undefined) => this.#tellQueued(expectedWaitMs),
      onStart: (waitedMs: number) => {
        this.#queueMs += waitedMs;
        this.#emit({ type: 'attempt', attempt: ++this.#attempts });
      },
    };
    const send = (): Promise<AttemptResult> => this.#send(model, request, continuation);
    return withRetries(
      (attempt) => {
        const admitted = continuation > 0 || attempt > 1;
        return this.#services.limiter.run(send, { ...task, admitted });
      },
      {
        settings: settings.retry,
        clock,
        random,
        signal: this.#controller.signal,
        promptTokens: () => estimateTokens(request),
        isVisible: () => this.#progress.visible,
        onRetry: (retry) => {
          metrics.backoffStarted();
          this.#tellRetry(retry);
        },
        onResume: (waitedMs) => {
          this.#backoffMs += waitedMs;
          metrics.backoffEnded();
        },
      },
    );
  }

  async #send(
    model: BaseModel,
    request: ChatRequest,
    continuation: number,
  ): Promise<AttemptResult> {
    const progress = newProgress();
    this.#progress = progress;
    // What a continuation shows is no first token any more.
    if (continuation === 0 || this.#timed.firstTokenAt === undefined) this.#timed = progress;
    let answeredBy: string | undefined;
    try {
      const result = await model.startReply(request, {
        signal: this.#controller.signal,
        settings: this.#services.settings,
        onEvent: this.#onModelEvent,
        progress,
      });
      answeredBy = result.model;
      return result;
    } finally {
      this.#charge(progress, answeredBy);
    }
  }

  readonly #onModelEvent = (event: ModelEvent): void => {
    // What nobody was told is no part of the partial text either.
    if (this.#deaf) return;
    if (event.type === 'text') this.#texts.push(event.text);
    this.#emit(event);
  };

  #emit(event: ReplyEvent): void {
    if (this.#deaf) return;
    try {
      this.#options.onEvent?.(event);
    } catch (cause) {
      this.#consumerFault = { cause };
      this.abort(new AbortError('the reader of the reply failed'));
    }
  }

  #tellQueued(expectedWaitMs: number | undefined): void {
    this.#emit({
      type: 'waiting',
      reason: 'queue',
      ...(expectedWaitMs === undefined ? {} : { waitMs: expectedWaitMs }),
    });
  }

  #tellRetry(retry: Retry): void {
    this.#emit({ type: 'retry', ...retry });
    this.#emit({ type: 'waiting', reason: 'backoff', waitMs: retry.delayMs });
  }

  /** Adds up what a request took, well ended or not. */
  #charge(progress: AttemptProgress, answeredBy: string | undefined): void {
    const { pricing } = this.#services;
    this.#requestId = progress.requestId ?? this.#requestId;
    this.#usage = addUsage(this.#usage, progress.usage);
    const cost =
      pricing.costUSD(this.#request.model, progress.usage) ??
      (answeredBy === undefined ? undefined : pricing.costUSD(answeredBy, progress.usage));
    this.#costUSD =
      this.#costUSD === undefined || cost === undefined ? undefined : this.#costUSD + cost;
  }

  #totals(): Totals {
    return {
      usage: this.#usage,
      timing: this.#timing(),
      costUSD: this.#costUSD,
      requestId: this.#requestId,
      attempts: this.#attempts,
    };
  }

  #toFailure(error: unknown): EngineError {
    const partialText = this.#texts.join('');
    const { requestId } = this.#progress;
    if (this.#consumerFault) {
      return new EngineError(
        'internal',
        'What reads this reply failed, so it was stopped. This is a fault of Pulse; please report it.',
        { cause: this.#consumerFault.cause, requestId, partialText },
      );
    }
    if (this.#controller.signal.aborted) {
      return new EngineError('aborted', 'The reply was stopped.', {
        cause: error,
        requestId,
        partialText,
      });
    }
    if (error instanceof EngineError) return error.with({ partialText });
    return new EngineError(
      'internal',
      'Something inside Pulse failed while it waited for the reply. This is a fault of Pulse; please report it.',
      { cause: error, requestId, partialText },
    );
  }

  #record(totals: Totals, end: Pick<RequestRecord, 'outcome' | 'stopReason' | 'error'>): void {
    const { endpointId, metrics } = this.#services;
    const { model, action } = this.#request;
    metrics.turnEnded({ endpointId, model, action, ...end, ...totals });
  }

  #timing(): Timing {
    const { connectMs, firstByteAt, firstTokenAt } = this.#timed;
    return {
      queueMs: this.#queueMs,
      backoffMs: this.#backoffMs,
      connectMs,
      firstByteMs: this.#sinceStart(firstByteAt),
      firstTokenMs: this.#sinceStart(firstTokenAt),
      totalMs: this.#services.clock.now() - this.#startedAt,
    };
  }

  #sinceStart(moment: number | undefined): number | undefined {
    return moment === undefined ? undefined : moment - this.#startedAt;
  }
}

/** The blocks without empty texts and without white space at the end: the API refuses both. */
function sendable(content: readonly ContentBlock[]): ContentBlock[] {
  const blocks = content.filter((block) => !isText(block) || block.text !== '');
  const last = blocks.at(-1);
  if (last === undefined || !isText(last)) return blocks;
  const text = last.text.trimEnd();
  const before = blocks.slice(0, -1);
  return text === '' ? sendable(before) : [...before, { ...last, text }];
}

function isText(block: ContentBlock): block is TextBlock {
  return block.type === 'text' && 'text' in block && typeof block.text === 'string';
}
