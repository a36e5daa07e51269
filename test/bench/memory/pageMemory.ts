import { setTimeout as sleep } from 'node:timers/promises';
import { evaluate, heapMB, VIEWPORT, type BenchBrowser, type OpenPage } from '../lib/benchBrowser';
import { BenchConversation } from '../lib/benchConversation';
import type { BenchReport } from '../lib/benchReport';
import { DelayedHost } from '../lib/delayedHost';
import { readMainThread, type MainThreadTask } from '../lib/mainThreadTrace';
import type { ScrollSight } from '../lib/scrollProbe';
import { median, quantile, rounded } from '../lib/statistics';
import { waitForPage } from '../lib/waitForPage';
import { longConversation, type LongConversation } from './longConversation';

const TURNS = 1_000;
const QUICK_TURNS = 100;
const OPENINGS = 5;
const CYCLES = 3;
/** Until a page that was told something must have shown it, ms. */
const SHOW_LIMIT_MS = 30_000;
/** What a page does by itself after it has shown something is over then, ms. */
const SETTLE_MS = 1_500;
/** 9,600 px/s at 60 frames: a wheel that is turned fast. */
const STEP_PX = 160;
/** A flick: half a screen a frame. */
const FLICK_PX = 400;
/** Widths that a side bar has while its border is dragged, px. */
const WIDTHS = Array.from({ length: 24 }, (_, step) => VIEWPORT.width - 10 * (step + 1));

interface Opened {
  readonly conversation: BenchConversation;
  readonly host: DelayedHost;
  readonly page: OpenPage;
}

/** From the snapshot's arrival until the end of the conversation is painted: in a page that is new, and in one that is in use. */
export async function benchOpening(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const long = longConversation(quick ? QUICK_TURNS : TURNS);
  const inNew: number[] = [];
  const again: number[] = [];
  for (let run = 0; run < (quick ? 2 : OPENINGS); run++) {
    const opened = await openPanel(browser, long);
    inNew.push(await paintedAfterMs(opened, long));
    opened.conversation.replace('empty', []);
    await sleep(500);
    await evaluate(opened.page.session, 'benchProbe.forget()');
    opened.conversation.replace('long', long.turns);
    again.push(await paintedAfterMs(opened, long));
    await close(opened);
  }
  const bytes = Buffer.byteLength(JSON.stringify(long.turns));
  const row = (name: string, ms: readonly number[]) => ({
    name,
    turns: long.turns.length,
    snapshotMB: rounded(bytes / 2 ** 20, 2),
    medianMs: rounded(median(ms), 0),
    mostMs: rounded(Math.max(...ms), 0),
  });
  report.addTable(
    'Opening a long conversation',
    'From the arrival of the snapshot in the page until the end of the conversation is painted.',
    [row('new page', inNew), row('page in use', again)],
  );
  report.addTarget('opening in a new page, median', '<=', 1_000, median(inNew), 'ms');
  report.addTarget('opening in a page in use, median', '<=', 1_000, median(again), 'ms');
}

/** From the end to the beginning and back again: nodes in the page, and parts of the screen that are empty. */
export async function benchScroll(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const long = longConversation(quick ? QUICK_TURNS : TURNS);
  const opened = await openPanel(browser, long);
  await sleep(SETTLE_MS);
  const up = await scroll(opened, `benchScroll.through(${-STEP_PX})`);
  const down = await scroll(opened, `benchScroll.through(${FLICK_PX})`);
  const gesture = await scroll(opened, undefined);
  await close(opened);
  const rows = [
    sightRow(`up, ${STEP_PX} px a frame`, up),
    sightRow(`down, ${FLICK_PX} px a frame`, down),
    sightRow('wheel by the browser, 8,000 px/s', gesture),
  ];
  report.addTable(
    'Scrolling through all of it',
    'empty: parts of the screen without text where there is some; counted after each painted frame.',
    rows,
  );
  const all = [up, down, gesture];
  report.addTarget(
    'nodes in the page, most',
    '<=',
    3_000,
    most(all, (one) => one.maxNodes),
    '',
  );
  report.addTarget(
    'frames with empty parts',
    '<=',
    0,
    most(all, (one) => one.blankFrames),
    '',
  );
  const missing = long.marks - new Set(up.marks).size;
  report.addTarget('marks that were never in the page', '<=', 0, missing, '');
}

/** The side bar's border is dragged: at the end of the conversation, and in the middle of the reply of 150 KB. */
export async function benchResize(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const long = longConversation(quick ? QUICK_TURNS : TURNS);
  const opened = await openPanel(browser, long);
  await sleep(SETTLE_MS);
  const rows = [];
  const places = [
    ['at the end', undefined],
    ['in the reply of 150 KB', long.turns[Math.floor(long.turns.length / 2)]?.id],
  ] as const;
  const longest: number[] = [];
  for (const [name, turnId] of places) {
    if (turnId !== undefined) await goTo(opened, turnId);
    const tasks = await traced(browser, opened, dragBorder);
    const frames = tasks.filter(({ isFrame }) => isFrame);
    const ms = frames.map(({ wallMs }) => wallMs);
    longest.push(Math.max(...ms));
    rows.push({
      name,
      frames: frames.length,
      medianMs: rounded(median(ms), 1),
      p95Ms: rounded(quantile(ms, 0.95), 1),
      longestMs: rounded(Math.max(...ms), 1),
      longestCpuMs: rounded(Math.max(...frames.map(({ cpuMs }) => cpuMs)), 1),
    });
  }
  await close(opened);
  report.addTable(
    'Resizing',
    `Main thread time of a frame; ${WIDTHS.length} widths, 10 px apart.`,
    rows,
  );
  report.addTarget('longest frame while resizing', '<=', 50, Math.max(...longest), 'ms');
}

