import * as vscode from 'vscode';
import { EXTENSION_ID } from './contributions';

/** Of Pulse, as its manifest has it. */
export function ownVersion(): string {
  const manifest: unknown = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON;
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : '?';
}
