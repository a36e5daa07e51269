import { abortable, within } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { Engine } from '../../engine/engine';
import { EngineError } from '../../engine/errors';
import type { ModelFactory } from '../../engine/models/modelFactory';
import type { ChatRequest, ModelInfo, Price, ReplyEvent } from '../../engine/types';
import type { SessionView } from '../../protocol/chat';
import type { EndpointService } from '../endpoints/endpointService';
import { NOWHERE } from '../endpoints/endpointSettings';
import { labelOf } from '../endpoints/endpointState';
import type { LocalServer } from '../endpoints/localServers';
import type { Log } from '../logging/log';
import {
  DEFAULT_EFFORT,
  effectiveModel,
  effortOptions,
  effortRequest,
  modelOptions,
} from '../models/modelChoice';
import type { RememberedChoice } from '../models/modelChoice';
import type { Translate } from '../translate';
import type { ChatEnvironment, EnvironmentView } from './paneDeps';
import { smallModel } from './smallModel';
import type { TurnTarget } from './turnRun';

/** How long the first look waits for the key store, and then for a server on this machine, ms each. */
const PREPARE_PATIENCE_MS = 1_500;

/** While the user types a connection is looked after this often, ms: servers drop those that idle. */
const WARM_INTERVAL_MS = 10_000;

export interface BuiltinCatalog {
  readonly models: readonly ModelInfo[];
  /** Of any model; a cautious guess for one that is not known. */
  info(model: string): ModelInfo;
}

/** The engine, pointed at the endpoint in use. */
export interface EngineSource {
  /** @throws EngineError `invalid_input` for a missing header secret; Error when the demo does not start */
  connected(): Promise<
    Pick<Engine, 'endpoint' | 'stream' | 'warm'> & {
      readonly models: Pick<ModelFactory, 'availableModels'>;
    }
  >;
}

export interface PanelEnvironmentDeps {
  readonly endpoints: EndpointService;
  readonly engine: EngineSource;
  readonly clock: Clock;
  readonly translate: Translate;
  readonly log: Log;
  /** The settings `pulse.model` and `pulse.smallModel`; the second is empty where Pulse chooses. */
  readonly defaultModel: () => string;
  readonly smallModel: () => string;
  /** Segments of the system prompt. */
  readonly system: () => Promise<readonly string[]>;
  readonly priceOf: (model: string) => Price | undefined;
  readonly onSettingsChange: Event<void>;
  readonly choice: (endpointId: string) => RememberedChoice;
  /** Never rejects. */
  readonly rememberChoice: (endpointId: string, choice: RememberedChoice) => void;
  /** Looks for servers on this machine; never rejects. */
  readonly findLocalServers: () => Promise<readonly LocalServer[]>;
  /** What is known of models without asking anyone. */
  readonly builtinModels: () => Promise<BuiltinCatalog>;
}

/** Endpoint, models and effort as the panel shows them, and what a question goes to. */
export class PanelEnvironment extends Disposable implements ChatEnvironment {
  readonly #deps: PanelEnvironmentDeps;
  readonly #changed = this._register(new Emitter<void>());
  #builtin: BuiltinCatalog | undefined;
  /** What the server of an endpoint told. */
  #listed: { readonly endpointId: string; readonly models: readonly ModelInfo[] } | undefined;
  #localServers: readonly LocalServer[] = [];
  #warmedAt = Number.NEGATIVE_INFINITY;

  readonly onChange = this.#changed.event;

