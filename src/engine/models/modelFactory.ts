import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { EngineError } from '../errors';
import type { KeySource } from '../ports';
import type { EngineSettings } from '../settings';
import type { Endpoint, ModelInfo } from '../types';
import type { BaseModel, ModelType } from './baseModel';
import { DEFAULT_MODEL } from './builtinModels';
import { ClaudeModel } from './claudeModel';
import { ConnectionManager } from './connections';
import type { ConnectionStats } from './endpointPool';
import { EndpointClient } from './endpointClient';
import { ModelCatalog, type ModelList } from './modelCatalog';

export interface ModelFactoryOptions {
  readonly clock: Clock;
  readonly keys: KeySource;
  /** Read anew for every request. */
  readonly settings: () => EngineSettings;
  /** The first is the one meant when none is named. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Default: the global `fetch`, looked up at each request because VS Code patches it. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What a model type gets to make a model with. */
export interface ModelContext {
  readonly type: ModelType;
  readonly name: string;
  readonly client: EndpointClient;
  readonly catalog: ModelCatalog;
  readonly clock: Clock;
}

export interface ModelTypeDefinition {
  readonly type: ModelType;
  /** The model meant when none is named. */
  readonly defaultModel: string;
  create(context: ModelContext): BaseModel;
}

/** Everything that hangs on an endpoint. Replaced as a whole; streams that run keep the one they started with. */
interface EndpointState {
  readonly client: EndpointClient;
  readonly catalog: ModelCatalog;
  readonly models: Map<string, BaseModel>;
}

/** Over those of replies, so that the list of models or a key's check does not wait behind replies that stream. */
const SPARE_CONNECTIONS = 2;

export const CLAUDE_TYPE: ModelType = 'claude';

/** The type registered from the start: every server that speaks the Messages API. */
const claudeType: ModelTypeDefinition = {
  type: CLAUDE_TYPE,
  defaultModel: DEFAULT_MODEL,
  create: (context) => new ClaudeModel(context),
};

/**
 * Makes and keeps models: one client per endpoint, one instance per type and name. Cheap to make; the SDK and the
 * connection pool are loaded with the first request.
 */
export class ModelFactory extends Disposable {
  readonly #options: ModelFactoryOptions;
  readonly #connections: ConnectionManager;
  readonly #types = new Map<ModelType, ModelTypeDefinition>();
  #defaultType: ModelType = CLAUDE_TYPE;
  readonly #states = new Map<string, EndpointState>();
  #primary: EndpointState;

  constructor(options: ModelFactoryOptions) {
    super();
    this.#options = options;
    this.#connections = this._register(
      new ConnectionManager({
        clock: options.clock,
        connectMs: () => options.settings().timeouts.connectMs,
        maxConnections: () => {
          const { pool, concurrency } = options.settings();
          return Math.max(pool.connections, concurrency + SPARE_CONNECTIONS);
        },
        idleMs: () => options.settings().pool.idleMs,
      }),
    );
    const [primary, ...others] = options.endpoints;
    this.#primary = this.#stateFor(primary);
    this.#states.set(primary.id, this.#primary);
    for (const endpoint of others) this.#states.set(endpoint.id, this.#stateFor(endpoint));
    this.registerType(claudeType);
  }

  /** The one meant when none is named. */
  get endpoint(): Endpoint {
    return this.#primary.client.endpoint;
  }

