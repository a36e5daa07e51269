// @ts-check
/**
 * VS Code's own server and workbench, for machines without a desktop VS Code. The npm package
 * code-server ships them; its own entry point and settings are not used.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { readJson } from './json.mjs';
import { npm } from './npm.mjs';
import { bundledNode, cacheDir } from './paths.mjs';
import { aptInstall, installHint, works } from './systemPackages.mjs';

/**
 * @typedef {object} ServerRelease
 * @property {string} codeServer version of the npm package code-server
 * @property {string} [node] version of the npm package `node` it runs on; default: this project's
 *
 * @typedef {object} InstalledServer
 * @property {string} node the Node that runs the server
 * @property {string} main server-main.js
 */

/** VS Code 1.139.1. @type {ServerRelease} */
export const currentRelease = { codeServer: '4.139.1' };

/** VS Code 1.106.3, the oldest version that `engines.vscode` allows, on the Node it came with. @type {ServerRelease} */
export const oldestRelease = { codeServer: '4.106.3', node: '22' };

/** Raise this when the steps of the installation change, so that older caches are made anew. */
const recipe = 2;

/** Of the package that has the program of the file search inside. */
const ripgrepVersion = '1.18.0';

/** Without spdlog the server does not start; without node-pty there are no terminals. */
const nativeModules = ['@vscode/spdlog', 'node-pty', 'native-watchdog', '@vscode/native-watchdog'];

/**
 * Installs a release into the cache unless it is there already.
 * @param {ServerRelease} release
 * @param {(line: string) => void} [log]
 * @returns {Promise<InstalledServer>}
 */
