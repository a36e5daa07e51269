// @ts-check
/** Where the project keeps what it makes. Everything here is ignored by git. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Downloads that are worth keeping between runs, such as VS Code's server. */
export const cacheDir = path.resolve(process.env['PULSE_CACHE_DIR'] ?? path.join(root, '.cache'));

/** What a person or a CI run looks at afterwards: reports, screenshots, logs. */
export const artifactsDir = path.join(root, 'artifacts');
export const reportsDir = path.join(artifactsDir, 'reports');
export const screenshotsDir = path.join(artifactsDir, 'screenshots');

export const distDir = path.join(root, 'dist');
export const outDir = path.join(root, 'out');
export const metaDir = path.join(outDir, 'meta');

export const bundledNode = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
