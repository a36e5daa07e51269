// @ts-check
/**
 * Bundles and runs benchmarks: `npm run bench -- [NAME] [--json FILE] [its own options]`; without a name all of them, one after
 * the other. test/bench/NAME.bench.ts; packages stay outside of the bundle, as they are for everybody else.
 */
import * as esbuild from 'esbuild';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { outDir, root } from './lib/paths.mjs';
import { spawnTree } from './lib/processes.mjs';

const folder = path.join(root, 'test', 'bench');
const known = globSync('*.bench.ts', { cwd: folder })
  .map((file) => file.replace('.bench.ts', ''))
  .toSorted();
const [first, ...rest] = process.argv.slice(2);
const hasName = first !== undefined && !first.startsWith('-');
if (hasName && !known.includes(first)) {
  console.error('npm run bench -- [NAME] [--json FILE]');
  console.error(`NAME is one of: ${known.join(', ')}`);
  process.exit(2);
}
process.exit(hasName ? await run(first, rest) : await runAll(process.argv.slice(2)));

/**
 * The reports of all of them go into one file, as a list.
 * @param {readonly string[]} args
 */
async function runAll(args) {
  const at = args.indexOf('--json');
  const file = at < 0 ? undefined : args[at + 1];
  const others = at < 0 ? args : args.toSpliced(at, 2);
  const reports = [];
  let failed = 0;
  for (const name of known) {
    const report = path.join(outDir, 'bench', `${name}.json`);
    const code = await run(name, [...others, '--json', report]);
    if (code === 0) reports.push(JSON.parse(readFileSync(report, 'utf8')));
    else failed = code;
  }
  if (file !== undefined) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, `${JSON.stringify(reports, undefined, 2)}\n`);
  }
  return failed;
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
async function run(name, args) {
  const outfile = path.join(outDir, 'bench', `${name}.mjs`);
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [path.join(folder, `${name}.bench.ts`)],
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
    // Collections that are forced between samples would throw compiled code away, which nobody's own do that often.
    ['--expose-gc', '--no-flush-bytecode', '--enable-source-maps', outfile, ...args],
    {
      stdio: 'inherit',
    },
  );
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
