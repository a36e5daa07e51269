// @ts-check
/**
 * Builds every bundle. `node esbuild.mjs [--watch] [--tests] [--only NAME,...] [--outdir DIR]`
 * With --outdir the bundles named go there instead, and nothing else is touched: tests that build at once don't meet.
 * The metafiles go to out/meta, where the size checks and the packaging read them.
 */
import * as esbuild from 'esbuild';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { distDir, metaDir, outDir, root } from './scripts/lib/paths.mjs';

/** Bundled CommonJS packages call `require` for Node's own modules; ES modules have none. */
const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'silent',
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node22.13',
  external: ['vscode'],
  banner: { js: requireBanner },
  // The extension host has a `navigator` that complains when it is touched, libraries touch it.
  define: { navigator: 'undefined' },
};

/** @type {Record<string, esbuild.BuildOptions>} */
const bundles = {
  extension: {
    ...node,
    entryPoints: { extension: 'src/extension.ts', storeWorker: 'src/store/worker.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  },
  // Single files: they are started by themselves, also copied elsewhere.
  headless: { ...node, entryPoints: { headless: 'src/headless.ts' }, outdir: 'dist' },
  simulator: { ...node, entryPoints: { simulator: 'src/simulator/main.ts' }, outdir: 'dist' },
  webview: {
    ...common,
    platform: 'browser',
    target: ['chrome138', 'firefox140', 'safari18'],
    entryPoints: { chat: 'src/webview/chat/main.tsx' },
    outdir: 'dist/webview',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
  styles: {
    ...common,
    entryPoints: { chat: 'src/webview/chat/chat.css' },
    outdir: 'dist/webview',
    external: ['*.ttf', '*.woff2'],
  },
};

/** What the extension host loads through extensionTestsPath. @returns {esbuild.BuildOptions} */
const integrationTests = () => ({
  ...node,
  entryPoints: [
    'test/integration/index.ts',
    ...globSync('test/integration/**/*.test.ts', { cwd: root }),
  ],
  outdir: 'out/test/integration',
  outbase: 'test/integration',
  splitting: true,
  minify: false,
  packages: 'external',
});

const { values: options } = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    tests: { type: 'boolean', default: false },
    only: { type: 'string' },
    outdir: { type: 'string' },
  },
});

const wanted = Object.entries({
  ...bundles,
  ...(options.tests ? { integration: integrationTests() } : {}),
}).filter(([name]) => options.only === undefined || options.only.split(',').includes(name));
requireEntries(wanted);
if (options.only === undefined && options.outdir === undefined)
  await rm(distDir, { recursive: true, force: true });
if (options.tests) await rm(path.join(outDir, 'test'), { recursive: true, force: true });
await mkdir(metaDir, { recursive: true });
if (options.outdir === undefined) await copyIcons();
if (options.watch) await watch();
else await buildOnce();

async function buildOnce() {
  const results = await Promise.allSettled(
    wanted.map(async ([name, settings]) => {
      const { outdir = settings.outdir ?? distDir } = options;
      const { metafile } = await esbuild.build({ ...settings, outdir, logLevel: 'warning' });
      if (options.outdir !== undefined) return;
      if (metafile === undefined) throw new Error(`No metafile for ${name}`);
      await writeFile(path.join(metaDir, `${name}.json`), JSON.stringify(metafile));
    }),
  );
  // What went wrong in a bundle has been printed by esbuild itself.
  if (results.some((result) => result.status === 'rejected')) process.exit(1);
}

/** `[watch] started` and `[watch] ready` are what the problem matcher in .vscode/tasks.json waits for. */
async function watch() {
  let running = 0;
  /** @type {(name: string) => esbuild.Plugin} */
  const report = (name) => ({
    name: 'report',
    setup(build) {
      build.onStart(() => {
        if (running++ === 0) console.log('[watch] started');
      });
      build.onEnd(async ({ errors, metafile }) => {
        for (const { text, location } of errors) {
          console.error(`✘ [ERROR] ${text}`);
          if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
        }
        if (metafile) await writeFile(path.join(metaDir, `${name}.json`), JSON.stringify(metafile));
        if (--running === 0) console.log('[watch] ready');
      });
    },
  });
  const contexts = await Promise.all(
    wanted.map(([name, settings]) => esbuild.context({ ...settings, plugins: [report(name)] })),
  );
  await Promise.all(contexts.map((context) => context.watch()));
}

/** VS Code's icon font, for the webviews: a webview can't reach the workbench's own. */
async function copyIcons() {
  const from = path.join(root, 'node_modules', '@vscode', 'codicons', 'dist');
  const to = path.join(distDir, 'webview');
  await mkdir(to, { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf'])
    await cp(path.join(from, file), path.join(to, file));
}

/** @param {[string, esbuild.BuildOptions][]} list */
function requireEntries(list) {
  const entries = list.flatMap(
    ([, { entryPoints }]) => /** @type {string[]} */ (Object.values(entryPoints ?? {})),
  );
  const missing = entries.filter((file) => !existsSync(path.join(root, file)));
  if (missing.length === 0) return;
  console.error(`Entry files that do not exist: ${missing.join(', ')}`);
  process.exit(1);
}
