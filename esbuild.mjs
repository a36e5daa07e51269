// @ts-check
/**
 * Builds every bundle. `node esbuild.mjs [--watch] [--tests] [--only NAME,...] [--outdir DIR]`
 * With --outdir the bundles named go there instead, and nothing else is touched: tests that build at once don't meet.
 * The metafiles go to out/meta, where the size checks and the packaging read them.
 */
import * as esbuild from 'esbuild';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { distDir, metaDir, outDir, root } from './scripts/lib/paths.mjs';

/** Bundled CommonJS packages call `require` for Node's own modules; ES modules have none. */
const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const browsers = ['chrome138', 'firefox140', 'safari18'];

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
    target: browsers,
    entryPoints: {
      chat: 'src/webview/chat/main.tsx',
      dashboard: 'src/webview/dashboard/main.tsx',
      report: 'src/webview/report/main.tsx',
    },
    outdir: 'dist/webview',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    plugins: [diagramScript()],
  },
  styles: {
    ...common,
    entryPoints: {
      chat: 'src/webview/chat/chat.css',
      dashboard: 'src/webview/dashboard/dashboard.css',
      math: 'src/webview/chat/markdown/math.css',
      report: 'src/webview/report/report.css',
    },
    outdir: 'dist/webview',
    loader: { '.woff2': 'file' },
    assetNames: 'fonts/[name]-[hash]',
    plugins: [onlyWoff2()],
  },
};

/**
 * The script of diagrams' frames as text inside of a chunk: a frame without an origin can load nothing, and the panel's policy
 * allows no fetching. Its metafile is kept as that of a bundle. @returns {esbuild.Plugin}
 */
function diagramScript() {
  return {
    name: 'diagram-script',
    setup(build) {
      build.onResolve({ filter: /^diagram-script$/ }, ({ path: name }) => ({
        path: name,
        namespace: 'diagram',
      }));
      build.onLoad({ filter: /.*/, namespace: 'diagram' }, async () => {
        const { outputFiles, metafile } = await esbuild.build({
          ...common,
          platform: 'browser',
          target: browsers,
          format: 'iife',
          entryPoints: ['src/webview/diagram/main.ts'],
          outfile: 'diagram.js',
          write: false,
          sourcemap: false,
          charset: 'ascii',
          alias: { 'elkjs/lib/elk.bundled.js': './src/webview/diagram/noElk.ts' },
        });
        const script = outputFiles?.[0];
        if (!script || !metafile) throw new Error('No script for diagrams');
        if (options.outdir === undefined)
          await writeFile(path.join(metaDir, 'diagram.json'), JSON.stringify(metafile));
        // It stands in a page's source, where these two would end it; in code they are in strings only.
        const contents = script.text
          .replaceAll('<!--', '\\x3C!--')
          .replaceAll(/<(?=\/?script)/gi, '\\x3C');
        const watchFiles = Object.keys(metafile.inputs).map((file) => path.join(root, file));
        return { contents, loader: 'text', watchFiles };
      });
    },
  };
}

/** KaTeX's style sheet names each font in three formats; browsers that run VS Code take the first. @returns {esbuild.Plugin} */
function onlyWoff2() {
  return {
    name: 'only-woff2',
    setup(build) {
      build.onLoad({ filter: /katex(\.min)?\.css$/ }, async ({ path: file }) => {
        const css = await readFile(file, 'utf8');
        const contents = css.replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, '');
        if (/\.(?:woff|ttf)\)/.test(contents))
          throw new Error(`Fonts are named otherwise in ${file}`);
        return { contents, loader: 'css' };
      });
    },
  };
}

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
    wanted.map(([name, settings]) =>
      esbuild.context({
        ...settings,
        plugins: [...(settings.plugins ?? []), report(name)],
      }),
    ),
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
