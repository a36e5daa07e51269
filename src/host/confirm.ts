import * as vscode from 'vscode';

/** Asks in a dialog whether it is really to be done. `action`: what the button that does it says. */
export async function confirmed(
  question: string,
  detail: string,
  action: string,
): Promise<boolean> {
  const options = { modal: true, detail };
  return (await vscode.window.showWarningMessage(question, options, action)) === action;
}
