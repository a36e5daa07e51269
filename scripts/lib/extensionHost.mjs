// @ts-check
/** Runs the integration suite inside a real extension host: VS Code's server, or desktop VS Code. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromiumArgs, requireChromium } from './chromium.mjs';
import { artifactsDir, outDir, root } from './paths.mjs';
import { startServer } from './serverProcess.mjs';
import { installVscodeServer } from './vscodeServer.mjs';

/** Marks the lines of the suite; see test/integration/index.ts. */
const mark = '[suite] ';

/**
 * @typedef {object} SuiteOptions
 * @property {string} reportFile where the suite writes its report
 * @property {number} timeoutMs
 * @property {string} [grep] a part of the titles to run
 * @property {string} [extensionPath] default: this project
 * @property {string} [testsPath] default: this project's built suite
 */

const defaultSuite = path.join(outDir, 'test', 'integration', 'index.js');

/** Settings under which nothing but the extension under test shows or calls out. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
};

/**
 * The environment of a test run: what a developer has set for Claude must not reach the tests.
 * @param {NodeJS.ProcessEnv} [extra]
 */
export function testEnvironment(extra = {}) {
  const leaks = /^(ANTHROPIC_|CLAUDE_|PULSE_START|ELECTRON_RUN_AS_NODE$|VSCODE_)/;
  const entries = Object.entries(process.env).filter(([name]) => !leaks.test(name));
  return { ...Object.fromEntries(entries), ...extra };
}

/**
 * @param {import('./vscodeServer.mjs').ServerRelease} release
 * @param {SuiteOptions} options
 * @returns {Promise<boolean>} whether the suite has ended with success
 */
export async function runInServer(release, options) {
  const server = await installVscodeServer(release);
  const { chromium } = await import('playwright-core');
  const executablePath = await requireChromium();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'pulse-integration-'));
  const log = suiteLog();
  const running = await startServer({
    server,
    dataDir,
    automation: true,
    workspaceTrust: false,
    userSettings: quietSettings,
    env: testEnvironment(suiteEnvironment(options)),
  });
  const browser = await chromium.launch({ executablePath, args: chromiumArgs });
  try {
    const page = await browser.newPage();
    /** @type {Promise<number>} */
    const exit = new Promise((resolve) => {
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    await page.exposeFunction(
      'codeAutomationLog',
      /** @param {string} level @param {unknown[]} args */
      (level, args) => log.add(`${level}: ${args.map(String).join(' ')}`),
    );
    await page.goto(await suiteAddress(running.origin, dataDir, options));
    const crashed = running.ended.then(() => 'The server has ended.');
    const verdict = await Promise.race([exit, crashed, expiry(options.timeoutMs)]);
    if (typeof verdict === 'string') console.error(verdict);
    return verdict === 0;
  } finally {
    await browser.close();
    await running.stop();
    await log.save(running.output());
    await rm(dataDir, { recursive: true, force: true });
  }
}

/**
 * @param {{ version?: string, executable?: string }} vscode
 * @param {SuiteOptions} options
 * @returns {Promise<boolean>}
 */
export async function runInDesktop(vscode, options) {
  const { runTests } = await import('@vscode/test-electron');
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'pulse-desktop-'));
  const userDir = path.join(dataDir, 'user');
  await mkdir(path.join(userDir, 'User'), { recursive: true });
  await writeFile(path.join(userDir, 'User', 'settings.json'), JSON.stringify(quietSettings));
  const suite = runTests({
    ...(vscode.executable !== undefined && { vscodeExecutablePath: vscode.executable }),
    ...(vscode.version !== undefined && { version: vscode.version }),
    extensionDevelopmentPath: options.extensionPath ?? root,
    extensionTestsPath: options.testsPath ?? defaultSuite,
    extensionTestsEnv: suiteEnvironment(options),
    launchArgs: [
      await workspace(dataDir),
      `--user-data-dir=${userDir}`,
      `--extensions-dir=${path.join(dataDir, 'extensions')}`,
      '--disable-workspace-trust',
    ],
  });
  try {
    const verdict = await Promise.race([suite, expiry(options.timeoutMs)]);
    if (typeof verdict === 'string') console.error(verdict);
    return verdict === 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  } finally {
    await rm(dataDir, { recursive: true, force: true }).catch(() => {});
  }
}

/** @param {SuiteOptions} options */
const suiteEnvironment = (options) => ({
  PULSE_TEST_REPORT: options.reportFile,
  ...(options.grep !== undefined && { PULSE_TEST_GREP: options.grep }),
});

/** @param {string} origin @param {string} dataDir @param {SuiteOptions} options */
async function suiteAddress(origin, dataDir, options) {
  const payload = [
    ['extensionDevelopmentPath', remoteUri(options.extensionPath ?? root)],
    ['extensionTestsPath', remoteUri(options.testsPath ?? defaultSuite)],
  ];
  const query = new URLSearchParams({
    folder: await workspace(dataDir),
    payload: JSON.stringify(payload),
  });
  return `${origin}/?${query.toString()}`;
}

/** How the page names a file on the server's machine. @param {string} file */
export const remoteUri = (file) => `vscode-remote://remote${encodeURI(file)}`;

/** @param {string} dataDir */
async function workspace(dataDir) {
  const folder = path.join(dataDir, 'workspace');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'hello.ts'), "export const hello = 'world';\n");
  return folder;
}

/** The suite's own lines on the console, all others in a file. */
function suiteLog() {
  /** @type {string[]} */
  const lines = [];
  return {
    /** @param {string} line */
    add(line) {
      lines.push(line);
      const at = line.indexOf(mark);
      if (at >= 0) console.log(line.slice(at + mark.length));
    },
    /** @param {string} serverOutput */
    async save(serverOutput) {
      const folder = path.join(artifactsDir, 'logs');
      await mkdir(folder, { recursive: true });
      const text = `${lines.join('\n')}\n\n--- server ---\n${serverOutput}`;
      await writeFile(path.join(folder, 'integration.log'), text);
    },
  };
}

/** @param {number} ms @returns {Promise<string>} */
const expiry = (ms) =>
  new Promise((resolve) => {
    const late = () => resolve(`No end of the suite after ${ms / 1000} s.`);
    setTimeout(late, ms).unref();
  });
