/**
 * What the extension host loads as its test suite: runs every *.test.js beside it with mocha (BDD)
 * and writes the report that the runner outside waits for.
 *
 * Environment: PULSE_TEST_REPORT, the file to write; PULSE_TEST_GREP, a part of the titles to run.
 * PULSE_TEST_EXTENSION, the id of another extension, for trying the harness itself.
 */
import Mocha from 'mocha';
import { globSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { recordActivation } from '../helpers/activation';

const extensionId = process.env['PULSE_TEST_EXTENSION'] ?? 'claude-pulse.claude-pulse';

/** Marks the lines of the suite among everything else that a workbench prints. */
const mark = '[suite] ';

interface TestRecord {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  readonly error?: string;
}

export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    // Its reports are made below; none of its own draws well where there is no terminal.
    reporter: Mocha.reporters.Base,
    timeout: 20_000,
    slow: 2_000,
    forbidOnly: process.env['CI'] === 'true',
    grep: process.env['PULSE_TEST_GREP'] ?? '',
  });
  const records: TestRecord[] = [];
  try {
    await recordActivation(extensionId);
    await load(mocha);
    await runAll(mocha, records);
  } catch (error) {
    records.push({
      title: 'loading the suites',
      state: 'failed',
      durationMs: 0,
      error: text(error),
    });
    console.log(`${mark}${text(error)}`);
  }
  await writeReport(records);
  const failed = records.filter((record) => record.state === 'failed').length;
  if (failed > 0) throw new Error(`${failed} failed`);
}

/**
 * What mocha.loadFilesAsync does, by import() only: mocha tries require() first, and in VS Code
 * 1.106 that waits for ever, because the module that answers `import 'vscode'` is asked on the
 * thread that the require has stopped.
 */
async function load(mocha: Mocha): Promise<void> {
  const { constants } = Mocha.Suite;
  for (const name of globSync('**/*.test.js', { cwd: import.meta.dirname }).toSorted()) {
    const file = path.join(import.meta.dirname, name);
    mocha.suite.emit(constants.EVENT_FILE_PRE_REQUIRE, globalThis, file, mocha);
    const loaded: unknown = await import(pathToFileURL(file).href);
    mocha.suite.emit(constants.EVENT_FILE_REQUIRE, loaded, file, mocha);
    mocha.suite.emit(constants.EVENT_FILE_POST_REQUIRE, globalThis, file, mocha);
  }
}

function runAll(mocha: Mocha, records: TestRecord[]): Promise<void> {
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve());
    const add = (test: Mocha.Runnable, state: TestRecord['state'], error?: unknown): void => {
      const title = test.titlePath().join(' › ');
      const durationMs = test.duration ?? 0;
      const symbol = { passed: '✓', failed: '✗', skipped: '-' }[state];
      console.log(`${mark}${symbol} ${title} (${durationMs} ms)`);
      if (error !== undefined) console.log(`${mark}${text(error)}`);
      records.push({
        title,
        state,
        durationMs,
        ...(error !== undefined && { error: text(error) }),
      });
    };
    runner.on('pass', (test) => add(test, 'passed'));
    // A failing hook arrives here as well, with the hook in the place of the test.
    runner.on('fail', (test: Mocha.Runnable, error: unknown) => add(test, 'failed', error));
    runner.on('pending', (test) => add(test, 'skipped'));
  });
}

async function writeReport(records: readonly TestRecord[]): Promise<void> {
  const file = process.env['PULSE_TEST_REPORT'];
  if (file === undefined) return;
  const count = (state: TestRecord['state']): number =>
    records.filter((record) => record.state === state).length;
  const report = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    tests: records,
  };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(report, undefined, 2));
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
