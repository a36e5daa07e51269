import * as vscode from 'vscode';

export interface EndpointItem extends vscode.QuickPickItem {
  readonly id: string;
}

/** Asks which endpoint is meant; where there is only one it is that. `undefined` when the user gave up, or there is none. */
export async function pickEndpoint(
  items: readonly EndpointItem[],
  title: string,
): Promise<string | undefined> {
  if (items.length <= 1) return items[0]?.id;
  const placeHolder = vscode.l10n.t('Which endpoint?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.id;
}
