import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { ChatRequest, ModelInfo } from '../types';
import type { AttemptIO, AttemptResult, BaseModel, ModelType, TokenCount } from './baseModel';
import type { EndpointClient } from './endpointClient';
import type { ModelCatalog } from './modelCatalog';
import { readReply } from './replyReader';
import { countBody, messageBody } from './requestBody';
import { estimateTokens } from './tokenEstimate';
import { Watchdogs, watchLimits } from './watchdogs';
import { countField, isRecord, type WireRecord } from './wireGuards';

export interface ClaudeModelOptions {
  readonly type: ModelType;
  readonly name: string;
  readonly client: EndpointClient;
  readonly catalog: ModelCatalog;
  readonly clock: Clock;
}

/** A model behind a server that speaks the Messages API: Anthropic's, a gateway or a local one. */
export class ClaudeModel implements BaseModel {
  readonly type: ModelType;
  readonly name: string;
  readonly #client: EndpointClient;
  readonly #catalog: ModelCatalog;
  readonly #clock: Clock;

  constructor(options: ClaudeModelOptions) {
    this.type = options.type;
    this.name = options.name;
    this.#client = options.client;
    this.#catalog = options.catalog;
    this.#clock = options.clock;
  }

  get info(): ModelInfo {
    return this.#catalog.info(this.name);
  }

  async startReply(request: ChatRequest, io: AttemptIO): Promise<AttemptResult> {
    const { timeouts } = io.settings;
    const { progress } = io;
    const clock = this.#clock;
    const { capabilities } = this.info;
    const { endpoint } = this.#client;
    const body = this.#named(messageBody(request, capabilities, endpoint, io.settings), request);
    const watch = new Watchdogs(io.signal, watchLimits(timeouts, estimateTokens(request)), clock);
    try {
      const answer = await this.#client.send({
        path: '/v1/messages',
        body,
        signal: watch.signal,
        connection: {
          onConnecting: () => watch.connecting(),
          onConnected: (connectMs) => {
            progress.connectMs = connectMs;
            watch.sent();
          },
          onFailed: () => watch.sent(),
        },
        onSent: () => {
          progress.sentAt = clock.now();
          watch.sent();
        },
        onAnswer: ({ connectMs, requestId, status, headers }) => {
          progress.firstByteAt = clock.now();
          progress.connectMs = connectMs;
          progress.requestId = requestId;
          io.onAnswer?.(status, headers);
        },
      });
      return await readReply({ ...answer, model: request.model, io, watch, clock });
    } catch (error) {
      throw asEngineError(error);
    } finally {
      watch.dispose();
    }
  }

  async countTokens(request: ChatRequest, signal: AbortSignal | undefined): Promise<TokenCount> {
    const body = this.#named(countBody(request, this.info.capabilities), request);
    try {
      const answer = await this.#client.getJson('/v1/messages/count_tokens', { body, signal });
      const tokens = isRecord(answer) ? countField(answer, 'input_tokens') : undefined;
      if (tokens !== undefined) return { tokens, estimated: false };
    } catch (error) {
      if (!(error instanceof EngineError) || !isMissingInterface(error)) throw error;
    }
    return { tokens: estimateTokens(request), estimated: true };
  }

  isAvailable(signal: AbortSignal | undefined): Promise<boolean> {
    return this.#catalog.isAvailable(this.name, signal);
  }

  /** The body with the name that the endpoint has for the model. */
  #named(body: WireRecord, { model }: ChatRequest): WireRecord {
    const names = this.#client.endpoint.models;
    return names && Object.hasOwn(names, model) ? { ...body, model: names[model] } : body;
  }
}

/** Whether the server has no such interface at all. */
export function isMissingInterface({ status }: EngineError): boolean {
  return status === 404 || status === 405 || status === 501;
}

function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  return new EngineError(
    'internal',
    'Pulse failed while it read the reply. Show the log and report it.',
    {
      cause: error,
    },
  );
}
