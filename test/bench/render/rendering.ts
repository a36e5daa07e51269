import type { BenchBrowser } from '../lib/benchBrowser';
import type { PageKind } from '../lib/benchPages';
import type { BenchReport } from '../lib/benchReport';
import { runRenderCase, type RenderCase, type RenderRun } from './renderCase';
import {
  LONG_MS,
  costAtEndMs,
  lagGrowth,
  lagP95,
  mainCpuMs,
  medianGrowth,
  renderRow,
  workRow,
} from './renderFigures';
import { renderInput, type InputName } from './renderInputs';

const OURS = 'Pulse';
const OTHERS: readonly (readonly [PageKind, string])[] = [
  ['reparse', 'full re-parse per frame'],
  ['blockMemo', 'block memo'],
  ['streamdown', 'streamdown'],
];
/** No markdown: what every renderer pays for a frame with new text in it. */
const LEAST: readonly [PageKind, string] = ['appendOnly', 'plain text, appended'];
/** Behind a long link half of the text tells as much: the page does the same there. */
const ROUND_TRIPS = [
  { roundTripMs: 0, share: 1 },
  { roundTripMs: 50, share: 0.5 },
  { roundTripMs: 200, share: 0.5 },
];
const SHAPES: readonly InputName[] = ['table', 'list', 'paragraph', 'code'];
/** Of the full size, with --quick. */
const QUICK_SHARE = 0.08;
/** Where the last part begins that all renderers are measured on. */
const NEAR_END = 0.9;

const NOTE =
  'Definitions: docs/BENCHMARKS.md. Main thread: busy, longest task, CPU time for each painted frame in the first and last tenth\n' +
  'of the stream and their ratio; lag: behind the stream, one-way delay taken off, and how much it grew.';
const WORK_NOTE = 'CPU time of the main thread, in percent of it; messages: sent to the page.';

function renderCase(
  page: PageKind,
  name: string,
  input: InputName,
  quick: boolean,
  more: Partial<RenderCase> = {},
): RenderCase {
  return {
    name,
    page,
    input: renderInput(input, quick ? QUICK_SHARE : 1),
    roundTripMs: 0,
    from: 0,
    into: 'answer',
    isCodeNew: input === 'code',
    ...more,
  };
}

/** 150 KB of everything, by all renderers. */
export async function benchMixed(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const ours: RenderRun[] = [];
  for (const { roundTripMs, share } of ROUND_TRIPS) {
    if (quick && roundTripMs === 50) continue;
    const name = `${OURS}, round trip ${roundTripMs} ms`;
    ours.push(
      await runRenderCase(
        browser,
        renderCase('pulse', name, 'mixed', quick, {
          roundTripMs,
          ...(quick ? {} : { input: renderInput('mixed', share) }),
        }),
      ),
    );
  }
  const others: RenderRun[] = [];
  for (const [page, name] of OTHERS) {
    others.push(await runRenderCase(browser, renderCase(page, name, 'mixed', quick)));
  }
  const [page, name] = LEAST;
  const least = await runRenderCase(browser, renderCase(page, name, 'mixed', quick));
  const all = [...ours, ...others, least];
  report.addTable('150 KB of mixed markdown at 4,000 characters/s', NOTE, all.map(renderRow));
  report.addTable(
    'What the main thread did: 150 KB of mixed markdown',
    WORK_NOTE,
    all.map(workRow),
  );
  addOwnTargets(report, 'mixed', ours);
  for (const run of ours) addLagTargets(report, run);
  const [local] = ours;
  if (!local) return;
  const compared = (what: string, of: (run: RenderRun) => number): void =>
    report.addTarget(
      `mixed: ${what}, best of the others to ours`,
      '>=',
      5,
      Math.min(...others.map(of)) / of(local),
      'x',
    );
  compared('main thread CPU for a frame at 150 KB', costAtEndMs);
  compared('main thread CPU of the whole reply', mainCpuMs);
  compared('CPU of the page’s process for the whole reply', ({ processCpuMs }) => processCpuMs);
  // What plain text costs is the browser's own: nobody's renderer can do without it.
  compared(
    'main thread CPU of the whole reply beyond that of plain text',
    (run) => mainCpuMs(run) - mainCpuMs(least),
  );
}

/** One block that fills the whole reply, and thinking. */
export async function benchShapes(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const runs: RenderRun[] = [];
  for (const shape of quick ? SHAPES.slice(0, 1) : SHAPES) {
    runs.push(await runRenderCase(browser, renderCase('pulse', shape, shape, quick)));
  }
  const thinking = [
    ['thinking, closed', 'closedThinking'],
    ['thinking, open', 'openThinking'],
  ] as const;
  for (const [name, into] of quick ? thinking.slice(1) : thinking) {
    runs.push(await runRenderCase(browser, renderCase('pulse', name, 'thinking', quick, { into })));
  }
  report.addTable('One block that is the whole reply: Pulse', NOTE, runs.map(renderRow));
  report.addTable('What the main thread did: one block', WORK_NOTE, runs.map(workRow));
  for (const run of runs) {
    addOwnTargets(report, run.case.name, [run]);
    if (run.lagMs.length > 0) addLagTargets(report, run);
  }
}

/** The last tenth of each of those, by all renderers: the rest is there before, since some would need minutes for it. */
export async function benchEnds(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const runs: RenderRun[] = [];
  for (const shape of quick ? SHAPES.slice(0, 1) : SHAPES) {
    for (const [page, name] of [['pulse', OURS] as const, ...OTHERS]) {
      const it = renderCase(page, `${shape}: ${name}`, shape, quick, { from: NEAR_END });
      runs.push(await runRenderCase(browser, it));
    }
  }
  report.addTable('The last tenth of one block', NOTE, runs.map(renderRow));
}

function addOwnTargets(report: BenchReport, what: string, runs: readonly RenderRun[]): void {
  const rows = runs.map(renderRow);
  const most = (values: readonly number[]): number => Math.max(...values);
  const busy = most(rows.map(({ busyPercent }) => busyPercent));
  const longest = most(rows.map(({ longestMs }) => longestMs));
  report.addTarget(`${what}: main thread busy`, '<=', 40, busy, '%');
  report.addTarget(`${what}: longest task`, '<=', LONG_MS, longest, 'ms');
  report.addTarget(
    `${what}: a frame in the last tenth, of the first`,
    '<=',
    1.2,
    medianGrowth(runs),
    'x',
  );
}

function addLagTargets(report: BenchReport, run: RenderRun): void {
  const { name } = run.case;
  report.addTarget(`${name}: lag P95 beyond the one-way delay`, '<=', 50, lagP95(run), 'ms');
  report.addTarget(`${name}: lag P95, growth`, '<=', 17, lagGrowth(run.lagMs), 'ms');
}
