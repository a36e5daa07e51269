// @ts-check
/** Starts VS Code's server and waits until it answers. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { killTree, spawnTree } from './processes.mjs';
import { linkBuiltinExtensions } from './serverExtensions.mjs';

const startLimitMs = 60_000;

/**
 * @typedef {object} ServerOptions
 * @property {import('./vscodeServer.mjs').InstalledServer} server
 * @property {string} dataDir everything the server writes goes below this folder
 * @property {string} [extensionsDir] default: a folder below dataDir
 * @property {readonly string[]} [builtinExtensions] names of VS Code's own extensions that are there, default: all
 * @property {number} [port] default: a free one
 * @property {string} [token] connection token; without one every local process may connect
 * @property {boolean} [automation] lets the page be driven: development extensions and test suites
 * @property {boolean} [workspaceTrust] default true
 * @property {Record<string, unknown>} [userSettings]
 * @property {Record<string, unknown>} [machineSettings]
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 *
 * @typedef {object} RunningServer
 * @property {number} port
 * @property {string} origin http://127.0.0.1:PORT
 * @property {() => string} output what it has printed so far
 * @property {Promise<void>} ended resolves when the server has ended by itself or by stop()
 * @property {() => Promise<void>} stop
 */

/** @param {string} dataDir */
export const settingsFiles = (dataDir) => ({
  user: path.join(dataDir, 'user', 'User', 'settings.json'),
  machine: path.join(dataDir, 'user', 'Machine', 'settings.json'),
});

/**
 * @param {ServerOptions} options
 * @returns {Promise<RunningServer>}
 */
export async function startServer(options) {
  const { server, dataDir } = options;
  const files = settingsFiles(dataDir);
  await writeSettings(files.user, options.userSettings);
  await writeSettings(files.machine, options.machineSettings);
  if (options.token !== undefined) await writeToken(dataDir, options.token);
  if (options.builtinExtensions !== undefined)
    await linkBuiltinExtensions(server, builtinExtensionsDir(dataDir), options.builtinExtensions);
  const child = spawnTree(server.node, [server.main, ...commandLine(options)], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output += error.message;
      resolve();
    });
  });
  /** @type {Promise<number>} */
  const listening = new Promise((resolve) => {
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      output += chunk.toString('utf8');
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
  const port = await withinLimit(Promise.race([listening, ended.then(() => undefined)]));
  if (port === undefined) {
    await killTree(child);
    throw new Error(`VS Code's server did not start.\n${output}`);
  }
  const origin = `http://127.0.0.1:${port}`;
  return { port, origin, output: () => output, ended, stop: () => killTree(child) };
}

/** The second ends a server that a killed test run has left behind. */
const automationOptions = ['--enable-smoke-test-driver', '--enable-remote-auto-shutdown'];

/** @param {ServerOptions} options */
function commandLine(options) {
  const { dataDir } = options;
  return [
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...['--server-data-dir', path.join(dataDir, 'server')],
    ...['--user-data-dir', path.join(dataDir, 'user')],
    ...['--extensions-dir', options.extensionsDir ?? path.join(dataDir, 'extensions')],
    ...(options.builtinExtensions === undefined
      ? []
      : ['--builtin-extensions-dir', builtinExtensionsDir(dataDir)]),
    ...(options.token === undefined
      ? ['--without-connection-token']
      : ['--connection-token-file', tokenFile(dataDir)]),
    ...(options.automation === true ? automationOptions : []),
    ...(options.workspaceTrust === false ? ['--disable-workspace-trust'] : []),
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
  ];
}

/** @param {string} dataDir */
const builtinExtensionsDir = (dataDir) => path.join(dataDir, 'builtin-extensions');

/** @param {string} dataDir */
const tokenFile = (dataDir) => path.join(dataDir, 'connection-token');

/** In a file that only this user reads: a command line can be read by everybody. @param {string} dataDir @param {string} token */
async function writeToken(dataDir, token) {
  await rm(tokenFile(dataDir), { force: true });
  await writeFile(tokenFile(dataDir), token, { mode: 0o600 });
}

/** Settings that a person has changed since the last start stay. @param {string} file @param {Record<string, unknown>} [settings] */
async function writeSettings(file, settings) {
  if (settings === undefined || existsSync(file)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(settings, undefined, 2));
}

/** @template T @param {Promise<T>} promise @returns {Promise<T | undefined>} */
async function withinLimit(promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<undefined>} */
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(undefined), startLimitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
