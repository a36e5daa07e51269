// @ts-check
/** Finds a browser of the Chromium family for the tests. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { aptInstall, installHint } from './systemPackages.mjs';

/** Sandbox and GPU are not to be had in containers; the rest keeps the browser from calling out. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const commands = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'msedge',
];

/** @returns {string | undefined} */
function findChromium() {
  for (const name of ['CHROMIUM_PATH', 'CHROME_PATH']) {
    const wanted = process.env[name];
    if (wanted === undefined || wanted === '') continue;
    if (existsSync(wanted)) return wanted;
    throw new Error(`${name} names a file that does not exist: ${wanted}`);
  }
  return candidates().find((file) => existsSync(file));
}

/** @param {(line: string) => void} [log] */
export async function requireChromium(log = console.log) {
  const found = findChromium();
  if (found !== undefined) return found;
  await aptInstall(['chromium'], log);
  const installed = findChromium();
  if (installed !== undefined) return installed;
  throw new Error(`No Chrome, Chromium or Edge found:\n  ${installHint('browser')}`);
}

function candidates() {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((entry) => entry !== '');
  const onPath = folders.flatMap((folder) =>
    commands.map((name) => path.join(folder, name + suffix)),
  );
  return [...onPath, ...usualPlaces()];
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    );
  }
  if (process.platform !== 'win32') return ['/snap/bin/chromium', '/opt/google/chrome/chrome'];
  return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const base = process.env[name];
    if (base === undefined) return [];
    return [
      path.join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ];
  });
}
