import * as vscode from 'vscode';
import type { DisposableLike } from '../base/disposable';
import { systemClock } from '../base/clock';
import { ChatTabs } from './chat/chatTabs';
import { ChatView } from './chat/chatView';
import { AlertCommands } from './commands/alertCommands';
import { BenchmarkCommand } from './commands/benchmarkCommand';
import { ChatCommands } from './commands/chatCommands';
import { DiagnoseCommand } from './commands/diagnoseCommand';
import { EndpointCommands } from './commands/endpointCommands';
import { HealthCommands } from './commands/healthCommands';
import { HistoryCommands } from './commands/historyCommands';
import { KeyCommands } from './commands/keyCommands';
import { MeasuredCommands } from './commands/measuredCommands';
import { MetricsCommands } from './commands/metricsCommands';
import { ModelCommands } from './commands/modelCommands';
import { registerCommands } from './commands/registerCommands';
import { ContextKeys } from './contextKeys';
import { COMMANDS, EXTENSION_ID } from './contributions';
import { labelOf } from './endpoints/endpointState';
import { findLocalServers } from './endpoints/localServers';
import { MetricsView } from './metricsView/metricsView';
import type { MetricsContext } from './metricsView/metricsContext';
import { ReportTabs } from './reports/reportTabs';
import { RequestLog } from './requestLog';
import { Services } from './services';
import { DashboardTab } from './dashboard/dashboardTab';
import { StatusItem } from './status/statusItem';

/** What `activate` returns. */
export interface PulseApi {
  /** Time spent in `activate`, ms. */
  readonly activationMs: number;
  /** For Pulse's own tests inside the extension host; absent otherwise. */
  readonly internals: PulseInternals | undefined;
}

export interface PulseInternals {
  readonly context: vscode.ExtensionContext;
  readonly services: Services;
  readonly statusItem: StatusItem | undefined;
  readonly metricsView: MetricsView | undefined;
  readonly tabs: ChatTabs | undefined;
  readonly reports: ReportTabs | undefined;
}

export interface Composition {
  readonly api: PulseApi;
  /** Ends what runs as interrupted and writes what is pending. */
  close(): Promise<void>;
}

/**
 * Puts the extension together. Nothing heavy happens here: engine, store and simulator are loaded when they are first needed.
 * Each contribution is registered by itself, so that one that fails does not take the others along.
 */
export function compose(context: vscode.ExtensionContext): Composition {
  const startedAt = performance.now();
  const services = new Services(context);
  const { log, endpoints, engine } = services;
  const register = <T extends DisposableLike>(name: string, make: () => T): T | undefined => {
    try {
      const made = make();
      context.subscriptions.push(made);
      return made;
    } catch (error) {
      log.error(`The ${name} could not be registered`, error);
      return undefined;
    }
  };

  const keyCommands = new KeyCommands({
    keys: services.keys,
    endpoints,
    engine,
    onKeySet: () => {
      services.loadedChats?.resendAfterNewKey();
      refreshModels(services);
    },
  });
  services.onPanelShown(() => {
    keyCommands
      .offerEnvironmentKey()
      .catch((error: unknown) => log.error("The environment's key", error));
  });
  const place = {
    extensionUri: context.extensionUri,
    chats: () => services.chats(),
    log,
  };
  const view = register('chat view', () => new ChatView(place));
  const tabs = register('chat tabs', () => new ChatTabs(place));
  const reports = register('report tabs', () => new ReportTabs(place));
  const dashboard = register(
    'dashboard',
    () =>
      new DashboardTab({
        extensionUri: context.extensionUri,
        read: (range, most) => services.metrics.history.readMetrics(range, most),
        objective: () => services.configuration.objective,
        openChat: async () => {
          await vscode.commands.executeCommand(COMMANDS.openChat);
        },
        onChange: services.metrics.onHistoryChange,
        clock: systemClock,
        log,
      }),
  );
  const memento = context.globalState;
  register('commands', () =>
    registerAll(services, keyCommands, { view, tabs, reports, dashboard, memento }),
  );
  register('context keys', () => new ContextKeys(services));
  register('request log', () => new RequestLog(engine, log));
  const onChange = (listener: () => void): DisposableLike =>
    vscode.Disposable.from(
      engine.onMetricsChange(listener),
      engine.onHealthChange(listener),
      endpoints.onChange(listener),
      services.configuration.onChange(listener),
      services.metrics.onAlertsChange(listener),
    );
  const figures = { metrics: () => engine.metrics, onChange, clock: systemClock };
  const endpoint = (): string => labelOf(endpoints.state, vscode.l10n.t);
  const statusItem = register(
    'status bar item',
    () =>
      new StatusItem({
        ...figures,
        health: () => engine.health,
        alert: () => services.metrics.statusAlert(vscode.l10n.t),
        fields: () => services.configuration.statusFields,
        endpoint,
      }),
  );
  const metricsView = register(
    'metrics view',
    () => new MetricsView({ ...figures, context: () => metricsContext(services) }),
  );
  // Reads the secret storage only; nothing waits for it.
  void endpoints.load();

  const activationMs = performance.now() - startedAt;
  log.debug(`Activated in ${activationMs.toFixed(1)} ms`);
  const isTest = context.extensionMode === vscode.ExtensionMode.Test;
  const internals = isTest
    ? { context, services, statusItem, metricsView, tabs, reports }
    : undefined;
  return { api: { activationMs, internals }, close: () => services.close() };
}

