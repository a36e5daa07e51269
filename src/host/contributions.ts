/**
 * Every id that package.json contributes, in one typed place: code names them through here only, and a unit test
 * compares this file with package.json both ways.
 */

export const EXTENSION_ID = 'claude-pulse.claude-pulse';

export const COMMANDS = {
  openChat: 'pulse.openChat',
  openChatInEditor: 'pulse.openChatInEditor',
  newChat: 'pulse.newChat',
  openPreviousChat: 'pulse.openPreviousChat',
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
  resetMetrics: 'pulse.resetMetrics',
  probeEndpoint: 'pulse.probeEndpoint',
  resetBreakers: 'pulse.resetBreakers',
  clearAnswerCache: 'pulse.clearAnswerCache',
  copyRequestId: 'pulse.copyRequestId',
  copyRequestJson: 'pulse.copyRequestJson',
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

/** Keys of `when` clauses, set with `setContext`. */
export const CONTEXT = {
  /** none, api, demo, local or custom. */
  endpoint: 'pulse.endpoint',
  /** Whether a turn of the shown conversation is running. */
  busy: 'pulse.busy',
  /** Whether any turn was ever answered: completes the walkthrough. */
  answered: 'pulse.answered',
} as const;

/** Settings that only the editor reads; the engine's own are listed by `engineSettingKeys`. */
export const HOST_SETTINGS = {
  model: 'pulse.model',
  systemPrompt: 'pulse.systemPrompt',
  baseUrl: 'pulse.baseUrl',
  authStyle: 'pulse.authStyle',
  apiVersion: 'pulse.apiVersion',
  headers: 'pulse.headers',
  endpointGroup: 'pulse.endpointGroup',
  endpoints: 'pulse.endpoints',
} as const;

/** `contextValue` of tree elements that menus look at. */
export const TREE_CONTEXT = {
  /** A request that has a request id. */
  requestWithId: 'request.id',
  request: 'request',
  /** An endpoint: `node.endpointId` of the element that commands get. */
  endpoint: 'pulse.endpoint',
} as const;
