import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { systemClock } from '../base/clock';
import { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Pricing } from '../engine/metrics/pricing';
import type { ConversationStore } from '../engine/ports';
import type { Chats } from './chat/chats';
import type { ChatsOf } from './chat/makeChats';
import { PanelEnvironment } from './chat/panelEnvironment';
import { DemoWorker } from './endpoints/demoWorker';
import { EndpointService } from './endpoints/endpointService';
import { findLocalServers } from './endpoints/localServers';
import { EngineHost } from './engineHost';
import { ForgettingStore } from './forgettingStore';
import { Log } from './logging/log';
import { Redactor } from './logging/redactor';
import { Memory } from './memory';
import { HistoryStore } from './historyStore';
import { MetricsService } from './metrics/metricsService';
import { KeyStore } from './secrets/keyStore';
import { Configuration } from './settings/configuration';

/** The parts that all contributions share. Making them reads no file, starts no thread and sends nothing. */
export class Services extends Disposable {
  readonly output = this._register(vscode.window.createOutputChannel('Pulse', { log: true }));
  readonly redactor = new Redactor();
  readonly log = new Log(this.output, this.redactor);
  readonly configuration = this._register(new Configuration(this.log, systemClock));
  readonly memory: Memory;
  readonly keys: KeyStore;
  readonly endpoints: EndpointService;
  readonly engine: EngineHost;
  readonly history: HistoryStore;
  readonly metrics: MetricsService;
  readonly environment: PanelEnvironment;
  /** Folder or workspace file of this window. */
  readonly workspace: string | undefined;
  /** Folder of the user's own slash commands. */
  readonly commandFolder: vscode.Uri;
  readonly #context: vscode.ExtensionContext;
  readonly #chatsLoaded = this._register(new Emitter<Chats>());
  readonly #panelShown = this._register(new Emitter<void>());
  #chats: Promise<Chats> | undefined;
  #loadedChats: Chats | undefined;
  #pricing: Pricing | undefined;

  /** Fires once, when the first chat is needed. */
  readonly onChatsLoad = this.#chatsLoaded.event;
  /** A panel is about to be shown. */
  readonly onPanelShown = this.#panelShown.event;

