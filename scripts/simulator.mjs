// @ts-check
/** `npm run simulator -- --help`: builds the simulator when its source is newer, and runs it. */
import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { build } from './lib/build.mjs';
import { distDir, root } from './lib/paths.mjs';
import { spawnTree } from './lib/processes.mjs';

const bundle = path.join(distDir, 'simulator.js');
const sources = globSync('src/{simulator,base,engine}/**/*.ts', { cwd: root });
const newest = Math.max(...sources.map((file) => statSync(path.join(root, file)).mtimeMs));
const builtAt = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (builtAt < newest) await build(['--only', 'simulator']);

const child = spawnTree(process.execPath, [bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
child.once('exit', (code) => process.exit(code ?? 1));
