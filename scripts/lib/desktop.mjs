// @ts-check
/** Finds or fetches desktop VS Code. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheDir } from './paths.mjs';
import { installHint, works } from './systemPackages.mjs';

/** Windows and macOS always have one; on Linux a display server must be there. */
export const hasDisplay = () =>
  process.platform !== 'linux' ||
  Boolean(process.env['DISPLAY']) ||
  Boolean(process.env['WAYLAND_DISPLAY']);

/**
 * The command line of an installed VS Code: `code` on PATH or in the usual places.
 * @returns {string | undefined}
 */
export function findInstalledCode() {
  const override = process.env['VSCODE_EXECUTABLE'];
  if (override !== undefined && override !== '') return override;
  return usualPlaces().find((place) => (path.isAbsolute(place) ? existsSync(place) : works(place)));
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    const inApp = 'Visual Studio Code.app/Contents/Resources/app/bin/code';
    return ['code', `/Applications/${inApp}`, `${process.env['HOME'] ?? ''}/Applications/${inApp}`];
  }
  if (process.platform === 'win32') {
    return ['LOCALAPPDATA', 'PROGRAMFILES'].flatMap((name) => {
      const base = process.env[name];
      if (base === undefined) return [];
      const folder = name === 'LOCALAPPDATA' ? path.join(base, 'Programs') : base;
      return [path.join(folder, 'Microsoft VS Code', 'Code.exe')];
    });
  }
  return ['code', '/usr/share/code/bin/code', '/snap/bin/code'];
}

/**
 * Downloads VS Code into the cache.
 * @param {string} [version] default: the newest stable one
 * @returns {Promise<string>} the executable
 */
export async function downloadDesktop(version = 'stable') {
  const { SilentReporter, download } = await import('@vscode/test-electron');
  return download({
    version,
    cachePath: path.join(cacheDir, 'vscode-desktop'),
    reporter: new SilentReporter(),
    timeout: 30_000,
  });
}

/**
 * For `npm run test:desktop`: VSCODE_EXECUTABLE, or a download of VSCODE_VERSION.
 * Ends this process with the reason when neither can be had.
 */
export async function requireDesktop() {
  if (!hasDisplay()) {
    stop(`Desktop VS Code needs a display and there is none:\n  ${installHint('display')}`);
  }
  const executable = process.env['VSCODE_EXECUTABLE'];
  if (executable !== undefined && executable !== '') {
    if (!existsSync(executable)) stop(`VSCODE_EXECUTABLE does not exist: ${executable}`);
    return { executable };
  }
  try {
    return { executable: await downloadDesktop(process.env['VSCODE_VERSION']) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return stop(
      `Desktop VS Code could not be downloaded: ${reason}\n` +
        'Set VSCODE_EXECUTABLE to an installed one, or use `npm run test:integration`, which runs ' +
        'the same suite in VS Code’s server.',
    );
  }
}

/** @param {string} message @returns {never} */
function stop(message) {
  console.error(message);
  process.exit(1);
}
