import { median, quantile, rounded } from '../lib/statistics';
import type { MainThreadTask, WorkKind } from '../lib/mainThreadTrace';
import type { RenderRun } from './renderCase';

/** A task or frame longer than this holds up a person's key strokes; ms. */
export const LONG_MS = 50;
const TENTHS = 10;

/** The row of a run. */
export function renderRow(run: RenderRun) {
  const { trace, streamMs, lagMs } = run;
  const during = trace.tasks.filter(({ at }) => at >= 0 && at < streamMs);
  const after = trace.tasks.filter(({ at }) => at >= 0);
  const lagP95Ms = quantile(lagMs, 0.95) - run.case.roundTripMs / 2;
  return {
    name: run.case.name,
    seconds: rounded(streamMs / 1_000, 1),
    busyPercent: rounded((100 * sum(during, ({ wallMs }) => wallMs)) / streamMs, 1),
    frames: during.filter(({ isFrame }) => isFrame).length,
    longestMs: rounded(Math.max(...after.map(({ wallMs }) => wallMs)), 1),
    longestCpuMs: rounded(Math.max(...after.map(({ cpuMs }) => cpuMs)), 1),
    over50: after.filter(({ wallMs }) => wallMs > LONG_MS).length,
    firstTenthMs: rounded(costOfFrame(run, 0), 2),
    lastTenthMs: rounded(costOfFrame(run, TENTHS - 1), 2),
    growth: rounded(growthOf(run), 2),
    ...(lagMs.length > 0
      ? { lagP95Ms: rounded(lagP95Ms, 0), lagGrowthMs: rounded(lagGrowth(lagMs), 0) }
      : {}),
    nodesAtEnd: run.nodesAtEnd,
    maxNodes: run.maxNodes,
    heapMB: rounded(run.heapMB, 1),
    mainCpuS: rounded(mainCpuMs(run) / 1_000, 2),
    processCpuS: rounded(run.processCpuMs / 1_000, 2),
  };
}

/** Where the main thread's time went, in percent of its CPU time. */
export function workRow(run: RenderRun) {
  const after = run.trace.tasks.filter(({ at }) => at >= 0);
  const total = sum(after, ({ cpuMs }) => cpuMs);
  const share = (kind: WorkKind): number =>
    rounded((100 * sum(after, ({ parts }) => parts[kind])) / total, 0);
  return {
    name: run.case.name,
    scriptPercent: share('script'),
    garbagePercent: share('garbage'),
    stylePercent: share('style'),
    layoutPercent: share('layout'),
    paintPercent: share('paint'),
    otherPercent: share('other'),
    messages: run.messages,
  };
}

/** CPU time of the main thread, from the start until everything has settled. */
export function mainCpuMs({ trace }: RenderRun): number {
  return sum(
    trace.tasks.filter(({ at }) => at >= 0),
    ({ cpuMs }) => cpuMs,
  );
}

/** CPU time of the main thread for each painted frame in the last tenth, ms: what a frame costs when the reply is long. */
export function costAtEndMs(run: RenderRun): number {
  return costOfFrame(run, TENTHS - 1);
}

/** The last tenth's cost of a frame, of the first tenth's. */
export function growthOf(run: RenderRun): number {
  return costOfFrame(run, TENTHS - 1) / costOfFrame(run, 0);
}

/** CPU time that the main thread took in a tenth of the stream's time, for each frame that was painted in it. */
function costOfFrame({ trace, streamMs }: RenderRun, tenth: number): number {
  const from = (tenth * streamMs) / TENTHS;
  const tasks = trace.tasks.filter(({ at }) => at >= from && at < from + streamMs / TENTHS);
  const frames = tasks.filter(({ isFrame }) => isFrame).length;
  return sum(tasks, ({ cpuMs }) => cpuMs) / Math.max(1, frames);
}

/** P95 of the last fifth of the marks against that of the second: the first one holds the start. */
export function lagGrowth(lagMs: readonly number[]): number {
  const fifth = Math.floor(lagMs.length / 5);
  return quantile(lagMs.slice(-fifth), 0.95) - quantile(lagMs.slice(fifth, 2 * fifth), 0.95);
}

export function lagP95(run: RenderRun): number {
  return quantile(run.lagMs, 0.95) - run.case.roundTripMs / 2;
}

export const medianGrowth = (runs: readonly RenderRun[]): number => median(runs.map(growthOf));

function sum(tasks: readonly MainThreadTask[], of: (task: MainThreadTask) => number): number {
  return tasks.reduce((total, task) => total + of(task), 0);
}
