// @ts-check
/**
 * Bundles and runs a benchmark: `npm run bench -- NAME [--json FILE] [its own options]`.
 * test/bench/NAME.bench.ts; packages stay outside of the bundle, as they are for everybody else.
 */
import * as esbuild from 'esbuild';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { outDir, root } from './lib/paths.mjs';
import { spawnTree } from './lib/processes.mjs';

const folder = path.join(root, 'test', 'bench');
const [name, ...args] = process.argv.slice(2);
const source = path.join(folder, `${name ?? ''}.bench.ts`);
if (name === undefined || !existsSync(source)) {
  const known = globSync('*.bench.ts', { cwd: folder }).map((file) =>
    file.replace('.bench.ts', ''),
  );
  console.error('npm run bench -- NAME [--json FILE]');
  console.error(`NAME is one of: ${known.toSorted().join(', ')}`);
  process.exit(2);
}

const outfile = path.join(outDir, 'bench', `${name}.mjs`);
await esbuild.build({
  absWorkingDir: root,
  entryPoints: [source],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.13',
  packages: 'external',
  sourcemap: 'linked',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { navigator: 'undefined' },
});
const child = spawnTree(
  process.execPath,
  ['--expose-gc', '--enable-source-maps', outfile, ...args],
  {
    stdio: 'inherit',
  },
);
child.once('exit', (code) => process.exit(code ?? 1));
