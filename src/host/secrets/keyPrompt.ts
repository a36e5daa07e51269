import * as vscode from 'vscode';
import { keyProblem } from './keyCheck';
import type { KeyVerdict } from './keyCheck';

/**
 * Asks for a key and tries it before it is taken: the box stays open with the reason while the key is refused, and closing it
 * ends a check under way. One that can't be checked is taken when Enter is pressed again.
 * @returns the key, or `undefined` when the user gave up
 */
export function promptForKey(
  prompt: string,
  check: (key: string, signal: AbortSignal) => Promise<KeyVerdict>,
): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Pulse: Set API Key');
  box.prompt = prompt;
  box.placeholder = 'sk-ant-…';
  box.password = true;
  box.ignoreFocusOut = true;
  const closed = new AbortController();
  /** The key that Enter takes as it is. */
  let unchecked: string | undefined;

  const accept = async (): Promise<string | undefined> => {
    const key = box.value.trim();
    const problem = keyProblem(key, vscode.l10n.t);
    if (problem !== undefined) {
      box.validationMessage = problem;
      return undefined;
    }
    if (key === unchecked) return key;
    box.busy = true;
    box.enabled = false;
    box.validationMessage = '';
    const verdict = await check(key, closed.signal);
    box.busy = false;
    box.enabled = true;
    if (verdict.kind === 'good') return key;
    unchecked = verdict.kind === 'unchecked' ? key : undefined;
    box.validationMessage = {
      message: verdict.message,
      severity:
        verdict.kind === 'unchecked'
          ? vscode.InputBoxValidationSeverity.Warning
          : vscode.InputBoxValidationSeverity.Error,
    };
    return undefined;
  };

  return new Promise((resolve, reject) => {
    box.onDidChangeValue(() => {
      box.validationMessage = '';
    });
    box.onDidAccept(() => {
      accept().then((key) => {
        if (key === undefined || closed.signal.aborted) return;
        resolve(key);
        box.hide();
      }, reject);
    });
    box.onDidHide(() => {
      closed.abort();
      box.dispose();
      resolve(undefined);
    });
    box.show();
  });
}
