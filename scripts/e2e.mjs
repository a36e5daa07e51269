// @ts-check
/**
 * The end-to-end tests in the real workbench. `node scripts/e2e.mjs [--skip-build] [FILE-FILTER...]`
 */
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from './lib/build.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { removeReport, reportFile } from './lib/reports.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'skip-build': { type: 'boolean', default: false } },
});

await removeReport('e2e');
if (!values['skip-build']) await build();
await packageUnderTest();
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const args = [
  ...['run', '--config', 'vitest.e2e.config.ts'],
  ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile('e2e')}`],
  ...positionals,
  // Pictures are for people to look at: `npm run screenshots`.
  ...(positionals.length === 0 ? ['--exclude', 'test/e2e/screenshots.test.ts'] : []),
];
const result = await run(process.execPath, [vitest, ...args], {
  cwd: root,
  timeoutMs: 590_000,
  echo: true,
});
if (result.timedOut) console.error('The end-to-end tests did not end in time.');
process.exit(result.ok ? 0 : 1);

/** Before all tests, which use what is built: one that built it anew would take it away from the others. */
async function packageUnderTest() {
  if (positionals.length > 0 && !positionals.some((filter) => filter.includes('package'))) return;
  const script = path.join(root, 'scripts', 'package.mjs');
  const { ok } = await run(process.execPath, [script, '--skip-build'], {
    cwd: root,
    timeoutMs: 120_000,
    echo: true,
  });
  if (!ok) process.exit(1);
}