export async function installVscodeServer(release, log = console.log) {
  const name = `code-server-${release.codeServer}`;
  const target = path.join(cacheDir, name);
  const stamp = JSON.stringify({
    recipe,
    ...release,
    platform: process.platform,
    arch: process.arch,
  });
  if (await hasStamp(target, stamp)) return locate(target, release);

  await mkdir(cacheDir, { recursive: true });
  await removeLeftovers(name);
  // Built beside the target and moved there when whole: a run that is stopped leaves no half.
  const staging = path.join(cacheDir, `${name}.partial-${process.pid}`);
  try {
    await mkdir(staging, { recursive: true });
    log(`Installing VS Code's server (code-server ${release.codeServer}), once, about a minute`);
    await installInto(staging, release, log);
    await writeFile(path.join(staging, 'stamp.json'), stamp);
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return locate(target, release);
}

/** @param {string} folder @param {ServerRelease} release @param {(line: string) => void} log */
async function installInto(folder, release, log) {
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  const packages = [`code-server@${release.codeServer}`];
  await mustRun(['install', '--ignore-scripts', ...packages], folder);
  // In a folder of its own: this package needs its install script, the others must not run theirs.
  if (release.node !== undefined) await installApart(folder, 'node', [`node@${release.node}`]);
  const vscode = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  for (const project of [vscode, path.join(vscode, 'extensions')]) {
    await preferPublishedVersions(project);
    // `npm ci` refuses here: the lock file that comes with it is a shrinkwrap of another npm.
    await mustRun(['install', '--ignore-scripts', '--omit=dev'], project);
  }
  await completeRipgrep(folder, vscode);
  await buildNativeModules(vscode, log);
}

/**
 * Installs packages into a project of their own beside the server's.
 * @param {string} folder
 * @param {string} name of the project's folder
 * @param {readonly string[]} args what to install, with options
 */
async function installApart(folder, name, args) {
  const project = path.join(folder, name);
  await mkdir(project);
  await writeFile(path.join(project, 'package.json'), JSON.stringify({ private: true }));
  await mustRun(['install', ...args], project);
  return path.join(project, 'node_modules');
}

/**
 * The file search of older releases has its program fetched from a site by an install script.
 * Newer ones take a package that has it inside, for every platform; so do we.
 * @param {string} folder
 * @param {string} vscode
 */
async function completeRipgrep(folder, vscode) {
  const ripgrep = path.join(vscode, 'node_modules/@vscode/ripgrep');
  if (!existsSync(ripgrep)) return;
  const exe = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const packages = ['--ignore-scripts', `@vscode/ripgrep-universal@${ripgrepVersion}`];
  const modules = await installApart(folder, 'ripgrep', packages);
  const builds = path.join(modules, '@vscode/ripgrep-universal/bin');
  await mkdir(path.join(ripgrep, 'bin'), { recursive: true });
  await copyFile(
    path.join(builds, `${process.platform}-${process.arch}`, exe),
    path.join(ripgrep, 'bin', exe),
  );
  await rm(path.join(folder, 'ripgrep'), { recursive: true, force: true });
}

/**
 * @typedef {{ dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} Manifest
 * @typedef {{ packages: Record<string, Manifest & { version?: string }> }} Lock
 */

/**
 * Older releases take @parcel/watcher from its git repository, which has to be built and is not
 * everywhere within reach. The lock names the published version that this commit became.
 * @param {string} project a folder with a package.json and a npm-shrinkwrap.json
 */
async function preferPublishedVersions(project) {
  const manifestFile = path.join(project, 'package.json');
  const lockFile = path.join(project, 'npm-shrinkwrap.json');
  const manifest = /** @type {Manifest} */ (await readJson(manifestFile));
  const lock = /** @type {Lock} */ (await readJson(lockFile));
  let changed = false;
  const root = lock.packages[''] ?? {};
  for (const group of /** @type {const} */ (['dependencies', 'devDependencies'])) {
    for (const [name, wanted] of Object.entries(manifest[group] ?? {})) {
      const entry = lock.packages[`node_modules/${name}`];
      const fromGit = /^[\w-]+\/[\w.-]+(#|$)|^git/.test(wanted);
      if (!fromGit || entry?.version === undefined) continue;
      manifest[group] = { ...manifest[group], [name]: entry.version };
      root[group] = { ...root[group], [name]: entry.version };
      delete lock.packages[`node_modules/${name}`];
      changed = true;
    }
  }
  if (!changed) return;
  await writeFile(manifestFile, JSON.stringify(manifest));
  await writeFile(lockFile, JSON.stringify(lock));
}

/** @param {string} vscode @param {(line: string) => void} log */
async function buildNativeModules(vscode, log) {
  await requireCompiler(log);
  const wanted = nativeModules.filter((name) =>
    existsSync(path.join(vscode, 'node_modules', name)),
  );
  const args = ['rebuild', ...wanted];
  let result = await npm(args, { cwd: vscode, timeoutMs: 300_000 });
  if (result.ok) return;
  // node-gyp downloads Node's headers. Where it can't, headers of another Node do as well: these
  // modules use Node-API, which is stable across versions.
  for (const nodedir of headerFolders()) {
    log(`Building again with the headers in ${nodedir}`);
    const env = { ...process.env, npm_config_nodedir: nodedir };
    result = await npm(args, { cwd: vscode, env, timeoutMs: 300_000 });
    if (result.ok) return;
  }
  throw new Error(
    `Could not build ${wanted.join(', ')}.\n${result.output}\n` +
      'node-gyp needs a compiler and Node’s headers. Set npm’s option nodedir to a folder with ' +
      'include/node in it when this machine can’t download them.',
  );
}

/** @param {(line: string) => void} log */
async function requireCompiler(log) {
  const has = () =>
    process.platform === 'win32' ||
    ((works('g++') || works('c++')) && works('make') && (works('python3') || works('python')));
  if (has()) return;
  if ((await aptInstall(['g++', 'make', 'python3'], log)) && has()) return;
  throw new Error(
    `VS Code's server has native modules that need a C++ compiler, make and Python:\n  ${installHint('compiler')}`,
  );
}

function headerFolders() {
  const binaries = (process.env['PATH'] ?? '').split(path.delimiter);
  const prefixes = new Set([
    ...binaries.map((folder) => path.dirname(folder)),
    '/usr',
    '/usr/local',
  ]);
  return [...prefixes].filter((prefix) => existsSync(path.join(prefix, 'include/node/node_api.h')));
}

/** @param {readonly string[]} args @param {string} cwd */
async function mustRun(args, cwd) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const result = await npm([...args, ...quiet], { cwd, timeoutMs: 300_000 });
  if (!result.ok) throw new Error(`npm ${args.join(' ')} failed in ${cwd}\n${result.output}`);
}

/** @param {string} folder @param {string} stamp */
async function hasStamp(folder, stamp) {
  try {
    return (await readFile(path.join(folder, 'stamp.json'), 'utf8')) === stamp;
  } catch {
    return false;
  }
}

/** Removes what installs that were killed have left, except those of a process that still runs. @param {string} name */
async function removeLeftovers(name) {
  for (const entry of await readdir(cacheDir)) {
    const owner = entry.startsWith(`${name}.partial-`)
      ? Number(entry.split('-').at(-1))
      : undefined;
    if (owner === undefined || isRunning(owner)) continue;
    await rm(path.join(cacheDir, entry), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} folder @param {ServerRelease} release @returns {InstalledServer} */
function locate(folder, release) {
  const exe = process.platform === 'win32' ? 'node.exe' : 'node';
  return {
    node:
      release.node === undefined
        ? bundledNode
        : path.join(folder, 'node', 'node_modules', 'node', 'bin', exe),
    main: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}
