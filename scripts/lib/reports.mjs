// @ts-check
/** Reads what the test runners have written, and adds it up. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { reportsDir } from './paths.mjs';

/**
 * @typedef {object} TestRecord
 * @property {string} title
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {number} durationMs
 * @property {string} [error]
 *
 * @typedef {object} Summary
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} problems what to read when it failed, besides the runner's own output
 */

/** @param {string} runner */
export const reportFile = (runner) => path.join(reportsDir, `${runner}.json`);

/** A report of an earlier run must never stand in for this one. @param {string} runner */
export async function removeReport(runner) {
  mkdirSync(reportsDir, { recursive: true });
  await rm(reportFile(runner), { force: true });
}

/** @param {string} runner @param {readonly TestRecord[]} tests */
export function writeReport(runner, tests) {
  /** @param {TestRecord['state']} state */
  const count = (state) => tests.filter((test) => test.state === state).length;
  const report = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    tests,
  };
  mkdirSync(reportsDir, { recursive: true });
  writeFileSync(reportFile(runner), JSON.stringify(report, undefined, 2));
}

/**
 * What a runner's report says. No report, an unreadable one, or one in which nothing passed or
 * failed counts as a failure: silence is not success.
 * @param {string} runner
 * @param {string} [file] default: where the runner's report belongs
 * @returns {Summary}
 */
export function summarize(runner, file = reportFile(runner)) {
  /** @type {unknown} */
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, problems: [`${runner}: no readable report`] };
  }
  const counts = isVitestReport(report) ? fromVitest(report) : fromOwn(report);
  if (counts === undefined) {
    return { passed: 0, failed: 1, problems: [`${runner}: a report of unknown shape`] };
  }
  if (counts.passed + counts.failed === 0) {
    return { passed: 0, failed: 1, problems: [`${runner}: no tests ran`] };
  }
  return { ...counts, problems: [] };
}

/**
 * @typedef {{ numPassedTests: number, numFailedTests: number, success: boolean, testResults: { status: string, assertionResults: { status: string }[] }[] }} VitestReport
 * @param {unknown} report
 * @returns {report is VitestReport}
 */
const isVitestReport = (report) =>
  typeof report === 'object' && report !== null && 'numPassedTests' in report;

/** @param {VitestReport} report */
function fromVitest(report) {
  // A file that could not be loaded has failed without a single test of its own.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(failed, 1) };
}

/** @param {unknown} report */
function fromOwn(report) {
  const { passed, failed } = /** @type {{ passed?: unknown, failed?: unknown }} */ (report ?? {});
  if (typeof passed !== 'number' || typeof failed !== 'number') return undefined;
  return { passed, failed };
}
