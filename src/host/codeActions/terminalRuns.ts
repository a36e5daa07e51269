import * as vscode from 'vscode';
import { confirmed } from '../confirm';
import { terminalText } from './terminalText';

/** Runs a command of a reply in the terminal, after the user has read it. */
export async function runInTerminal(code: string): Promise<void> {
  const { t } = vscode.l10n;
  if (!vscode.workspace.isTrusted) {
    await vscode.window.showWarningMessage(
      t('Nothing of a reply is run in a workspace that is not trusted.'),
    );
    return;
  }
  const { command, removed } = terminalText(code);
  if (command === '') return;
  const hidden =
    removed > 0 ? `\n\n${t('{0} characters that can not be seen were taken out.', removed)}` : '';
  if (!(await confirmed(t('Run this in the terminal?'), command + hidden, t('Run')))) return;
  const terminal = vscode.window.activeTerminal ?? vscode.window.createTerminal();
  terminal.show();
  if (terminal.shellIntegration && !command.includes('\n')) {
    terminal.shellIntegration.executeCommand(command);
  } else {
    terminal.sendText(command);
  }
}
