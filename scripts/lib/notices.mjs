// @ts-check
/** The licences of the packages whose code or fonts are in the packaged extension. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { readJson } from './json.mjs';
import { packagedBundles, packagesIn, readMetafile } from './metafiles.mjs';
import { root } from './paths.mjs';

/** Copied, not bundled: see esbuild.mjs. */
const copiedPackages = ['node_modules/@vscode/codicons'];

/** @returns {Promise<string>} */
export async function thirdPartyNotices() {
  const folders = new Set(copiedPackages);
  for (const bundle of packagedBundles) {
    for (const folder of packagesIn(await readMetafile(bundle))) folders.add(folder);
  }
  const notices = await Promise.all([...folders].map(notice));
  const unique = [...new Set(notices)].toSorted();
  return `Pulse for Claude contains the following packages.\n\n${unique.join('\n\n')}\n`;
}

/** @param {string} folder below the project */
async function notice(folder) {
  const absolute = path.join(root, folder);
  const manifest = /** @type {{ name: string, version: string, license?: string }} */ (
    await readJson(path.join(absolute, 'package.json'))
  );
  const files = (await readdir(absolute)).filter((file) =>
    /^(licen[cs]e|notice|copying)/i.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(path.join(absolute, file), 'utf8')));
  if (texts.length === 0 && manifest.license === undefined) {
    throw new Error(`${folder} names no licence; it must not be bundled`);
  }
  const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`;
  const body = texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return `${title}\n${'-'.repeat(title.length)}\n${body}`;
}
