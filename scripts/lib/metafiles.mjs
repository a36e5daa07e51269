// @ts-check
/** Answers questions about the bundles from what esbuild noted down while it made them. */
import path from 'node:path';
import { readJson } from './json.mjs';
import { metaDir } from './paths.mjs';

/** The bundles that are packaged. `diagram` is inside of a chunk of `webview`. */
export const packagedBundles = [
  'extension',
  'headless',
  'simulator',
  'webview',
  'diagram',
  'styles',
];

/**
 * @param {string} bundle its name in esbuild.mjs
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function readMetafile(bundle) {
  const file = path.join(metaDir, `${bundle}.json`);
  try {
    return /** @type {import('esbuild').Metafile} */ (await readJson(file));
  } catch (error) {
    throw new Error(`No metafile for ${bundle}; run npm run build first`, { cause: error });
  }
}

/**
 * The outputs that are loaded with one of them: itself and all it imports statically.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} entry path of an output, such as dist/extension.js
 * @returns {Set<string>}
 */
export function staticClosure(metafile, entry) {
  /** @type {Set<string>} */
  const reached = new Set();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    const output = metafile.outputs[file];
    if (output === undefined) throw new Error(`${file} is not among the outputs`);
    reached.add(file);
    for (const { path: imported, kind, external } of output.imports) {
      if (kind !== 'dynamic-import' && external !== true) open.push(imported);
    }
  }
  return reached;
}

/**
 * The packages with code in some outputs, as folders below the project such as
 * `node_modules/a/node_modules/b`.
 * @param {import('esbuild').Metafile} metafile
 * @param {Iterable<string>} [outputs] default: all
 * @returns {Set<string>}
 */
export function packagesIn(metafile, outputs = Object.keys(metafile.outputs)) {
  /** @type {Set<string>} */
  const packages = new Set();
  for (const file of outputs) {
    for (const [input, { bytesInOutput }] of Object.entries(metafile.outputs[file]?.inputs ?? {})) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined && bytesInOutput > 0) packages.add(folder);
    }
  }
  return packages;
}
