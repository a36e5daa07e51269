import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { systemClock } from '../base/clock';
import { Disposable } from '../base/disposable';
import type { ConversationStore } from '../engine/ports';
import { ChatController } from './chat/chatController';
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
  readonly environment: PanelEnvironment;
  readonly controller: ChatController;
  /** Folder or workspace file of this window. */
  readonly workspace: string | undefined;

  constructor(context: vscode.ExtensionContext) {
    super();
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
        demo: new DemoWorker(dist('simulator.js'), clock),
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
        onFault,
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
        systemPrompt: () => configuration.systemPrompt,
        onSettingsChange: configuration.onChange,
        choice: (endpointId) => memory.choice(endpointId),
        rememberChoice: (endpointId, choice) => memory.rememberChoice(endpointId, choice),
        findLocalServers,
        builtinModels: async () => {
          const { builtinInfo, builtinModels } = await import('../engine/models/capabilities');
          return { models: builtinModels(clock.wallNow()), info: builtinInfo };
        },
      }),
    );
    this.controller = this._register(
      new ChatController({
        clock,
        openStore: this.#openStore,
        translate,
        newId: randomUUID,
        onStoreFault: this.history.onFault,
        environment: this.environment,
        memory,
        workspace: this.workspace,
      }),
    );
  }

  /** The conversations; what is deleted there is gone from the engine's memory, too. */
  readonly #openStore = async (): Promise<ConversationStore> =>
    new ForgettingStore(await this.history.open(), () => this.engine.current?.answers);

  /** Ends what runs and writes what is pending, then frees the rest. */
  async close(): Promise<void> {
    try {
      await this.controller.close();
      await this.history.close();
    } finally {
      this.dispose();
    }
  }
}
