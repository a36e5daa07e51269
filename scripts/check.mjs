// @ts-check
/** Everything that can be said about the code without running it. `node scripts/check.mjs` */
import path from 'node:path';
import process from 'node:process';
import { checkBudgets } from './lib/budgets.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { removeReport, summarize, writeReport } from './lib/reports.mjs';
import { runStep, runSteps } from './lib/steps.mjs';

const limitMs = 180_000;

/**
 * @param {string} file a JavaScript program, so that no shell is needed on Windows
 * @param {readonly string[]} args
 */
const program =
  (file, ...args) =>
  () =>
    run(process.execPath, [path.join(root, file), ...args], { cwd: root, timeoutMs: limitMs });

/** @param {string} project */
const types = (project) => ({
  name: `types: ${project}`,
  run: program('node_modules/typescript/bin/tsc', '--project', project),
});

const analyses = [
  types('tsconfig.json'),
  types('tsconfig.webview.json'),
  types('tsconfig.test.json'),
  {
    name: 'lint',
    run: program('node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'),
  },
  {
    name: 'formatting',
    run: program('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  },
  { name: 'unused files, exports and dependencies', run: program('node_modules/knip/bin/knip.js') },
  { name: 'layers and circles', run: program('scripts/layers.mjs') },
];

await removeReport('checks');
const built = await runStep({ name: 'build', run: program('esbuild.mjs', '--tests') });
const budgets =
  built.state === 'passed' ? [{ name: 'size of what activation loads', run: checkBudgets }] : [];
writeReport('checks', [built, ...(await runSteps([...budgets, ...analyses], 2))]);

const { passed, failed } = summarize('checks');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
