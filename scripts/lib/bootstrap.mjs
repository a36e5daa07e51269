// @ts-check
/**
 * What lets a script run on any Node from 20 on with nothing installed: it installs the
 * dependencies when they are missing or out of date, then starts itself again on the Node that is
 * one of them. Uses nothing from node_modules itself.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { npm } from './npm.mjs';
import { bundledNode, root } from './paths.mjs';
import { endWithParent, spawnTree } from './processes.mjs';

const bundledMajor = 24;
const installLimitMs = 300_000;

/**
 * Resolves in the process that should go on; the one that started another in its place exits with
 * the other's exit code.
 * @param {string} script import.meta.filename of the calling script
 */
export async function bootstrap(script) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`Node 20 or newer is needed to start; this is ${process.version}.`);
  }
  endWithParent();
  if (!dependenciesAreCurrent()) await installDependencies();
  if (Number(process.versions.node.split('.')[0]) === bundledMajor) return;
  const bin = path.join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const args = [script, ...process.argv.slice(2)];
  const child = spawnTree(bundledNode, args, { env, stdio: 'inherit' });
  /** @type {number} */
  const code = await new Promise((resolve) => {
    child.once('exit', (exitCode) => resolve(exitCode ?? 1));
    child.once('error', (error) => fail(`Could not start ${bundledNode}: ${error.message}`));
  });
  process.exit(code);
}

async function installDependencies() {
  console.log('Installing dependencies (npm ci)');
  const options = { cwd: root, timeoutMs: installLimitMs };
  let result = await npm(['ci'], options);
  if (!result.ok && result.output.includes('EUSAGE')) {
    // A lock file written where some platform's packages could not be had: the versions still hold.
    console.log('package-lock.json is incomplete for this npm; installing without changing it');
    result = await npm(['install', '--no-save'], options);
  }
  if (!result.ok) fail(`${result.output}\nInstalling the dependencies failed. Try: npm ci`);
  if (!existsSync(bundledNode)) {
    fail(`The package "node" has no program for this machine at ${bundledNode}.`);
  }
}

/** Compares what is to be installed with what npm noted down as installed. */
function dependenciesAreCurrent() {
  if (!existsSync(bundledNode)) return false;
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([name, entry]) =>
      name === '' || entry.optional === true || installed[name]?.version === entry.version,
  );
}

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages */

/** @param {string} file @returns {Packages} */
function readPackages(file) {
  try {
    /** @type {unknown} */
    const lock = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
    return /** @type {{ packages?: Packages }} */ (lock).packages ?? {};
  } catch {
    return {};
  }
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
