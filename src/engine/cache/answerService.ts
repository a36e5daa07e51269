import { abortable, abortReason, within } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { MetricsRecorder } from '../metrics/recorder';
import type { KeySource } from '../ports';
import { NO_USAGE } from '../requests/usage';
import type { EngineSettings } from '../settings';
import type {
  ChatRequest,
  Endpoint,
  ModelInfo,
  Reply,
  ReplyEvent,
  ServedFrom,
  Timing,
} from '../types';
import { sentTemperature } from '../models/requestBody';
import type { AnswerCache } from './answerCache';
import { cacheKey } from './cacheKey';
import { cachePolicy } from './cachePolicy';
import type { CachePolicy } from './cachePolicy';
import { InFlight } from './inFlight';
import type { KeptAnswer } from './keptAnswer';
import { mergeReplyEvents } from './mergeReplyEvents';

/** Who waits for an answer. */
export interface Asker {
  readonly signal: AbortSignal;
  readonly onEvent: (event: ReplyEvent) => void;
}

export interface AnswerServiceOptions {
  readonly clock: Clock;
  readonly cache: AnswerCache;
  readonly keys: KeySource;
  readonly metrics: () => MetricsRecorder;
  readonly settings: () => EngineSettings;
}

/** A request with where it would go. */
export interface Question {
  readonly request: ChatRequest;
  readonly endpoint: Endpoint;
  readonly info: ModelInfo;
}

/** Milliseconds for the store of keys to answer. */
const KEY_MS = 2_000;

type Run = (asker: Asker) => Promise<Reply>;

/** Answers from what is kept or under way where that is right; everything else is asked. */
export class AnswerService {
  readonly #options: AnswerServiceOptions;
  readonly #inFlight = new InFlight<ReplyEvent, Reply>();

  constructor(options: AnswerServiceOptions) {
    this.#options = options;
  }

  /** What may be kept or shared of this question; `undefined` for nothing, the usual case of a chat, which costs nothing here. */
  policy({ request, endpoint, info }: Question): CachePolicy | undefined {
    const { cache, reply } = this.#options.settings();
    // What goes on from a broken reply, or waits for its moment, is this asker's alone.
    if (request.partial !== undefined || request.notBefore !== undefined) return undefined;
    const temperature = sentTemperature(request, info.capabilities, endpoint, reply);
    const policy = cachePolicy(request, cache, temperature);
    return policy.share || policy.read || policy.write ? policy : undefined;
  }

