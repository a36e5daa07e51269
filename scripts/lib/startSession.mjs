// @ts-check
/** The folders, settings and environment of `npm start`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { linkExtensions, writeOpener } from './serverExtensions.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} Session
 * @property {string} dataDir kept between starts, apart from a person's own VS Code
 * @property {string} folder the workspace
 * @property {string} extensionsDir
 * @property {string} openerDir the extension that opens the chat
 * @property {Record<string, unknown>} userSettings
 * @property {Record<string, string>} env
 * @property {string} keyNote
 */

const chatCommand = 'pulse.openChat';

/** VS Code's own chat would open in the same place as ours. */
const userSettings = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'visible',
  // Trust stays on: the folder opens in restricted mode, and nobody is asked before the first look.
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
};

/**
 * @param {string} dataDir
 * @param {string} [folder]
 * @returns {Promise<Session>}
 */
export async function prepareSession(dataDir, folder) {
  const extensionsDir = path.join(dataDir, 'extensions');
  const openerDir = path.join(dataDir, 'opener');
  await writeOpener(openerDir, chatCommand);
  await linkExtensions(extensionsDir, [root, openerDir]);
  const hasKey = Boolean(process.env['ANTHROPIC_API_KEY']);
  return {
    dataDir,
    folder: folder ?? (await sampleWorkspace(path.join(dataDir, 'workspace'))),
    extensionsDir,
    openerDir,
    userSettings,
    env: hasKey ? {} : { PULSE_START_DEMO: '1' },
    keyNote: hasKey
      ? 'ANTHROPIC_API_KEY is set: Pulse asks before it uses it.'
      : 'No ANTHROPIC_API_KEY is set: answers come from the local simulator until you set a key.',
  };
}

/** @param {string} folder */
async function sampleWorkspace(folder) {
  const sample = path.join(folder, 'fibonacci.ts');
  if (!existsSync(sample)) {
    await mkdir(folder, { recursive: true });
    await writeFile(
      sample,
      '/** Ask Pulse what is slow about this. */\n' +
        'export const fibonacci = (n: number): number =>\n' +
        '  n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);\n',
    );
  }
  return folder;
}
