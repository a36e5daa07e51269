import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../scripts/lib/processes.mjs';
import { summarize } from '../../scripts/lib/reports.mjs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pulse-verdict-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function summaryOf(report: unknown): Promise<{ passed: number; failed: number }> {
  const file = path.join(folder, 'report.json');
  await writeFile(file, typeof report === 'string' ? report : JSON.stringify(report));
  const { passed, failed } = summarize('runner', file);
  return { passed, failed };
}

describe('the verdict over a report', () => {
  it('is a failure without a report', () => {
    const file = path.join(folder, 'missing.json');
    expect(summarize('runner', file)).toMatchObject({ passed: 0, failed: 1 });
  });

  it.each([
    ['an empty file', ''],
    ['a file that was cut', '{"passed": 3,'],
    ['another shape', { tests: [] }],
    ['no tests', { passed: 0, failed: 0, skipped: 4 }],
  ])('is a failure with %s', async (_what, report) => {
    expect(await summaryOf(report)).toEqual({ passed: 0, failed: 1 });
  });

  it('counts what the suites report', async () => {
    expect(await summaryOf({ passed: 7, failed: 2 })).toEqual({ passed: 7, failed: 2 });
  });

  it('counts a file of units that could not be loaded', async () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      success: false,
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(await summaryOf(report)).toEqual({ passed: 5, failed: 2 });
  });

  it('believes the runner that something is wrong', async () => {
    const report = { numPassedTests: 5, numFailedTests: 0, success: false, testResults: [] };
    expect(await summaryOf(report)).toEqual({ passed: 5, failed: 1 });
  });
});

describe.skipIf(process.platform === 'win32')('a child process', () => {
  it('is ended with all that it started when its time is over', async () => {
    // The grandchild listens and prints its port; then both wait for ever.
    const grandchild = `
      const server = require('node:net').createServer();
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
    const child = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' });
      setInterval(() => {}, 1000);`;
    // A busy machine needs longer until both run.
    let port = Number.NaN;
    for (const timeoutMs of [700, 3_000, 12_000]) {
      const result = await run(process.execPath, ['-e', child], { timeoutMs });
      expect(result).toMatchObject({ ok: false, timedOut: true });
      port = Number.parseInt(result.output, 10);
      if (port > 0) break;
    }
    expect(port).toBeGreaterThan(0);
    await expect.poll(() => isListening(port)).toBe(false);
  }, 30_000);

  it('that can not be started is a failure with the reason', async () => {
    const result = await run(path.join(folder, 'nothing'), [], { timeoutMs: 5_000 });
    expect(result.ok).toBe(false);
    expect(result.output).toContain('Could not start');
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