/** Where commands show what they do, and keep what they must. */
interface Places {
  readonly view: ChatView | undefined;
  readonly tabs: ChatTabs | undefined;
  readonly reports: ReportTabs | undefined;
  readonly dashboard: DashboardTab | undefined;
  readonly memento: vscode.Memento;
}

function registerAll(
  services: Services,
  keyCommands: KeyCommands,
  { view, tabs, reports, dashboard, memento }: Places,
) {
  const { environment, engine, endpoints, log, output } = services;
  const chat = new ChatCommands({
    chats: () => services.chats(),
    loadedChats: () => services.loadedChats,
    view,
    tabs,
  });
  const endpointCommands = new EndpointCommands({
    endpoints,
    findLocalServers,
    showChat: chat.openChat,
    onChosen: () => refreshModels(services),
  });
  const history = new HistoryCommands({
    chats: () => services.chats(),
    openStore: services.openStore,
    log,
  });
  const models = new ModelCommands(environment, systemClock, log);
  const metrics = new MetricsCommands(engine, services.metrics.history);
  const health = new HealthCommands(engine);
  const alerts = new AlertCommands(services.metrics);
  const benchmark = new BenchmarkCommand({
    engine,
    endpoints,
    clock: systemClock,
    memento,
    model: () => environment.model,
    showReport: (report, act) => reports?.show(report, act),
  });
  const measured = new MeasuredCommands({
    metrics: services.metrics,
    clock: systemClock,
    model: () => environment.model,
    objective: () => services.configuration.objective,
    showReport: (report) => reports?.show(report),
  });
  const diagnosis = new DiagnoseCommand({
    engine,
    keys: services.keys,
    redactor: services.redactor,
    memory: () => services.metrics.memory,
    folder: vscode.Uri.joinPath(services.commandFolder, '..'),
    chats: () => services.loadedChats,
    unwritten: () => services.metrics.unwritten,
    showReport: (report, act) => reports?.show(report, act),
  });
  return registerCommands(
    {
      openChat: chat.openChat,
      openChatInEditor: chat.openChatInEditor,
      newChat: chat.newChat,
      newChatInTab: chat.newChatInTab,
      newTemporaryChat: chat.newTemporaryChat,
      showHistory: chat.showHistory,
      findInChat: chat.findInChat,
      exportChat: history.exportChat,
      importChats: history.importChats,
      deleteAllChats: history.deleteAllChats,
      addSelection: chat.addSelection,
      addFile: chat.addFile,
      addContext: chat.addContext,
      explainSelection: chat.explainSelection,
      fixSelection: chat.fixSelection,
      stop: chat.stop,
      acceptProposal: async () => (await services.chats()).parts.codeActions.accept(),
      rejectProposal: async () => (await services.chats()).parts.codeActions.reject(),
      newSlashCommand: async () => {
        const { newSlashCommand } = await import('./slash/newSlashCommand');
        await newSlashCommand(services.commandFolder);
      },
      setApiKey: keyCommands.setApiKey,
      clearApiKey: keyCommands.clearApiKey,
      setHeaderSecret: keyCommands.setHeaderSecret,
      chooseModel: models.chooseModel,
      chooseEffort: models.chooseEffort,
      useLocalServer: endpointCommands.useLocalServer,
      tryDemo: endpointCommands.tryDemo,
      leaveDemo: endpointCommands.leaveDemo,
      openMetrics: metrics.openMetrics,
      openDashboard: async () => {
        await dashboard?.open();
      },
      snoozeAlert: alerts.snooze,
      allowSpending: alerts.allowSpending,
      resetMetrics: metrics.resetMetrics,
      deleteMetrics: metrics.deleteMetrics,
      probeEndpoint: health.probeEndpoint,
      resetBreakers: health.resetBreakers,
      clearAnswerCache: health.clearAnswerCache,
      runBenchmark: benchmark.runBenchmark,
      exportMetrics: measured.exportMetrics,
      markChange: measured.markChange,
      compareChange: measured.compareChange,
      showReport: measured.showReport,
      diagnose: diagnosis.diagnose,
      copyRequestId: metrics.copyRequestId,
      copyRequestJson: metrics.copyRequestJson,
      openSettings: async () => {
        await vscode.commands.executeCommand(
          'workbench.action.openSettings',
          `@ext:${EXTENSION_ID}`,
        );
      },
      showLog: () => output.show(),
    },
    log,
  );
}

function refreshModels({ environment, log }: Services): void {
  environment
    .refreshModels()
    .catch((error: unknown) => log.error('The list of models could not be loaded', error));
}

function metricsContext(services: Services): MetricsContext {
  const { endpoints, engine } = services;
  const { t } = vscode.l10n;
  const { state } = endpoints;
  const needsKey = state.kind !== 'demo' && state.endpoint.authStyle !== 'none';
  const keyState = state.kind === 'none' ? t('not set') : t('set');
  return {
    endpoint: labelOf(state, t),
    key: needsKey ? keyState : t('not needed'),
    connections: engine.current?.models.connectionStats,
    health: engine.health,
    settings: engine.current?.settings,
    day: engine.current?.metrics.window('day'),
    reliability: engine.current?.metrics.reliability(),
    system: services.metrics.lastSample,
    alerts: services.metrics.alerts,
    withoutEffect: withoutEffect(services),
  };
}

function withoutEffect({ engine, environment }: Services): MetricsContext['withoutEffect'] {
  const { model } = environment;
  const request = { model, messages: [], action: 'chat' } as const;
  return { model, settings: engine.current?.settingsWithoutEffect(request) ?? [] };
}
