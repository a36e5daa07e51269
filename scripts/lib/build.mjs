// @ts-check
/** Runs esbuild.mjs as another script's first step. */
import path from 'node:path';
import process from 'node:process';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * @param {readonly string[]} [args] of esbuild.mjs
 * Ends this process when the build fails: nothing that follows would mean anything.
 */
export async function build(args = []) {
  const script = path.join(root, 'esbuild.mjs');
  const result = await run(process.execPath, [script, ...args], { cwd: root, timeoutMs: 120_000 });
  if (result.ok) return;
  console.error(result.output);
  console.error('The build failed.');
  process.exit(1);
}
