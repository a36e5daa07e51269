// @ts-check
/**
 * Has Prometheus's own promtool check what Pulse tells a scraper. `node scripts/promtool.mjs`; promtool is the one named by $PROMTOOL,
 * else the one on the PATH (Debian's package prometheus has it).
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import esbuild from 'esbuild';
import { root } from './lib/paths.mjs';

const limitMs = 30_000;
const promtool = process.env['PROMTOOL'] ?? 'promtool';

const { outputFiles } = await esbuild.build({
  entryPoints: [path.join(root, 'test/helpers/exportedMetrics.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
});
const code = outputFiles[0]?.text ?? '';
/** @type {unknown} */
const bundle = await import(`data:text/javascript,${encodeURIComponent(code)}`);
const { exportedText } = /** @type {{ exportedText: () => string }} */ (bundle);

const { status, error, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
  input: exportedText(),
  encoding: 'utf8',
  timeout: limitMs,
});
if (error) {
  console.error(`${promtool} could not be run: ${error.message}`);
} else {
  process.stdout.write(stdout + stderr);
  console.log(status === 0 ? 'promtool accepts the export' : 'promtool refuses the export');
}
process.exitCode = status === 0 ? 0 : 1;
