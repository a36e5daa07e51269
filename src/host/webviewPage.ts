import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewHtml } from './webviewHtml';

/** Fills a webview with one of the extension's pages: the script and style sheet of this name. */
export function showPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: 'chat' | 'report' | 'dashboard',
): void {
  const dist = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const uri = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
  webview.html = webviewHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: uri(`${name}.js`),
    styles: [uri('codicon.css'), uri(`${name}.css`)],
    language: vscode.env.language,
  });
}

/** What stands before the title of a tab. */
export function tabIcon(extensionUri: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const icon = (file: string): vscode.Uri =>
    vscode.Uri.joinPath(extensionUri, 'media', 'icons', file);
  return { light: icon('pulse-light.svg'), dark: icon('pulse-dark.svg') };
}
