/**
 * A key for each command that the end-to-end tests run. The palette is no way for them: it closes by
 * itself when a view that opens late takes the focus, and then nothing tells whether the command ran.
 */
const commands = [
  'pulse.acceptProposal',
  'pulse.addSelection',
  'pulse.compareChange',
  'pulse.deleteAllChats',
  'pulse.diagnose',
  'pulse.importChats',
  'pulse.markChange',
  'pulse.newChat',
  'pulse.newChatInTab',
  'pulse.newTemporaryChat',
  'pulse.openChat',
  'pulse.openChatInEditor',
  'pulse.openDashboard',
  'pulse.openMetrics',
  'pulse.rejectProposal',
  'pulse.runBenchmark',
  'pulse.showReport',
  'notifications.hideList',
  'notifications.showList',
  'workbench.action.closeAllEditors',
  'workbench.action.closeAuxiliaryBar',
  'workbench.action.files.revert',
  'workbench.action.quickOpen',
] as const;

export type TestedCommand = (typeof commands)[number];

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** The key as a `KeyboardEventInit`. */
export function keyOf(command: TestedCommand) {
  const letter = letterOf(command);
  const modifiers = { ctrlKey: true, altKey: true, shiftKey: true };
  const key = { key: letter, code: `Key${letter}`, keyCode: letter.charCodeAt(0) };
  return { ...modifiers, ...key, bubbles: true, cancelable: true };
}

/** What VS Code reads from the user's keybindings.json. */
export function keybindings(): { readonly key: string; readonly command: string }[] {
  return commands.map((command) => ({
    key: `ctrl+alt+shift+${letterOf(command).toLowerCase()}`,
    command,
  }));
}

function letterOf(command: TestedCommand): string {
  const letter = letters[commands.indexOf(command)];
  if (letter === undefined) throw new Error(`There is no letter left for ${command}.`);
  return letter;
}