  /** @throws EngineError */
  async answer(question: Question, policy: CachePolicy, from: Asker, run: Run): Promise<Reply> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    let told = '';
    const asker: Asker = {
      signal: from.signal,
      onEvent: (event) => {
        if (event.type === 'text') told += event.text;
        from.onEvent(event);
      },
    };
    try {
      const key = await this.#keyOf(question, asker.signal);
      // The turn itself asks for the key again, and says what is wrong with it.
      if (key === undefined) return await run(asker);
      if (policy.read) {
        const found = await this.#options.cache.get(key, asker.signal);
        if (found) return this.#serve(found.answer, found.from, question, asker, startedAt);
      }
      const kept: Run = (io) => this.#runAndKeep(key, question, policy, io, run);
      if (!policy.share) return await kept(asker);
      return await this.#share(key, question, asker, kept, startedAt);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      if (asker.signal.aborted) {
        const cause = abortReason(asker.signal);
        throw new EngineError('aborted', 'The reply was stopped.', { cause, partialText: told });
      }
      throw new EngineError(
        'internal',
        'Something inside Pulse failed around the reply. This is a fault of Pulse; please report it.',
        { cause: error, partialText: told },
      );
    }
  }

  /** `undefined` where the key that belongs into it is not to be had, or not soon. @throws the signal's reason */
  async #keyOf({ request, endpoint }: Question, signal: AbortSignal): Promise<string | undefined> {
    const { keys, clock, settings } = this.#options;
    const needsKey = endpoint.authStyle !== 'none';
    const asked = needsKey ? keys.getKey(endpoint.id, signal).catch(() => undefined) : undefined;
    const apiKey = asked && (await abortable(within(asked, KEY_MS, clock), signal));
    if (needsKey && apiKey === undefined) return undefined;
    return cacheKey({ endpoint, apiKey, request, extra: settings().reply });
  }

  async #share(
    key: string,
    question: Question,
    asker: Asker,
    run: Run,
    startedAt: number,
  ): Promise<Reply> {
    let isShared = false;
    const reply = await this.#inFlight.run(key, {
      ...asker,
      onShared: () => {
        isShared = true;
        asker.onEvent({ type: 'served', from: 'shared' });
      },
      start: run,
      merge: mergeReplyEvents,
    });
    if (!isShared) return reply;
    this.#options.cache.countShared(reply.costUSD);
    return this.#free({ ...reply, servedFrom: 'shared' }, question, startedAt);
  }

  async #runAndKeep(
    key: string,
    { request, endpoint }: Question,
    policy: CachePolicy,
    asker: Asker,
    run: Run,
  ): Promise<Reply> {
    if (!policy.write) return run(asker);
    const told = new ToldThinking();
    const reply = await run({
      signal: asker.signal,
      onEvent: (event) => {
        told.take(event);
        asker.onEvent(event);
      },
    });
    // What another model answered, or a shorter question got, is no answer to this one.
    const isOther = told.fellBack || reply.endpointId !== endpoint.id;
    if (isOther || reply.shaped.some(({ kind }) => kind !== 'compacted')) return reply;
    const { thinking } = told;
    const { model, content, text, stopReason, usage, costUSD } = reply;
    const at = this.#options.clock.wallNow();
    const answer = { model, content, text, thinking, stopReason, usage, costUSD, at };
    this.#options.cache.put(key, answer, request.conversationId);
    return reply;
  }

  #serve(
    answer: KeptAnswer,
    from: ServedFrom,
    question: Question,
    asker: Asker,
    startedAt: number,
  ): Reply {
    asker.onEvent({ type: 'served', from });
    if (answer.thinking !== '') asker.onEvent({ type: 'thinking', text: answer.thinking });
    if (answer.text !== '') asker.onEvent({ type: 'text', text: answer.text });
    const { model, text, content, stopReason } = answer;
    const reply = {
      model,
      text,
      content,
      stopReason,
      endpointId: question.endpoint.id,
      continuations: 0,
      shaped: [],
      servedFrom: from,
    };
    return this.#free(reply, question, startedAt);
  }

  /** A reply that took nothing, and its record. */
  #free(
    reply: Omit<Reply, 'usage' | 'timing' | 'costUSD' | 'requestId' | 'attempts'>,
    { request, endpoint }: Question,
    startedAt: number,
  ): Reply {
    const totals = {
      usage: NO_USAGE,
      timing: untimed(this.#options.clock.now() - startedAt),
      costUSD: 0,
      requestId: undefined,
      attempts: 0,
    };
    const { stopReason, servedFrom } = reply;
    this.#options.metrics().turnEnded({
      endpointId: endpoint.id,
      model: request.model,
      action: request.action,
      outcome: 'ok',
      stopReason,
      error: undefined,
      continuations: 0,
      ...(servedFrom ? { servedFrom } : {}),
      ...totals,
    });
    return { ...reply, ...totals };
  }
}

/** Thinking before one of these is void no more, whatever fails. */
const ENDS_VOID: ReadonlySet<ReplyEvent['type']> = new Set<ReplyEvent['type']>([
  'attempt',
  'text',
  'resumed',
]);

/** What of a reply's thinking stays, and whether another endpoint or model was asked. */
class ToldThinking {
  thinking = '';
  fellBack = false;
  #kept = 0;

  take(event: ReplyEvent): void {
    if (event.type === 'thinking') this.thinking += event.text;
    else if (ENDS_VOID.has(event.type)) this.#kept = this.thinking.length;
    else if (event.type === 'retry') this.thinking = this.thinking.slice(0, this.#kept);
    else if (event.type === 'fallback') this.fellBack = true;
  }
}

/** Without a first token: how fast a kept answer was says nothing about a model. */
function untimed(totalMs: number): Timing {
  return {
    queueMs: 0,
    backoffMs: 0,
    connectMs: undefined,
    firstByteMs: undefined,
    firstTokenMs: undefined,
    totalMs,
  };
}
