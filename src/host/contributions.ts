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
  probeEndpoint: 'pulse.probeEndpoint',
  resetBreakers: 'pulse.resetBreakers',
  clearAnswerCache: 'pulse.clearAnswerCache',
  runBenchmark: 'pulse.runBenchmark',
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

/** Settings that only the editor reads; the engine's own are listed by `engineSettingKeys`, those of context by `CONTEXT_SETTINGS`. */
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
} as const;

/** What `pulse.compaction.at` may be: a share of the model's window. */
export const COMPACTION_AT = { min: 0.3, max: 0.95, fallback: 0.8 } as const;

/** `contextValue` of tree elements that menus look at. */
export const TREE_CONTEXT = {
  /** A request that has a request id. */
  requestWithId: 'request.id',
  request: 'request',
  /** An endpoint: `node.endpointId` of the element that commands get. */
  endpoint: 'pulse.endpoint',
} as const;
