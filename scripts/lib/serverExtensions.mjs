// @ts-check
/** Puts extensions into the extensions folder of VS Code's server. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { readJson } from './json.mjs';
import { run } from './processes.mjs';

/**
 * Installs a packaged extension as a person would by `code --install-extension`.
 * @param {import('./vscodeServer.mjs').InstalledServer} server
 * @param {string} vsix
 * @param {{ dataDir: string, extensionsDir: string }} folders
 */
export async function installExtension(server, vsix, { dataDir, extensionsDir }) {
  const args = [
    server.main,
    ...['--install-extension', vsix, '--force'],
    ...['--server-data-dir', path.join(dataDir, 'server')],
    ...['--user-data-dir', path.join(dataDir, 'user')],
    ...['--extensions-dir', extensionsDir],
    '--accept-server-license-terms',
  ];
  const result = await run(server.node, args, { timeoutMs: 60_000 });
  if (!result.ok || !/successfully installed/.test(result.output)) {
    throw new Error(`Could not install ${vsix}\n${result.output}`);
  }
}

/**
 * Makes folders with extensions in development the only ones of an extensions folder: by links, so
 * that a rebuilt bundle is there after the next reload of the window.
 * @param {string} extensionsDir emptied first
 * @param {readonly string[]} folders
 */
export async function linkExtensions(extensionsDir, folders) {
  await rm(extensionsDir, { recursive: true, force: true });
  await mkdir(extensionsDir, { recursive: true });
  for (const folder of folders) {
    const manifest = /** @type {{ publisher: string, name: string, version: string }} */ (
      await readJson(path.join(folder, 'package.json'))
    );
    const name = `${manifest.publisher}.${manifest.name}-${manifest.version}`;
    // Without a list of its own the server takes what it finds in the folder.
    await link(folder, path.join(extensionsDir, name));
  }
}

/**
 * Makes these the only ones of VS Code's own extensions.
 * @param {import('./vscodeServer.mjs').InstalledServer} server
 * @param {string} folder for the links
 * @param {readonly string[]} names
 */
export async function linkBuiltinExtensions(server, folder, names) {
  const all = path.resolve(path.dirname(server.main), '..', 'extensions');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // They share what is in node_modules.
  for (const name of ['node_modules', ...names])
    await link(path.join(all, name), path.join(folder, name));
}

/** @param {string} folder @param {string} target */
async function link(folder, target) {
  await symlink(folder, target, process.platform === 'win32' ? 'junction' : 'dir');
}

/**
 * An extension that shows the chat when the workbench has started. The real one must not start
 * with every window; the demonstration wants to begin with the chat open.
 * @param {string} folder
 * @param {string} command
 */
export async function writeOpener(folder, command) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'pulse-start',
    publisher: 'claude-pulse',
    version: '0.0.1',
    type: 'module',
    main: './extension.js',
    engines: { vscode: '^1.106.0' },
    activationEvents: ['onStartupFinished'],
    capabilities: { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    path.join(folder, 'extension.js'),
    "import * as vscode from 'vscode';\n" +
      `export const activate = () => vscode.commands.executeCommand(${JSON.stringify(command)});\n`,
  );
}
