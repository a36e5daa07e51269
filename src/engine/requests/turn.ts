import { abortReason, AbortError } from '../../base/abort';
import { EngineError } from '../errors';
import type { RequestRecord } from '../metrics/snapshot';
import type { AttemptResult, ModelEvent } from '../models/baseModel';
import { estimateTextTokens } from '../models/tokenEstimate';
import { faultClass } from '../resilience/faultClass';
import type { ChatRequest, ContentBlock, Reply, ReplyEvent, TurnTotals } from '../types';
import type { TurnIO } from './attempt';
import { awaitMoment } from './awaitMoment';
import { joinContent } from './continuation/joinContent';
import { Seam } from './continuation/seam';
import { Exchange } from './exchange';
import { NOTHING_SO_FAR, Preparation } from './preparation';
import type { Prepared, ReplySoFar } from './preparation';
import type { Route } from './router';
import { TurnLedger } from './turnLedger';
import type { TurnServices } from './turnServices';
import { validateRequest } from './validateRequest';

/** Requests that one turn may add when the server pauses it again and again; past that the reply ends with `pause_turn`. */
export const MAX_PAUSES = 10;
/** Times that one reply is gone on with by itself; each time it had grown. */
export const MAX_CONTINUATIONS = 8;

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called synchronously, in order, from the socket's read: keep it short. When it throws, the turn is stopped and ends
   * with kind `internal`.
   */
  readonly onEvent?: ((event: ReplyEvent) => void) | undefined;
}

/** One question and its whole answer: the requests it takes, what they cost, how long they took. Used once. */
export class Turn implements TurnIO {
  readonly request: ChatRequest;
  readonly ledger: TurnLedger;
  readonly #options: StreamOptions;
  readonly #services: TurnServices;
  readonly #controller = new AbortController();
  readonly #preparation: Preparation;
  readonly #exchange: Exchange;
  /** Visible text by event; joined only when it is needed, so that an event costs no more than a slot in an array. */
  readonly #texts: string[] = [];
  #soFar: ReplySoFar = NOTHING_SO_FAR;
  #seam: Seam | undefined;
  #hasTold = false;
  #hasThought = false;
  #usesTools = false;
  #deaf = false;
  #consumerFault: { readonly cause: unknown } | undefined;
  #continuations = 0;
  #promptTokens = 0;
  /** How many of the texts belong to blocks that are complete. */
  #closedTexts = 0;

  constructor(request: ChatRequest, options: StreamOptions, services: TurnServices) {
    this.request = request;
    this.#options = options;
    this.#services = services;
    this.ledger = new TurnLedger(services.clock, services.pricing);
    this.#preparation = new Preparation(request, services, this.signal, this.emit);
    this.#exchange = new Exchange(this, services);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get hasTold(): boolean {
    return this.#hasTold;
  }

  get hasThought(): boolean {
    return this.#hasThought;
  }

  get isUnderWay(): boolean {
    return this.#soFar !== NOTHING_SO_FAR;
  }