  /** All of them, the primary one first. */
  get endpoints(): readonly Endpoint[] {
    return [...this.#states.values()].map(({ client }) => client.endpoint);
  }

  /** Sockets now, over all endpoints. All 0 where VS Code brings connections of its own (proxy, certificates). */
  get connectionStats(): ConnectionStats {
    return this.#connections.stats;
  }

  /** The model meant when a request names none. */
  get defaultModel(): string {
    return this.#definition(this.#defaultType).defaultModel;
  }

  /** Adds a type of model, or replaces the one of that name; models made before stay as they are in running requests only. */
  registerType(definition: ModelTypeDefinition): void {
    this.#types.set(definition.type, definition);
    for (const { models } of this.#states.values()) models.clear();
  }

  /** Makes a registered type the one meant when `model` gets none. @throws EngineError `invalid_input` for an unknown type */
  setDefaultType(type: ModelType): void {
    this.#definition(type);
    this.#defaultType = type;
  }

  /** Sockets now to this endpoint's server. */
  connectionStatsOf(endpointId: string): ConnectionStats {
    const baseURL = this.#states.get(endpointId)?.client.endpoint.baseURL ?? '';
    return this.#connections.statsOf(baseURL, endpointId);
  }

  /**
   * The model of this name at an endpoint (default: the primary one); the same instance until endpoint or key change. Asks nothing of the
   * server. A model stays bound to the endpoint it was made for: ask again for each request.
   * @throws EngineError `invalid_input` for an unknown type, an empty name, or an endpoint that is not there any more
   */
  model(
    name: string = this.defaultModel,
    type: ModelType = this.#defaultType,
    endpointId?: string,
  ): BaseModel {
    const { client, catalog, models } = this.#stateOf(endpointId);
    const key = `${type}\n${name}`;
    const known = models.get(key);
    if (known) return known;
    const definition = this.#definition(type);
    if (name.trim() === '') {
      throw new EngineError('invalid_input', 'No model is named. Choose a model.');
    }
    const made = definition.create({ type, name, client, catalog, clock: this.#options.clock });
    models.set(key, made);
    return made;
  }

  /** What is known of a model now, without asking: the server's word if it was heard, else the built-in list, else a cautious guess. */
  modelInfo(name: string): ModelInfo {
    return this.#primary.catalog.info(name);
  }

  /**
   * An endpoint's models (default: the primary one's) from `/v1/models`, kept for ten minutes; calls at once share one request. Where the
   * server has no such list or can't be asked, the built-in one, with `source: 'builtin'` and `problem` telling why.
   * @throws EngineError `aborted`; `invalid_input` for an endpoint that is not there any more
   */
  availableModels(signal?: AbortSignal, endpointId?: string): Promise<ModelList> {
    return this.#stateOf(endpointId).catalog.list(signal);
  }

  /** Whether the endpoint has this model now. @throws EngineError when that can't be told (no key, no network, no such interface) */
  isModelAvailable(name: string, signal?: AbortSignal): Promise<boolean> {
    return this.model(name).isAvailable(signal);
  }

  /** Sends what comes next to other endpoints. Streams that run go on at theirs; idle sockets that are no longer needed are closed. */
  setEndpoints(endpoints: readonly [Endpoint, ...Endpoint[]]): void {
    const old = new Map(this.#states);
    this.#states.clear();
    for (const endpoint of endpoints) {
      const known = old.get(endpoint.id);
      const isSame = known && JSON.stringify(known.client.endpoint) === JSON.stringify(endpoint);
      this.#states.set(endpoint.id, isSame ? known : this.#stateFor(endpoint));
    }
    this.#primary = this.#stateOf(endpoints[0].id);
    const inUse = new Set(endpoints.map(({ baseURL }) => baseURL));
    for (const { client } of old.values()) {
      if (!inUse.has(client.endpoint.baseURL)) this.#connections.retire(client.endpoint.baseURL);
    }
  }

  /** Keys are others: what the servers told under the old ones is forgotten. Connections and models stay. */
  keyChanged(): void {
    for (const { catalog } of this.#states.values()) catalog.forget();
  }

  /** Opens a connection in advance, without a key or content. Never rejects. */
  async warm(signal: AbortSignal | undefined): Promise<void> {
    await this.#primary.client.warm(signal);
  }

  /** Asks an endpoint something that costs nothing. @throws EngineError when it does not answer as it should */
  async probe(endpointId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#stateOf(endpointId).client.getJson('/v1/models', {
        query: { limit: '1' },
        signal,
      });
    } catch (error) {
      // An answer that says no is an answer: the endpoint is there.
      const { status } = error instanceof EngineError ? error : { status: undefined };
      if (status === undefined || status === 429 || status >= 500) throw error;
    }
  }

  /**
   * Tries a key by asking for the endpoint's models.
   * @returns `accepted`, or `unknown` where the server has no list of models to try it with
   * @throws EngineError `authentication`, `permission`, `network`, ...
   */
  async checkKey(
    endpoint: Endpoint,
    key: string,
    signal?: AbortSignal,
  ): Promise<'accepted' | 'unknown'> {
    const client = this.#clientFor(endpoint, {
      getKey: () => Promise.resolve(key),
    });
    try {
      await client.getJson('/v1/models', { query: { limit: '1' }, signal });
      return 'accepted';
    } catch (error) {
      if (error instanceof EngineError && (error.status === 404 || error.status === 405)) {
        return 'unknown';
      }
      throw error;
    }
  }

  /** Never another one in the place of one that was removed: what a turn under way asks is not meant for it. @throws EngineError */
  #stateOf(endpointId: string | undefined): EndpointState {
    if (endpointId === undefined) return this.#primary;
    const state = this.#states.get(endpointId);
    if (state) return state;
    throw new EngineError(
      'invalid_input',
      `${endpointId} is not among the endpoints any more, and nothing was sent to another one in its place. Send the question again.`,
    );
  }

  #definition(type: ModelType): ModelTypeDefinition {
    const definition = this.#types.get(type);
    if (definition) return definition;
    const known = [...this.#types.keys()].join(', ');
    throw new EngineError(
      'invalid_input',
      `There is no model type "${type}". Known types: ${known}.`,
    );
  }

  #clientFor(endpoint: Endpoint, keys: KeySource): EndpointClient {
    const { clock, fetch } = this.#options;
    return new EndpointClient({
      endpoint,
      keys,
      clock,
      connections: this.#connections,
      fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    });
  }

  #stateFor(endpoint: Endpoint): EndpointState {
    const client = this.#clientFor(endpoint, this.#options.keys);
    const catalog = new ModelCatalog({ client, clock: this.#options.clock });
    return { client, catalog, models: new Map() };
  }
}
