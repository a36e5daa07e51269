// @ts-check
/**
 * Everything, to a verdict: `npm test`. Runs from a bare clone on Node 20 or newer.
 * A step that fails does not keep the later ones from running. The last line is the sum over the
 * reports in artifacts/reports; a runner that left none, or an empty one, has failed.
 */
import path from 'node:path';
import process from 'node:process';
import { bootstrap } from './lib/bootstrap.mjs';
import { requireChromium } from './lib/chromium.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { removeReport, reportFile, summarize } from './lib/reports.mjs';
import { runStep } from './lib/steps.mjs';
import { currentRelease, installVscodeServer } from './lib/vscodeServer.mjs';

await bootstrap(import.meta.filename);

const startedAt = performance.now();

// The same programs start hundreds of times, VS Code's server among them.
process.env['NODE_COMPILE_CACHE'] ??= path.join(root, 'out', 'compiled');

/** @param {string} file @param {number} limitSeconds @param {readonly string[]} args */
const script = (file, limitSeconds, ...args) =>
  run(process.execPath, [path.join(root, file), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    timeoutMs: limitSeconds * 1000,
  });

// Limits against what hangs, with room for a machine that others use as well.
/** @type {{ runner: string, run: () => Promise<{ ok: boolean, output: string }> }[]} */
const runners = [
  { runner: 'checks', run: () => script('scripts/check.mjs', 240) },
  {
    runner: 'unit',
    run: () => script('node_modules/vitest/vitest.mjs', 420, 'run', ...vitestReport('unit')),
  },
  { runner: 'integration', run: () => script('scripts/integration.mjs', 300, '--skip-build') },
  { runner: 'e2e', run: () => script('scripts/e2e.mjs', 600, '--skip-build') },
];
for (const { runner } of runners) await removeReport(runner);

// While the checks keep the processor busy, server and browser come over the network.
const installed = Promise.all(
  [installVscodeServer(currentRelease), requireChromium()].map((installing) =>
    installing.catch((error) => console.error(error instanceof Error ? error.message : error)),
  ),
);

/** @type {string[]} */
const lines = [];
let passed = 0;
let failed = 0;
for (const { runner, run: start } of runners) {
  // Not beside the units: compiling would make the timing of their sockets meaningless.
  if (runner !== 'checks') await installed;
  const step = await runStep({ name: runner, run: start });
  const summary = summarize(runner);
  // A runner may end badly with a report in which all is well: a crash after the last test.
  const extra = step.state === 'failed' && summary.failed === 0 ? 1 : 0;
  passed += summary.passed;
  failed += summary.failed + extra;
  lines.push(
    `${runner}: ${summary.passed} passed, ${summary.failed + extra} failed`,
    ...summary.problems,
  );
}
console.log(
  `\n${lines.join('\n')}\nAfter ${((performance.now() - startedAt) / 1000).toFixed(0)} s:`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** @param {string} runner */
function vitestReport(runner) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile(runner)}`];
}
