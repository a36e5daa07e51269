// @ts-check
/** Programs that come from the operating system: a compiler, a browser. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { run } from './processes.mjs';

/**
 * @param {string} command
 * @param {readonly string[]} [args]
 */
export function works(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * Installs Debian packages when this user may do that without being asked for a password.
 * @param {readonly string[]} packages
 * @param {(line: string) => void} log
 * @returns {Promise<boolean>} whether they are installed now
 */
export async function aptInstall(packages, log) {
  if (process.platform !== 'linux' || !works('apt-get')) return false;
  const prefix = asRoot();
  if (prefix === undefined) return false;
  log(`Installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {readonly string[]} args */
  const apt = (...args) => {
    const [command, ...rest] = /** @type {[string, ...string[]]} */ ([
      ...prefix,
      'apt-get',
      // Another program may be installing something.
      '-o',
      'DPkg::Lock::Timeout=180',
      ...args,
    ]);
    return run(command, rest, { env, timeoutMs: 300_000 });
  };
  await apt('update', '-q');
  const result = await apt('install', '-y', '-q', '--no-install-recommends', ...packages);
  if (!result.ok) log(result.output.trimEnd().split('\n').slice(-5).join('\n'));
  return result.ok;
}

/** @returns {readonly string[] | undefined} what to put before a command that needs root */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

/**
 * What to tell a person whose machine lacks something.
 * @param {'compiler' | 'browser' | 'display'} what
 */
export function installHint(what) {
  const hints = {
    compiler: {
      linux: 'sudo apt-get install -y g++ make python3   (or your distribution’s build tools)',
      darwin: 'xcode-select --install',
      win32: 'winget install Microsoft.VisualStudio.2022.BuildTools Python.Python.3.12',
    },
    browser: {
      linux: 'sudo apt-get install -y chromium   (or set CHROMIUM_PATH to a Chrome or Edge)',
      darwin: 'brew install --cask google-chrome   (or set CHROMIUM_PATH)',
      win32: 'winget install Google.Chrome   (or set CHROMIUM_PATH)',
    },
    display: {
      linux: 'sudo apt-get install -y xvfb && xvfb-run -a npm run test:desktop',
      darwin: 'run this from a session with a screen',
      win32: 'run this from a session with a screen',
    },
  }[what];
  const platform = /** @type {keyof typeof hints} */ (process.platform);
  return hints[platform] ?? hints.linux;
}