  constructor(context: vscode.ExtensionContext) {
    super();
    this.#context = context;
    this.commandFolder = vscode.Uri.joinPath(context.globalStorageUri, 'commands');
    const { log, configuration, redactor } = this;
    const translate = vscode.l10n.t;
    const clock = systemClock;
    const onFault = (error: unknown): void => log.error('In the background', error);
    const dist = (file: string): URL =>
      pathToFileURL(vscode.Uri.joinPath(context.extensionUri, 'dist', file).fsPath);

    this.memory = new Memory(context.workspaceState, context.globalState, onFault);
    const { memory } = this;
    const environmentKey = process.env['ANTHROPIC_API_KEY'];
    this.keys = this._register(new KeyStore(context.secrets, environmentKey, memory, redactor));
    const { keys } = this;
    this.endpoints = this._register(
      new EndpointService({
        keys,
        demo: new DemoWorker(dist('simulator.js'), clock, demoSpeed()),
        startInDemo: process.env['PULSE_START_DEMO'] === '1',
        configured: configuration.endpoint,
        listed: configuration.endpoints,
        onSettingsChange: configuration.onChange,
        mode: () => memory.mode(),
        rememberMode: (mode) => memory.rememberMode(mode),
        onFault,
      }),
    );
    this.history = new HistoryStore({
      folder: context.globalStorageUri.fsPath,
      workerUrl: dist('storeWorker.js'),
      log,
    });
    const { endpoints } = this;
    this.engine = this._register(
      new EngineHost({
        endpoints,
        keys,
        onKeyChange: keys.onChange,
        settings: configuration.engineSettings,
        onSettingsChange: configuration.onChange,
        breakers: memory,
        limitShare: this.history.limitShare,
        answerStore: this.history.answerStore,
        spending: { mayAsk: () => this.metrics.mayAsk() },
        onFault,
      }),
    );
    const onMetricsFault = (error: unknown): void => log.error('The metrics', error);
    this.metrics = this._register(
      new MetricsService({
        clock,
        engine: this.engine,
        history: this.history.metricsHistory,
        makeParts: async (engine) => {
          const { editorMetrics } = await import('./metrics/editorMetrics');
          return editorMetrics({
            engine,
            history: this.history.metricsHistory,
            upToDate: this.metrics.history,
            configuration,
            keys,
            memento: context.globalState,
            log,
            onFault: onMetricsFault,
          });
        },
        onFault: onMetricsFault,
      }),
    );
    this.workspace = (
      vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri
    )?.toString();
    this.environment = this._register(
      new PanelEnvironment({
        endpoints,
        engine: this.engine,
        clock,
        translate,
        log,
        defaultModel: () => configuration.model,
        smallModel: () => configuration.smallModel,
        system: async () => {
          const { instructions } = (await this.chats()).parts;
          return (await instructions.segments()).map(({ text }) => text);
        },
        priceOf: (model) => this.#pricing?.priceOf(model),
        onSettingsChange: configuration.onChange,
        choice: (endpointId) => memory.choice(endpointId),
        rememberChoice: (endpointId, choice) => memory.rememberChoice(endpointId, choice),
        findLocalServers,
        builtinModels: async () => {
          const [{ builtinInfo, builtinModels }, { Pricing }] = await Promise.all([
            import('../engine/models/capabilities'),
            import('../engine/metrics/pricing'),
          ]);
          const readPrices = async (): Promise<void> => {
            this.#pricing = new Pricing((await configuration.engineSettings()).prices);
          };
          if (!this.#pricing) {
            await readPrices();
            this._register(configuration.onChange(() => void readPrices().catch(onFault)));
          }
          return { models: builtinModels(clock.wallNow()), info: builtinInfo };
        },
      }),
    );
  }

  /** All chats of this window, loaded with the first call. Rejects when they can't be. */
  async chats(): Promise<Chats> {
    try {
      this.#chats ??= this.#loadChats();
      return await this.#chats;
    } catch (error) {
      this.#chats = undefined;
      throw error;
    }
  }

  /** The chats if they are there already. */
  get loadedChats(): Chats | undefined {
    return this.#loadedChats;
  }

  /** The conversations; what is deleted there is gone from the engine's memory, too. */
  readonly openStore = async (): Promise<ConversationStore> =>
    new ForgettingStore(await this.history.open(), () => this.engine.current?.answers);

  /** Ends what runs and writes what is pending, then frees the rest. */
  async close(): Promise<void> {
    try {
      await this.#loadedChats?.close();
      await this.metrics.close();
      await this.history.close();
    } finally {
      this.dispose();
    }
  }

  /** What the chats are made of. */
  get chatsOf(): ChatsOf {
    const { environment, configuration, engine, metrics, openStore, workspace } = this;
    const { commandFolder, log } = this;
    return {
      environment,
      configuration,
      engine,
      reactions: metrics,
      openStore,
      onStoreFault: this.history.onFault,
      workspace,
      memento: this.#context.workspaceState,
      commandFolder,
      panelShown: () => this.#panelShown.fire(),
      log,
    };
  }

  async #loadChats(): Promise<Chats> {
    const { makeChats } = await import('./chat/makeChats');
    const chats = this._register(makeChats(this.chatsOf));
    this.#loadedChats = chats;
    this.#chatsLoaded.fire(chats);
    return chats;
  }
}

/** End-to-end tests don't wait for a model's pace. */
function demoSpeed(): number {
  const speed = Number(process.env['PULSE_DEMO_SPEED'] ?? 1);
  return Number.isFinite(speed) && speed >= 1 ? speed : 1;
}
