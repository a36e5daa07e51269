// @ts-check
/**
 * Child processes with a time limit. A child is started as the leader of its own process group, so
 * that it can be ended together with everything it started, on expiry and when this process ends.
 */
import { spawn, spawnSync } from 'node:child_process';
import process from 'node:process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let handlersInstalled = false;
let ending = false;

/** Whether a signal has come: what ends from then on does so because it was asked to. */
export const isEnding = () => ending;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; default: this process's own
 * @property {number} timeoutMs after this the whole tree is killed
 * @property {boolean} [echo] show the output while it comes, beside collecting it
 *
 * @typedef {object} RunResult
 * @property {boolean} ok exit code 0, in time
 * @property {number | null} code
 * @property {boolean} timedOut
 * @property {string} output stdout and stderr in the order they came
 * @property {number} durationMs
 */

/**
 * Starts a child that {@link killTree} can end with all its descendants.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function spawnTree(command, args, options = {}) {
  installHandlers();
  const posix = process.platform !== 'win32';
  const child = spawn(command, args, { windowsHide: true, ...options, detached: posix });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/**
 * Ends a child and its descendants, and resolves when the child is gone.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} [graceMs] time between asking and forcing
 */
export async function killTree(child, graceMs = 2000) {
  if (hasEnded(child)) {
    // The leader may be gone while members of its group live on.
    signalTree(child, 'SIGKILL');
    return;
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  signalTree(child, 'SIGTERM');
  const force = setTimeout(() => signalTree(child, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(force);
  signalTree(child, 'SIGKILL');
}

/** @param {import('node:child_process').ChildProcess} child */
const hasEnded = (child) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/**
 * Runs a command to its end or to its time limit. Never rejects: a command that can't be started
 * is a result with `ok: false` and the reason in `output`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const chunks = [];
    let timedOut = false;
    const child = spawnTree(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @param {NodeJS.WriteStream} target */
    const collect = (target) => (/** @type {Buffer} */ chunk) => {
      chunks.push(chunk);
      if (options.echo === true) target.write(chunk);
    };
    child.stdout?.on('data', collect(process.stdout));
    child.stderr?.on('data', collect(process.stderr));
    const timer = setTimeout(() => {
      timedOut = true;
      // Longer than a child needs to end its own children in the same way.
      void killTree(child, 10_000);
    }, options.timeoutMs);

    /** @param {number | null} code @param {string} [note] */
    const finish = (code, note) => {
      clearTimeout(timer);
      const late = timedOut ? `\nStopped: no end after ${options.timeoutMs / 1000} s.\n` : '';
      const output = Buffer.concat(chunks).toString('utf8') + late + (note ?? '');
      const durationMs = performance.now() - startedAt;
      resolve({ ok: code === 0 && !timedOut, code, timedOut, output, durationMs });
    };
    child.once('error', (error) => finish(null, `Could not start ${command}: ${error.message}\n`));
    // 'exit', not 'close': a descendant that keeps the pipe open must not keep us waiting.
    child.once('exit', (code) => {
      if (timedOut) return finish(code);
      const drain = setTimeout(() => finish(code), 500);
      child.once('close', () => {
        clearTimeout(drain);
        finish(code);
      });
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function signalTree(child, signal) {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (!hasEnded(child)) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is empty already.
  }
}

/**
 * Ends this process, and with it all it has started, when the one that started it is gone. A signal
 * to npm reaches only the shell between npm and its script.
 */
export function endWithParent() {
  installHandlers();
  const parent = process.ppid;
  const look = () => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  };
  setInterval(look, 1000).unref();
}

function installHandlers() {
  if (handlersInstalled) return;
  handlersInstalled = true;
  process.on('exit', () => {
    for (const child of running) signalTree(child, 'SIGKILL');
  });
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.once(signal, () => {
      ending = true;
      void Promise.all([...running].map((child) => killTree(child))).finally(() =>
        process.exit(code),
      );
    });
  }
}
