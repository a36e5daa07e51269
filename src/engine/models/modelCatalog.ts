import { abortable } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { ErrorInfo, ModelInfo } from '../types';
import { builtinInfo, builtinModels, serverInfo } from './capabilities';
import type { EndpointClient } from './endpointClient';
import { stopped } from './watchdogs';
import { isRecord, stringField } from './wireGuards';

/** Milliseconds that a server's list is good for. */
const LIST_TTL_MS = 600_000;
const PAGE_SIZE = 100;
/** Bounds what a server can make us read: pages of at most 4 MB each. */
const MAX_PAGES = 20;
const MAX_MODELS = 1_000;

export interface ModelList {
  readonly models: readonly ModelInfo[];
  /** `builtin`: the server could not be asked, see `problem`. */
  readonly source: 'server' | 'builtin';
  readonly problem: ErrorInfo | undefined;
}

export interface ModelCatalogOptions {
  readonly client: EndpointClient;
  readonly clock: Clock;
}

/** What one endpoint's server told of its models under the current key. */
export class ModelCatalog {
  readonly #client: EndpointClient;
  readonly #clock: Clock;
  readonly #told = new Map<string, ModelInfo>();
  #list: { readonly models: readonly ModelInfo[]; readonly at: number } | undefined;
  #asking: Promise<ModelList> | undefined;
  /** Counts `forget`: an answer to what was asked before it is not kept. */
  #generation = 0;

  constructor({ client, clock }: ModelCatalogOptions) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The best that is known now. */
  info(name: string): ModelInfo {
    return this.#told.get(name) ?? builtinInfo(name);
  }

  forget(): void {
    this.#generation++;
    this.#told.clear();
    this.#list = undefined;
    this.#asking = undefined;
  }

  /** @throws EngineError `aborted` only */
  async list(signal: AbortSignal | undefined): Promise<ModelList> {
    if (signal?.aborted) throw stopped(signal);
    const kept = this.#list;
    if (kept && this.#clock.now() - kept.at < LIST_TTL_MS) {
      return { models: kept.models, source: 'server', problem: undefined };
    }
    this.#asking ??= this.#ask();
    try {
      return await abortable(this.#asking, signal);
    } catch (error) {
      throw signal?.aborted ? stopped(signal) : error;
    }
  }

  /** @throws EngineError when the server can't be asked or has no list of models */
  async isAvailable(name: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      // Unlike the list, this knows a model's other names, too.
      this.#keep(await this.#client.getJson(`/v1/models/${encodeURIComponent(name)}`, { signal }));
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || (error.status !== 404 && error.status !== 405)) {
        throw error;
      }
    }
    const models = await this.#fetchAll(signal);
    return models.some(({ id }) => id === name);
  }

  async #ask(): Promise<ModelList> {
    const generation = this.#generation;
    try {
      const models = await this.#fetchAll(undefined);
      if (generation === this.#generation) {
        this.#list = { models, at: this.#clock.now() };
        for (const model of models) this.#told.set(model.id, model);
      }
      return { models, source: 'server', problem: undefined };
    } catch (error) {
      const problem = error instanceof EngineError ? error : unexpected(error);
      const models = builtinModels(this.#clock.wallNow());
      return { models, source: 'builtin', problem: problem.toInfo() };
    } finally {
      if (generation === this.#generation) this.#asking = undefined;
    }
  }

  /** All pages of `/v1/models`. @throws EngineError */
  async #fetchAll(signal: AbortSignal | undefined): Promise<readonly ModelInfo[]> {
    const models = new Map<string, ModelInfo>();
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES && models.size < MAX_MODELS; page++) {
      const query = {
        limit: String(PAGE_SIZE),
        ...(after === undefined ? {} : { after_id: after }),
      };
      const answer = await this.#client.getJson('/v1/models', { query, signal });
      const { data, has_more, last_id } = isRecord(answer) ? answer : {};
      if (!Array.isArray(data)) {
        throw new EngineError(
          'protocol',
          'The answer to the question for models is not one of the Messages API. Check the base URL.',
        );
      }
      for (const entry of data.slice(0, MAX_MODELS)) {
        const info = serverInfo(entry);
        if (info) models.set(info.id, info);
      }
      if (has_more !== true || typeof last_id !== 'string' || last_id === after) break;
      after = last_id;
    }
    return [...models.values()];
  }

  #keep(entry: unknown): void {
    const info = serverInfo(entry);
    if (info && isRecord(entry) && stringField(entry, 'id') === info.id) {
      this.#told.set(info.id, info);
    }
  }
}

function unexpected(cause: unknown): EngineError {
  return new EngineError('internal', 'Pulse could not read the list of models. Report it.', {
    cause,
  });
}
