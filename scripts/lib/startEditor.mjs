// @ts-check
/** The two ways of `npm start`: desktop VS Code, or VS Code's server in a browser. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { downloadDesktop, findInstalledCode, hasDisplay } from './desktop.mjs';
import { root } from './paths.mjs';
import { isEnding, spawnTree } from './processes.mjs';
import { startServer } from './serverProcess.mjs';
import { works } from './systemPackages.mjs';
import { currentRelease, installVscodeServer } from './vscodeServer.mjs';

/** @typedef {{ summary: string[], ended: Promise<void> }} Started */

const readyLimitMs = 30_000;

/**
 * @param {import('./startSession.mjs').Session} session
 * @returns {Promise<Started | undefined>} undefined when there is no desktop VS Code to be had
 */
export async function startDesktop(session) {
  if (!hasDisplay()) return undefined;
  const executable = findInstalledCode() ?? (await tryDownload());
  if (executable === undefined) return undefined;
  const userDir = path.join(session.dataDir, 'desktop');
  const settingsFile = path.join(userDir, 'User', 'settings.json');
  if (!existsSync(settingsFile)) {
    await mkdir(path.dirname(settingsFile), { recursive: true });
    await writeFile(settingsFile, JSON.stringify(session.userSettings, undefined, 2));
  }
  const args = [
    ...['--new-window', '--wait', session.folder],
    `--extensionDevelopmentPath=${root}`,
    `--extensionDevelopmentPath=${session.openerDir}`,
    `--user-data-dir=${userDir}`,
    `--extensions-dir=${path.join(session.dataDir, 'desktop-extensions')}`,
    // Chromium's sandbox refuses to run as root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const child = spawnTree(executable, args, {
    env: { ...process.env, ...session.env },
    stdio: 'ignore',
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error(`Could not start ${executable}: ${error.message}`)),
    );
    child.once('exit', (code) =>
      code === 0 || isEnding()
        ? resolve()
        : reject(new Error(`VS Code has ended with code ${code}. Try: npm start -- --server`)),
    );
  });
  return { summary: [`VS Code is opening ${session.folder} with Pulse for Claude.`], ended };
}

async function tryDownload() {
  try {
    return await downloadDesktop();
  } catch {
    console.log('Desktop VS Code is not installed and could not be downloaded.');
    return undefined;
  }
}

/**
 * @param {import('./startSession.mjs').Session} session
 * @param {{ port?: number | undefined, open: boolean }} options
 * @returns {Promise<Started>}
 */
export async function startInBrowser(session, options) {
  const token = randomBytes(24).toString('hex');
  const server = await startServer({
    server: await installVscodeServer(currentRelease),
    dataDir: session.dataDir,
    extensionsDir: session.extensionsDir,
    token,
    ...(options.port !== undefined && { port: options.port }),
    userSettings: session.userSettings,
    env: session.env,
  });
  const query = new URLSearchParams({ tkn: token, folder: session.folder });
  const address = `${server.origin}/?${query.toString()}`;
  await requireAnswer(address);
  const opened = options.open && openBrowser(address);
  return {
    summary: [
      opened
        ? 'VS Code with Pulse for Claude is opening in your browser:'
        : 'VS Code with Pulse for Claude is ready. Open this in a browser:',
      `  ${address}`,
      'Only this machine can reach it, and only with the token in the address.',
    ],
    ended: server.ended.then(() => {
      if (isEnding()) return;
      throw new Error(`VS Code's server has ended.\n${server.output()}`);
    }),
  };
}

/** @param {string} address */
async function requireAnswer(address) {
  const signal = AbortSignal.timeout(readyLimitMs);
  const response = await fetch(address, { signal, redirect: 'manual' });
  await response.body?.cancel();
  // The token is taken from the address into a cookie, with a redirect.
  if (response.status >= 400) throw new Error(`VS Code's server answers ${response.status}`);
}

/** Starts the default browser where there is one; never fails. @param {string} address */
function openBrowser(address) {
  /** @type {[string, string[]]} */
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : ['xdg-open', [address]];
  if (process.platform === 'linux' && !(hasDisplay() && works(command))) return false;
  // Left alone from here on: Ctrl-C must not take a person's browser along.
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // Whatever becomes of it, the address is printed.
  child.once('error', () => {});
  child.unref();
  return true;
}
