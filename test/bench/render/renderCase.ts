import { setTimeout as sleep } from 'node:timers/promises';
import { BenchConversation, benchTurn } from '../lib/benchConversation';
import { evaluate, heapMB, type BenchBrowser, type OpenPage } from '../lib/benchBrowser';
import type { PageKind } from '../lib/benchPages';
import { DelayedHost } from '../lib/delayedHost';
import { readMainThread, type MainThreadTrace } from '../lib/mainThreadTrace';
import type { MarkedText } from '../lib/markedText';
import { waitForPage } from '../lib/waitForPage';
import { sendPaced } from './pacedReply';
import { renderInput } from './renderInputs';

/** A page that has not shown everything so long after the stream's end is given up, ms. */
const CATCH_UP_LIMIT_MS = 60_000;
/** Text of the warm-up that is sent at once, UTF-16 units. */
const WARM_UP_STEP = 200;
/** What a page still does when everything is shown (the correction at the end, highlighting) counts if it comes so soon, ms. */
const SETTLE_MS = 1_500;

export interface RenderCase {
  readonly name: string;
  readonly page: PageKind;
  readonly input: MarkedText;
  readonly roundTripMs: number;
  /** Share of the text that is there before the measured part, 0-1. */
  readonly from: number;
  /** Where the text goes: into the answer, or into the thinking with its part closed or open. */
  readonly into: 'answer' | 'closedThinking' | 'openThinking';
  /** No code was shown before. */
  readonly isCodeNew: boolean;
}

/** What was seen of one reply. Times in ms since the start of the stream. */
export interface RenderRun {
  readonly case: RenderCase;
  /** Length of the stream itself. */
  readonly streamMs: number;
  readonly trace: MainThreadTrace;
  /** CPU time of the page's process from the start until everything has settled. */
  readonly processCpuMs: number;
  /** From a mark's being sent to its being painted; in order. Empty where nothing of the text is shown. */
  readonly lagMs: readonly number[];
  readonly nodesAtEnd: number;
  readonly maxNodes: number;
  readonly heapMB: number;
  readonly messages: number;
}

/** Plays one reply to one page. @throws Error when the page lost a part of the text */
export async function runRenderCase(browser: BenchBrowser, it: RenderCase): Promise<RenderRun> {
  const conversation = new BenchConversation();
  const host = new DelayedHost(conversation, it.roundTripMs);
  const opened = await host.open(browser, it.page);
  try {
    await warmUp(conversation, it);
    const from = await prepare(conversation, opened, it);
    const cpuBefore = await browser.cpuSeconds();
    await browser.startTrace(opened.page);
    await evaluate(opened.session, 'benchProbe.watchMarks()');
    await sleep(300);
    const startedAt = Number(
      await evaluate(opened.session, 'performance.mark("bench"), benchProbe.now()'),
    );
    const sentAt = await play(conversation, it, from);
    const streamMs = performance.timeOrigin + performance.now() - startedAt;
    const lagMs = await lagsOf(opened, it, sentAt);
    await sleep(SETTLE_MS);
    const trace = readMainThread(await browser.stopTrace());
    const cpuAfter = await browser.cpuSeconds();
    const cpuSeconds = (cpuAfter.get(trace.pid) ?? 0) - (cpuBefore.get(trace.pid) ?? 0);
    const maxNodes = Number(await evaluate(opened.session, 'benchProbe.maxNodes()'));
    const nodesAtEnd = Number(await evaluate(opened.session, 'benchProbe.nodes()'));
    const heap = await heapMB(opened.session);
    await requireAllMarks(opened, it);
    return {
      case: it,
      streamMs,
      trace,
      processCpuMs: 1_000 * cpuSeconds,
      lagMs,
      nodesAtEnd,
      maxNodes,
      heapMB: heap,
      messages: host.frames,
    };
  } finally {
    await opened.close();
    host.close();
  }
}

/**
 * A reply before: the page's code is loaded and, as in any panel that is in use, compiled, and grammars are there. Only where code
 * is what is measured they come while it streams.
 */
async function warmUp(conversation: BenchConversation, it: RenderCase): Promise<void> {
  const { text } = it.isCodeNew ? renderInput('thinking', 0.08, 2) : renderInput('mixed', 0.09, 2);
  // Marks of the measured text must be found only there.
  const unmarked = text.replaceAll(/q(\d{5})z/g, 'w$1z');
  conversation.add(benchTurn('warm-up', { state: 'streaming' }));
  for (let at = 0; at < unmarked.length; at += WARM_UP_STEP) {
    conversation.append('warm-up', unmarked.slice(at, at + WARM_UP_STEP), '');
    await sleep(20);
  }
  conversation.end('warm-up');
  await sleep(SETTLE_MS + it.roundTripMs);
}

/** Adds the turn that is measured; returns the offset from which on its text is streamed. */
async function prepare(
  conversation: BenchConversation,
  { page, session }: OpenPage,
  it: RenderCase,
): Promise<number> {
  const from = Math.floor(it.from * it.input.text.length);
  const before = it.input.text.slice(0, from);
  const isAnswer = it.into === 'answer';
  conversation.add(
    benchTurn('measured', {
      state: 'streaming',
      text: isAnswer ? before : '',
      thinking: isAnswer ? '' : 'Thinking. ',
    }),
  );
  if (it.into === 'openThinking') await page.click('.thinking-head');
  const marksBefore = it.input.markEnds.filter((end) => end <= from).length;
  const shown = (): Promise<unknown> => evaluate(session, 'benchProbe.lastMark()');
  await waitForPage(`the text before "${it.name}"`, CATCH_UP_LIMIT_MS, async () => {
    return Number(await shown()) >= marksBefore - 1;
  });
  await sleep(500);
  return from;
}

async function play(
  conversation: BenchConversation,
  it: RenderCase,
  from: number,
): Promise<number[]> {
  const sentAt = await sendPaced(it.input, from, (delta) => {
    if (it.into === 'answer') conversation.append('measured', delta, '');
    else conversation.append('measured', '', delta);
  });
  conversation.end('measured');
  return sentAt;
}

async function lagsOf(
  { session }: OpenPage,
  it: RenderCase,
  sentAt: readonly number[],
): Promise<number[]> {
  if (it.into === 'closedThinking') return [];
  const last = sentAt.length - 1;
  await waitForPage(`the end of "${it.name}"`, CATCH_UP_LIMIT_MS, async () => {
    return Number(await evaluate(session, 'benchProbe.lastMark()')) >= last;
  });
  const shown = (await evaluate(session, 'benchProbe.shown')) as [number, number][];
  const lags: number[] = [];
  let mark = 0;
  for (const [at, upTo] of shown) {
    for (; mark <= upTo; mark++) {
      const sent = sentAt[mark] ?? Number.NaN;
      if (!Number.isNaN(sent)) lags.push(at - sent);
    }
  }
  return lags;
}

/** All of the text is there, though it need not be on the page all at once. */
async function requireAllMarks({ session }: OpenPage, it: RenderCase): Promise<void> {
  if (it.into === 'closedThinking') return;
  const found = new Set((await evaluate(session, 'benchProbe.collectMarks()')) as number[]);
  const missing = it.input.markEnds.map((_, mark) => mark).filter((mark) => !found.has(mark));
  if (missing.length === 0) return;
  throw new Error(
    `${it.name}: ${missing.length} of ${it.input.markEnds.length} marks are missing, the first is ${missing[0]}`,
  );
}
