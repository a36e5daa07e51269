/**
 * Every id that package.json contributes, in one typed place: code names them through here only, and a unit test
 * compares this file with package.json both ways.
 */

export const EXTENSION_ID = 'claude-pulse.claude-pulse';

export const COMMANDS = {
  openChat: 'pulse.openChat',
  openChatInEditor: 'pulse.openChatInEditor',
  newChat: 'pulse.newChat',
  newChatInTab: 'pulse.newChatInTab',
  newTemporaryChat: 'pulse.newTemporaryChat',
  showHistory: 'pulse.showHistory',
  findInChat: 'pulse.findInChat',
  exportChat: 'pulse.exportChat',
  importChats: 'pulse.importChats',
  deleteAllChats: 'pulse.deleteAllChats',
  addSelection: 'pulse.addSelection',
  addFile: 'pulse.addFile',
  addContext: 'pulse.addContext',
  explainSelection: 'pulse.explainSelection',
  fixSelection: 'pulse.fixSelection',
  stop: 'pulse.stop',
  setApiKey: 'pulse.setApiKey',
  clearApiKey: 'pulse.clearApiKey',
  setHeaderSecret: 'pulse.setHeaderSecret',
  chooseModel: 'pulse.chooseModel',
  chooseEffort: 'pulse.chooseEffort',
  useLocalServer: 'pulse.useLocalServer',
  tryDemo: 'pulse.tryDemo',
  leaveDemo: 'pulse.leaveDemo',
  openMetrics: 'pulse.openMetrics',
  openDashboard: 'pulse.openDashboard',
  resetMetrics: 'pulse.resetMetrics',
  deleteMetrics: 'pulse.deleteMetrics',
  snoozeAlert: 'pulse.snoozeAlert',
  allowSpending: 'pulse.allowSpending',
  probeEndpoint: 'pulse.probeEndpoint',
  resetBreakers: 'pulse.resetBreakers',
  clearAnswerCache: 'pulse.clearAnswerCache',
  runBenchmark: 'pulse.runBenchmark',
  exportMetrics: 'pulse.exportMetrics',
  markChange: 'pulse.markChange',
  compareChange: 'pulse.compareChange',
  showReport: 'pulse.showReport',
  diagnose: 'pulse.diagnose',
  copyRequestId: 'pulse.copyRequestId',
  copyRequestJson: 'pulse.copyRequestJson',
  acceptProposal: 'pulse.acceptProposal',
  rejectProposal: 'pulse.rejectProposal',
  newSlashCommand: 'pulse.newSlashCommand',
  openSettings: 'pulse.openSettings',
  showLog: 'pulse.showLog',
} as const;
export type CommandName = keyof typeof COMMANDS;
export type CommandId = (typeof COMMANDS)[CommandName];

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** Commands that need an element of a tree and are kept out of the command palette. */
export const TREE_COMMANDS: ReadonlySet<CommandName> = new Set<CommandName>([
  'copyRequestId',
  'copyRequestJson',
  'snoozeAlert',
]);

export const VIEWS = { chat: 'pulse.chat', metrics: 'pulse.metrics' } as const;
export const CHAT_EDITOR_TYPE = 'pulse.chatEditor';
export const REPORT_EDITOR_TYPE = 'pulse.report';
export const DASHBOARD_EDITOR_TYPE = 'pulse.dashboard';

/** Keys of `when` clauses, set with `setContext`. */
export const CONTEXT = {
  /** none, api, demo, local or custom. */
  endpoint: 'pulse.endpoint',
  /** Whether a turn of any conversation of this window is running. */
  busy: 'pulse.busy',
  /** Whether a chat has the keyboard: VS Code does not tell for pages in a side bar. */
  focused: 'pulse.focused',
  /** Whether any turn was ever answered: completes the walkthrough. */
  answered: 'pulse.answered',
} as const;

/** Argument of a command that a key called which the page itself has acted on: the keybinding keeps the key from the editor. */
export const DONE_BY_PAGE = 'doneByPage';

/** Settings that only the editor reads; the engine's own are listed by `engineSettingKeys`, those of context by `CONTEXT_SETTINGS`, of alerts by `ALERT_NUMBERS` and `ALERT_FLAGS`. */
export const HOST_SETTINGS = {
  model: 'pulse.model',
  systemPrompt: 'pulse.systemPrompt',
  instructionFiles: 'pulse.instructions.files',
  smallModel: 'pulse.smallModel',
  titles: 'pulse.titles.enabled',
  history: 'pulse.history.enabled',
  compaction: 'pulse.compaction.enabled',
  compactionAt: 'pulse.compaction.at',
  baseUrl: 'pulse.baseUrl',
  authStyle: 'pulse.authStyle',
  apiVersion: 'pulse.apiVersion',
  headers: 'pulse.headers',
  endpointGroup: 'pulse.endpointGroup',
  endpoints: 'pulse.endpoints',
  metricsDays: 'pulse.metrics.keepDays',
  prometheusEnabled: 'pulse.export.prometheus.enabled',
  prometheusPort: 'pulse.export.prometheus.port',
  otlpEnabled: 'pulse.export.otlp.enabled',
  otlpEndpoint: 'pulse.export.otlp.endpoint',
  otlpHeaders: 'pulse.export.otlp.headers',
  statusFields: 'pulse.statusBar.fields',
  reportSchedule: 'pulse.reports.schedule',
  alertRules: 'pulse.alerts.rules',
} as const;

/** What `pulse.compaction.at` may be: a share of the model's window. */
export const COMPACTION_AT = { min: 0.3, max: 0.95, fallback: 0.8 } as const;

/** What the status bar can show. */
export const STATUS_FIELDS = [
  'firstToken',
  'firstTokenP95',
  'tokensPerSecond',
  'errors',
  'turns',
  'cost',
  'headroom',
] as const;
export type StatusField = (typeof STATUS_FIELDS)[number];
export const DEFAULT_STATUS_FIELDS: readonly StatusField[] = ['firstToken', 'errors'];

/** What `pulse.metrics.keepDays` may be. */
export const METRICS_DAYS = { min: 0, max: 365, fallback: 30 } as const;

/** What `pulse.slo.availability` may be, percent. */
export const OBJECTIVE = { min: 90, max: 99.999, fallback: 99.9 } as const;

/** What `pulse.export.prometheus.port` may be. */
export const EXPORT_PORT = { min: 1_024, max: 65_535, fallback: 9_464 } as const;

/** `contextValue` of tree elements that menus look at. */
export const TREE_CONTEXT = {
  /** A request that has a request id. */
  requestWithId: 'request.id',
  request: 'request',
  /** An alert: `node.alertKey` likewise. */
  alert: 'pulse.alert',
  /** An endpoint: `node.endpointId` of the element that commands get. */
  endpoint: 'pulse.endpoint',
} as const;
