import { abortReason } from '../../src/base/abort';
import { Deferred } from '../../src/base/deferred';
import { EngineError } from '../../src/engine/errors';
import type { ChatRequest, Reply, ReplyEvent } from '../../src/engine/types';
import type { TurnTarget } from '../../src/host/chat/turnRun';

/** One request that a test answers by hand. */
export class Call {
  readonly #reply = new Deferred<Reply>();
  readonly request: ChatRequest;
  readonly #onEvent: (event: ReplyEvent) => void;
  #text = '';

  constructor(request: ChatRequest, signal: AbortSignal, onEvent: (event: ReplyEvent) => void) {
    this.request = request;
    this.#onEvent = onEvent;
    signal.addEventListener('abort', () =>
      this.#reply.reject(new EngineError('aborted', 'stopped', { cause: abortReason(signal) })),
    );
  }

  get promise(): Promise<Reply> {
    return this.#reply.promise;
  }

  event(event: ReplyEvent): void {
    if (event.type === 'text') this.#text += event.text;
    this.#onEvent(event);
  }

  text(text: string): void {
    this.event({ type: 'text', text });
  }

  end(over: Partial<Reply> = {}): void {
    this.#reply.resolve({
      model: this.request.model,
      text: this.#text,
      content: [{ type: 'text', text: this.#text }],
      stopReason: 'end_turn',
      usage: { inputTokens: 10, outputTokens: 20, cacheReadTokens: 0, cacheWriteTokens: 0 },
      timing: {
        queueMs: 0,
        backoffMs: 0,
        connectMs: 0,
        firstByteMs: 90,
        firstTokenMs: 100,
        totalMs: 200,
      },
      costUSD: 0.0012,
      requestId: 'req_1',
      attempts: 1,
      endpointId: 'api.anthropic.com',
      continuations: 0,
      shaped: [],
      ...over,
    });
  }

  fail(error: EngineError): void {
    this.#reply.reject(error);
  }
}

/** A model whose replies the test writes. */
export class ScriptedTarget implements TurnTarget {
  readonly endpointId: string;
  readonly model: string;
  readonly effort = undefined;
  readonly thinking = undefined;
  readonly calls: Call[] = [];
  /** Of the model, tokens. */
  contextWindow = 200_000;
  /** The system prompt's segments. */
  segments: readonly string[] = [];

  constructor(model = 'claude-test', endpointId = 'api.anthropic.com') {
    this.model = model;
    this.endpointId = endpointId;
  }

  get last(): Call {
    const call = this.calls.at(-1);
    if (!call) throw new Error('nothing was asked');
    return call;
  }

  system(): Promise<readonly string[]> {
    return Promise.resolve(this.segments);
  }

  stream(
    request: ChatRequest,
    options: { readonly signal: AbortSignal; readonly onEvent: (event: ReplyEvent) => void },
  ): Promise<Reply> {
    const call = new Call(request, options.signal, options.onEvent);
    this.calls.push(call);
    return call.promise;
  }
}
