/**
 * What the activation of the extension loads, seen at run time: test/integration/index.ts records
 * it before any suite runs, because the first command that a suite runs would load more.
 *
 *   const { files, bytes, durationMs, wasActive } = activation();
 */
import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as vscode from 'vscode';

export interface Activation {
  /** Whether it was active before anybody had asked for it. */
  readonly wasActive: boolean;
  /** The files of the bundle that were loaded, relative to dist. */
  readonly files: readonly string[];
  readonly bytes: number;
  readonly durationMs: number;
}

let recorded: Activation | undefined;

/** Activates the extension and notes down the modules that this loads. */
export async function recordActivation(extensionId: string): Promise<void> {
  const extension = vscode.extensions.getExtension(extensionId);
  if (extension === undefined) throw new Error(`${extensionId} is not installed`);
  const dist = path.join(extension.extensionPath, 'dist');
  const prefix = `${pathToFileURL(dist).href}/`;
  const loaded = new Set<string>();
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const [address = url] = url.split('?');
      if (address.startsWith(prefix)) loaded.add(fileURLToPath(address));
      return nextLoad(url, context);
    },
  });
  const wasActive = extension.isActive;
  const startedAt = performance.now();
  try {
    await extension.activate();
  } finally {
    hooks.deregister();
  }
  const durationMs = performance.now() - startedAt;
  const paths = [...loaded].toSorted();
  recorded = {
    wasActive,
    files: paths.map((file) => path.relative(dist, file)),
    bytes: paths.reduce((sum, file) => sum + statSync(file).size, 0),
    durationMs,
  };
}

export function activation(): Activation {
  if (recorded === undefined) throw new Error('No activation was recorded.');
  return recorded;
}
