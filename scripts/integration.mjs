// @ts-check
/**
 * The integration suite. `node scripts/integration.mjs [--server | --desktop | --oldest] [--grep TEXT]`
 * Without a choice: desktop VS Code where VSCODE_EXECUTABLE names one, else VS Code's server.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from './lib/build.mjs';
import { requireDesktop } from './lib/desktop.mjs';
import { runInDesktop, runInServer } from './lib/extensionHost.mjs';
import { removeReport, reportFile, summarize } from './lib/reports.mjs';
import { currentRelease, oldestRelease } from './lib/vscodeServer.mjs';

const { values } = parseArgs({
  options: {
    server: { type: 'boolean', default: false },
    desktop: { type: 'boolean', default: false },
    oldest: { type: 'boolean', default: false },
    grep: { type: 'string' },
    'skip-build': { type: 'boolean', default: false },
    'time-limit': { type: 'string', default: '180' },
  },
});

const runner = values.oldest ? 'oldest' : values.desktop ? 'desktop' : 'integration';
await removeReport(runner);
// Before the build: what can't be had should be told at once.
const desktop = values.desktop ? await requireDesktop() : undefined;
if (!values['skip-build']) await build(['--tests']);

const options = {
  reportFile: reportFile(runner),
  timeoutMs: Number(values['time-limit']) * 1000,
  ...(values.grep !== undefined && { grep: values.grep }),
};
const ended = await runSuite();
const { passed, failed, problems } = summarize(runner);
for (const problem of problems) console.error(problem);
console.log(`${passed} passed, ${failed} failed`);
process.exit(ended && failed === 0 ? 0 : 1);

async function runSuite() {
  if (values.oldest) return runInServer(oldestRelease, options);
  const executable = process.env['VSCODE_EXECUTABLE'];
  if (desktop !== undefined) return runInDesktop(desktop, options);
  if (!values.server && executable !== undefined) return runInDesktop({ executable }, options);
  return runInServer(currentRelease, options);
}
