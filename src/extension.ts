import type * as vscode from 'vscode';
import { compose } from './host/compose';
import type { Composition, PulseApi } from './host/compose';

/** VS Code calls `deactivate` without arguments: what it has to end must be kept here. */
let composition: Composition | undefined;

export function activate(context: vscode.ExtensionContext): PulseApi {
  composition = compose(context);
  return composition.api;
}

export async function deactivate(): Promise<void> {
  await composition?.close();
}