  constructor(deps: PanelEnvironmentDeps) {
    super();
    this.#deps = deps;
    this._register(deps.endpoints.onChange(() => this.#endpointChanged()));
    this._register(deps.onSettingsChange(() => this.#changed.fire()));
  }

  /**
   * Gets what a first look needs: the key's presence and the built-in models. Asks no one, except servers on this machine: whether
   * there are some where nothing is set up, and for its models the one in use, which has none of the built-in ones. Never rejects.
   */
  async prepare(): Promise<void> {
    const builtin = this.#deps.builtinModels().catch((error: unknown) => {
      this.#deps.log.error('The list of models could not be loaded', error);
      return undefined;
    });
    const { endpoints, clock } = this.#deps;
    // A key store that is locked or a server that hangs must not keep the panel blank: what they say comes later.
    await within(endpoints.load(), PREPARE_PATIENCE_MS, clock);
    this.#builtin ??= await builtin;
    void this.lookForLocalServers();
    await within(this.#hearModels(), PREPARE_PATIENCE_MS, clock);
  }

  get model(): string {
    return effectiveModel(this.#choice(), this.#deps.defaultModel(), this.models());
  }

  get effort(): string {
    return this.#choice().effort ?? DEFAULT_EFFORT;
  }

  /** As far as they are known without asking. */
  models(): readonly ModelInfo[] {
    const isCurrent = this.#listed?.endpointId === this.#deps.endpoints.id;
    return isCurrent && this.#listed ? this.#listed.models : (this.#builtin?.models ?? []);
  }

  /** Asks the endpoint for its models. @returns why the built-in list had to do. @throws EngineError, Error */
  async refreshModels(signal?: AbortSignal): Promise<string | undefined> {
    const engine = await this.#deps.engine.connected();
    const endpointId = engine.endpoint.id;
    const { models, problem } = await engine.models.availableModels(signal);
    // Claude's models instead of those of a server on this machine are no list to keep: it is asked again.
    if (problem === undefined || !this.#hasOwnModels) this.#listed = { endpointId, models };
    this.#keepModel(endpointId);
    this.#changed.fire();
    return problem?.message;
  }

  selectModel(model: string): void {
    this.#remember({ ...this.#choice(), model });
  }

  selectEffort(effort: string): void {
    this.#remember({ ...this.#choice(), effort });
  }

  effortOptions(): SessionView['efforts'] {
    const info = this.#info(this.model);
    return info ? effortOptions(info.capabilities, this.#deps.translate) : [];
  }

  /** Only where there is nothing to send to: nothing else needs to know. */
  async lookForLocalServers(): Promise<void> {
    if (this.#deps.endpoints.state.kind !== 'none') return;
    const found = await this.#deps.findLocalServers();
    if (found.length === 0 && this.#localServers.length === 0) return;
    this.#localServers = found;
    this.#changed.fire();
  }

  view(): EnvironmentView {
    const { endpoints, translate, clock } = this.#deps;
    const { state } = endpoints;
    const model = this.model;
    const models = modelOptions(this.models(), clock.wallNow(), translate);
    const isListed = models.some((option) => option.id === model);
    const efforts = this.effortOptions();
    const effort = this.effort;
    return {
      endpoint: { kind: state.kind, label: labelOf(state, translate) },
      model,
      models: isListed ? models : [{ id: model, label: model }, ...models],
      efforts,
      effort: efforts.some((option) => option.id === effort) ? effort : DEFAULT_EFFORT,
      setup: state.kind === 'none' ? this.#setup() : [],
    };
  }

  warm(): void {
    const { clock, endpoints, engine, log } = this.#deps;
    if (endpoints.state.kind === 'none' || clock.now() - this.#warmedAt < WARM_INTERVAL_MS) return;
    this.#warmedAt = clock.now();
    engine
      .connected()
      .then((connected) => connected.warm())
      .catch((error: unknown) => log.debug(`No connection in advance: ${String(error)}`));
  }

  /** What small jobs go to, which need neither thought nor a system prompt; `undefined` where there is nowhere to ask. */
  smallTarget(): TurnTarget | undefined {
    const { endpoints, smallModel: setting, priceOf } = this.#deps;
    if (endpoints.state.kind === 'none') return undefined;
    return this.target(smallModel(setting(), this.models(), this.model, priceOf));
  }

  /** What the model in use costs here; `undefined` where that is not known or nothing. */
  get price(): Price | undefined {
    const { endpoints, priceOf } = this.#deps;
    return endpoints.state.kind === 'demo' ? undefined : priceOf(this.model);
  }

  /** Of the model in use, tokens; 0 where that is not known. */
  get contextWindow(): number {
    return this.#info(this.model)?.capabilities.contextWindow ?? 0;
  }

  target(model = this.model): TurnTarget {
    const { endpoints, engine, log, system } = this.#deps;
    const endpointId = endpoints.id;
    const capabilities = this.#info(model)?.capabilities;
    return {
      endpointId,
      model,
      ...effortRequest(this.effort, capabilities),
      contextWindow: capabilities?.contextWindow ?? 0,
      system: async () => {
        try {
          return await system();
        } catch (error) {
          log.error('The instructions could not be read', error);
          return [];
        }
      },
      stream: async (request, options) => {
        await abortable(this.#hearModels(), options.signal);
        const connected = await abortable(engine.connected(), options.signal);
        if (connected.endpoint.id !== endpointId) throw endpointMoved();
        const reply = await connected.stream(request, {
          signal: options.signal,
          onEvent: (event) => {
            const line = logLine(request, event);
            if (line !== undefined) log.warn(line);
            options.onEvent(event);
          },
        });
        // The user has sent something there: now the endpoint may be asked for its models, too.
        void this.#askModelsOnce(endpointId);
        return reply;
      },
    };
  }

  #info(model: string): ModelInfo | undefined {
    return this.models().find(({ id }) => id === model) ?? this.#builtin?.info(model);
  }

  /** The models of a server on this machine are not the built-in ones: it is asked before anything is sent. Never rejects. */
  async #hearModels(): Promise<void> {
    if (this.#hasOwnModels) await this.#askModelsOnce(this.#deps.endpoints.id);
  }

  get #hasOwnModels(): boolean {
    const { kind } = this.#deps.endpoints.state;
    return kind === 'demo' || kind === 'local';
  }

  async #askModelsOnce(endpointId: string): Promise<void> {
    if (this.#listed?.endpointId === endpointId) return;
    try {
      await this.refreshModels();
    } catch (error) {
      this.#deps.log.error('The list of models could not be loaded', error);
    }
  }

  /** Where the setting's model is not to be had, the one in its place stays the same from window to window. */
  #keepModel(endpointId: string): void {
    const { choice, rememberChoice, defaultModel, endpoints } = this.#deps;
    const remembered = choice(endpointId);
    if (endpointId !== endpoints.id || remembered.model !== undefined) return;
    const { model } = this;
    if (model !== defaultModel()) rememberChoice(endpointId, { ...remembered, model });
  }

  #choice(): RememberedChoice {
    return this.#deps.choice(this.#deps.endpoints.id);
  }

  #remember(choice: RememberedChoice): void {
    this.#deps.rememberChoice(this.#deps.endpoints.id, choice);
    this.#changed.fire();
  }

  #endpointChanged(): void {
    this.#changed.fire();
    void this.lookForLocalServers();
  }

  #setup(): SessionView['setup'] {
    const { translate: t, endpoints } = this.#deps;
    const [server] = this.#localServers;
    const { id, baseURL } = endpoints.configured;
    return [
      baseURL === NOWHERE
        ? {
            action: 'openSettings',
            label: t('Open Settings'),
            detail: t('The base URL in the settings is no address that Pulse can use.'),
          }
        : {
            action: 'setApiKey',
            label: t('Set API Key'),
            detail: t("For {0}. Kept in VS Code's secret storage only.", id),
          },
      {
        action: 'tryDemo',
        label: t('Try the Demo'),
        detail: t('A simulator on this machine answers: no key, no network, no cost.'),
      },
      ...(server === undefined
        ? []
        : [
            {
              action: 'useLocalServer' as const,
              label: t('Use {0}', server.name),
              detail: t('It runs at {0}.', server.baseURL),
            },
          ]),
    ];
  }
}

function endpointMoved(): EngineError {
  return new EngineError(
    'invalid_input',
    'The endpoint was changed while the question was on its way. Send it again.',
    { retryable: true },
  );
}

/** What of a turn's course belongs into the log; never its content. */
function logLine(request: ChatRequest, event: ReplyEvent): string | undefined {
  if (event.type === 'retry') return retryLine(request, event);
  if (event.type === 'fallback') {
    return `${request.model}: ${event.error.kind}, asking ${event.model} at ${event.endpointId}`;
  }
  if (event.type !== 'resumed') return undefined;
  return `${request.model}: the reply broke off (${event.error?.kind ?? 'length limit'}), continuation ${event.continuation}`;
}

function retryLine(request: ChatRequest, event: Extract<ReplyEvent, { type: 'retry' }>): string {
  const { error, attempt, maxAttempts, delayMs } = event;
  const status = error.status === undefined ? '' : ` ${error.status}`;
  return `${request.model}: attempt ${attempt} of ${maxAttempts} failed (${error.kind}${status}), next in ${Math.round(delayMs)} ms, request ${error.requestId ?? 'without id'}`;
}