/** The page's memory when the conversation was opened and closed again, several times. */
export async function benchCycles(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const long = longConversation(quick ? QUICK_TURNS : TURNS);
  const conversation = new BenchConversation();
  const host = new DelayedHost(conversation, 0);
  const page = await host.open(browser, 'pulse');
  const opened = { conversation, host, page };
  await sleep(SETTLE_MS);
  const rows = [await memoryRow('nothing opened yet', page)];
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    await evaluate(page.session, 'benchProbe.watchMarks(), benchProbe.forget()');
    conversation.replace('long', long.turns);
    await paintedAfterMs(opened, long);
    await evaluate(page.session, `benchScroll.through(${-STEP_PX * 25})`);
    await sleep(SETTLE_MS);
    rows.push(await memoryRow(`opened, time ${cycle}`, page));
    // Else it would be opened there the next time.
    await evaluate(page.session, 'benchScroll.by(1e9)');
    await sleep(SETTLE_MS);
    conversation.replace('empty', []);
    await sleep(SETTLE_MS);
    rows.push(await memoryRow(`closed, time ${cycle}`, page));
  }
  await close(opened);
  report.addTable(
    'Memory of the page',
    'JavaScript heap after collection, nodes and listeners.',
    rows,
  );
  const growth = (rows.at(-1)?.heapMB ?? Number.NaN) - (rows[0]?.heapMB ?? Number.NaN);
  report.addTarget(`heap of the page, growth over ${CYCLES} cycles`, '<=', 10, growth, 'MB');
}

async function openPanel(browser: BenchBrowser, { turns }: LongConversation): Promise<Opened> {
  const conversation = new BenchConversation();
  conversation.replace('long', turns);
  const host = new DelayedHost(conversation, 0);
  const page = await host.open(browser, 'pulse', async ({ session }) => {
    await evaluate(session, 'benchProbe.watchMarks()');
  });
  return { conversation, host, page };
}

async function close({ host, page }: Opened): Promise<void> {
  await page.close();
  host.close();
}

/** Until the last mark was painted, which is at the end of the newest reply. */
async function paintedAfterMs(
  { host, page }: Opened,
  { marks }: LongConversation,
): Promise<number> {
  const painted = async (): Promise<unknown> =>
    evaluate(page.session, `benchProbe.shownAt(${marks - 1})`);
  await waitForPage('the end of the conversation', SHOW_LIMIT_MS, async () => {
    return Number(await painted()) > 0;
  });
  return Number(await painted()) - (await host.snapshotArrived());
}

/** `expression`: how; without one, as the browser does for a wheel, a good way up from the end. */
async function scroll({ page }: Opened, expression: string | undefined): Promise<ScrollSight> {
  await evaluate(page.session, 'benchScroll.watch()');
  if (expression !== undefined) await evaluate(page.session, expression);
  else await turnWheel(page);
  return (await evaluate(page.session, 'benchScroll.seen()')) as ScrollSight;
}

async function turnWheel({ session }: OpenPage): Promise<void> {
  await session.send('Input.synthesizeScrollGesture', {
    x: VIEWPORT.width / 3,
    y: VIEWPORT.height / 2,
    yDistance: 40_000,
    speed: 8_000,
    gestureSourceType: 'mouse',
  });
}

function sightRow(name: string, { frames, maxNodes, mostBlankPx, blankFrames }: ScrollSight) {
  return { name, frames, maxNodes, mostEmptyPx: mostBlankPx, framesWithEmpty: blankFrames };
}

function most(all: readonly ScrollSight[], of: (one: ScrollSight) => number): number {
  return Math.max(...all.map(of));
}

async function goTo({ host, page }: Opened, turnId: string): Promise<void> {
  host.pass({ type: 'showTurn', turnId });
  await sleep(500);
  await evaluate(page.session, 'benchScroll.by(20_000)');
  await sleep(SETTLE_MS);
}

async function traced(
  browser: BenchBrowser,
  { page }: Opened,
  what: (page: OpenPage) => Promise<void>,
): Promise<readonly MainThreadTask[]> {
  await browser.startTrace(page.page);
  await evaluate(page.session, 'performance.mark("bench")');
  await what(page);
  const { tasks } = readMainThread(await browser.stopTrace());
  return tasks.filter(({ at }) => at >= 0);
}

async function dragBorder({ page }: OpenPage): Promise<void> {
  for (const width of [...WIDTHS, ...WIDTHS.toReversed(), VIEWPORT.width]) {
    await page.setViewportSize({ width, height: VIEWPORT.height });
    await sleep(50);
  }
}

async function memoryRow(name: string, { session }: OpenPage) {
  const heap = await heapMB(session);
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return { name, heapMB: rounded(heap, 2), nodes, listeners: jsEventListeners };
}