  get promptTokens(): number {
    return this.#promptTokens;
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
      const totals = this.ledger.totals();
      this.#record(totals, { outcome: 'ok', stopReason, error: undefined });
      return {
        model,
        text: this.#text(),
        content,
        stopReason,
        ...totals,
        endpointId: this.#endpointOf('ok'),
        continuations: this.#continuations,
        shaped: this.#preparation.notes,
      };
    } catch (error) {
      const failure = this.#toFailure(error);
      const outcome = failure.kind === 'aborted' ? 'stopped' : 'failed';
      const end = { outcome, stopReason: undefined, error: failure.toInfo() } as const;
      const took = this.ledger.totals();
      this.#record(took, end);
      throw failure.with({ took });
    } finally {
      this.#deaf = true;
      signal?.removeEventListener('abort', onAbort);
    }
  }

  readonly emit = (event: ReplyEvent): void => {
    if (this.#deaf) return;
    try {
      this.#options.onEvent?.(event);
    } catch (cause) {
      this.#consumerFault = { cause };
      this.abort(new AbortError('the reader of the reply failed'));
    }
  };

  prepare(route: Route): Prepared | Promise<Prepared> {
    return this.#preparation.prepare(route.model, this.#soFar);
  }

  began(prepared: Prepared, number: number): void {
    this.#hasTold = false;
    this.#hasThought = false;
    this.#promptTokens = prepared.estimatedTokens;
    this.#seam = prepared.seam && new Seam(prepared.seam);
    this.emit({ type: 'attempt', attempt: number });
  }

  readonly tell = (event: ModelEvent): void => {
    // What nobody was told is no part of the partial text either.
    if (this.#deaf) return;
    if (event.type === 'text') {
      if (this.#seam) {
        this.#tellText(this.#seam.push(event.text));
        return;
      }
      this.#hasTold = true;
      this.#texts.push(event.text);
    } else if (event.type === 'tool_use') {
      this.#hasTold = true;
      this.#usesTools = true;
    } else {
      this.#hasThought = true;
    }
    this.emit(event);
  };

  #tellText(text: string): void {
    if (text === '') return;
    this.#hasTold = true;
    this.#texts.push(text);
    this.emit({ type: 'text', text });
  }

  /** What the seam still holds back belongs to the reply, however it ends. */
  #closeSeam(): void {
    const seam = this.#seam;
    this.#seam = undefined;
    if (seam && !this.#deaf) this.#tellText(seam.flush());
  }

  /** The turn's first request and as many more as pauses and breaks ask for. */
  async #converse(): Promise<AttemptResult> {
    validateRequest(this.request);
    await awaitMoment(this, this.#services);
    if (this.#base !== '') this.#soFar = { paused: [], partial: this.#base };
    let pauses = 0;
    for (;;) {
      const result = await this.#exchangeOrResume();
      if (!result) continue;
      const content = this.#contentAfter(result);
      if (result.stopReason === 'pause_turn' && pauses++ < MAX_PAUSES) {
        this.#closedTexts = this.#texts.length;
        this.#goOn({ paused: content, partial: '' });
      } else if (this.#isCutBelowLimit(result)) {
        this.#resume(undefined);
      } else {
        return { ...result, content };
      }
    }
  }

  /** `undefined`: the reply broke off after visible text, and is to be gone on with; or in another way than was tried. */
  async #exchangeOrResume(): Promise<AttemptResult | undefined> {
    try {
      const result = await this.#exchange.run();
      this.#closeSeam();
      return result;
    } catch (error) {
      this.#closeSeam();
      if (!(error instanceof EngineError)) throw error;
      if (error.kind === 'invalid_request' && this.#preparation.giveUpPrefill()) return undefined;
      if (!this.#mayResume(error)) throw error;
      if (!(await this.#exchange.mayGoOn(error, this.#continuations + 1))) throw error;
      this.#resume(error);
      return undefined;
    }
  }

  #mayResume(error: EngineError): boolean {
    const { autoContinue } = this.#services.settings.reply;
    if (autoContinue === 'off' || !this.#hasTold || this.#usesTools) return false;
    if (this.signal.aborted || this.#continuations >= MAX_CONTINUATIONS) return false;
    return faultClass(error) !== 'none';
  }

  /** Whether the reply was cut only because `max_tokens` started low. */
  #isCutBelowLimit({ stopReason }: AttemptResult): boolean {
    const { autoContinue, maxTokens } = this.#services.settings.reply;
    if (stopReason !== 'max_tokens' || autoContinue !== 'always') return false;
    // A limit that the caller named is meant.
    if (this.request.maxTokens !== undefined || this.#usesTools || !this.#hasTold) return false;
    // Thinking took its part of what was asked for, so only the text tells how long the reply is.
    const visible = estimateTextTokens(this.#text());
    return visible < maxTokens && this.#continuations < MAX_CONTINUATIONS;
  }

  #resume(error: EngineError | undefined): void {
    this.#continuations++;
    this.#goOn({ paused: this.#soFar.paused, partial: this.#openText() });
    this.emit({
      type: 'resumed',
      continuation: this.#continuations,
      ...(error ? { error: error.toInfo() } : {}),
    });
  }

  /** From now on a failure is that of the next request, which has told nothing yet. */
  #goOn(soFar: ReplySoFar): void {
    this.#soFar = soFar;
    this.#hasTold = false;
    this.#hasThought = false;
  }

  get #base(): string {
    return this.request.partial ?? '';
  }

  /** The visible reply so far. */
  #text(): string {
    return this.#base + this.#texts.join('');
  }

  /** That of it which is in no complete block yet. */
  #openText(): string {
    if (this.#closedTexts === 0) return this.#text();
    return this.#texts.slice(this.#closedTexts).join('');
  }

  #contentAfter(result: AttemptResult): readonly ContentBlock[] {
    const { paused, partial } = this.#soFar;
    if (partial === '')
      return paused.length === 0 ? result.content : [...paused, ...result.content];
    return joinContent(paused, this.#openText(), result.content);
  }

  #toFailure(error: unknown): EngineError {
    const partialText = this.#text();
    const { requestId } = this.ledger;
    if (this.#consumerFault) {
      return new EngineError(
        'internal',
        'What reads this reply failed, so it was stopped. This is a fault of Pulse; please report it.',
        { cause: this.#consumerFault.cause, requestId, partialText },
      );
    }
    if (this.signal.aborted) {
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

  #endpointOf(outcome: RequestRecord['outcome']): string {
    const answeredAt = outcome === 'ok' ? this.ledger.answeredAt : undefined;
    return answeredAt ?? this.#exchange.endpointId;
  }

  #record(totals: TurnTotals, end: Pick<RequestRecord, 'outcome' | 'stopReason' | 'error'>): void {
    const { action } = this.request;
    this.#services.metrics.turnEnded({
      endpointId: this.#endpointOf(end.outcome),
      model: this.#exchange.modelName,
      action,
      continuations: this.#continuations,
      ...end,
      ...totals,
    });
  }
}
