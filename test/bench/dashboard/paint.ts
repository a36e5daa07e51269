import * as v from 'valibot';
import { dashboardToHostSchema } from '../../../src/protocol/dashboard';
import type { BenchBrowser } from '../lib/benchBrowser';
import type { BenchReport } from '../lib/benchReport';
import { median, rounded } from '../lib/statistics';

/** As many as the host reads at once. */
const REQUESTS = 100_000;
const PAGES = 7;
const LIMIT_MS = 1_000;

/** From the message with a week's requests to the paint after it: in a page that was just opened, and with new figures in the same one. */
export async function benchPaint(
  report: BenchReport,
  browser: BenchBrowser,
  quick: boolean,
): Promise<void> {
  const first: number[] = [];
  const again: number[] = [];
  for (let page = 0; page < (quick ? 1 : PAGES); page++) {
    first.push(await paintMs(browser, again));
  }
  const row = (name: string, values: readonly number[]) => ({
    name,
    medianMs: rounded(median(values), 0),
    worstMs: rounded(Math.max(...values), 0),
  });
  report.addTable(
    `${REQUESTS.toLocaleString('en')} requests, from message to paint`,
    `Ms. All nine charts and the list, in ${String(first.length)} pages one after the other.`,
    [row('just opened', first), row('new figures', again)],
  );
  report.addTarget('just opened, median', '<=', LIMIT_MS, median(first), 'ms');
}

/** @returns the first time, ms; the second one goes into `again` */
async function paintMs(browser: BenchBrowser, again: number[]): Promise<number> {
  let ask = 0;
  const opened = await browser.open('dashboard', (json) => {
    const message = v.parse(dashboardToHostSchema, JSON.parse(json));
    if (message.type === 'fault') throw new Error(message.message);
    if (message.type === 'read') ({ ask } = message);
  });
  const { page } = opened;
  try {
    await page.waitForSelector('.loading', { state: 'attached' });
    const once = () => page.evaluate(paintOnce, { count: REQUESTS, ask });
    const firstMs = await once();
    await page.click('.head .icon-button');
    again.push(await once());
    return firstMs;
  } finally {
    await opened.close();
  }
}

/** Runs in the page: its source is sent, so it uses nothing from outside. @throws Error where no charts are there afterwards */
async function paintOnce({
  count,
  ask,
}: {
  readonly count: number;
  readonly ask: number;
}): Promise<number> {
  const to = Date.now();
  const from = to - 7 * 86_400_000;
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const numbers = (of: () => number) => Float32Array.from({ length: count }, of);
  const words = (...names: string[]) => ({
    names,
    values: Uint16Array.from({ length: count }, () => Math.floor(names.length * random())),
  });
  const none = { names: [], values: new Uint16Array(count).fill(65_535) };
  const firstTokenMs = numbers(() => 300 * Math.exp(2 * random()));
  const requests = {
    at: Float64Array.from({ length: count }, (_, row) => from + ((to - from) * row) / count),
    endpoint: words('one', 'two'),
    model: words('large', 'middle', 'small'),
    action: words('chat', 'inline'),
    outcome: words('ok', 'ok', 'ok', 'ok', 'failed', 'stopped'),
    errorKind: words('network', 'overloaded', 'rate_limit'),
    servedFrom: none,
    queueMs: numbers(() => 100 * random()),
    pacingMs: numbers(() => 0),
    backoffMs: numbers(() => 0),
    recoveryMs: numbers(() => 0),
    connectMs: numbers(() => 40 * random()),
    firstByteMs: firstTokenMs.map((ms) => 0.8 * ms),
    firstTokenMs,
    totalMs: firstTokenMs.map((ms) => ms + 200 + 5_000 * random()),
    inputTokens: numbers(() => Math.floor(2_000 * random())),
    outputTokens: numbers(() => Math.floor(900 * random())),
    cacheReadTokens: numbers(() => 0),
    cacheWriteTokens: numbers(() => 0),
    costUSD: numbers(() => 0.02 * random()),
    attempts: numbers(() => 1),
    continuations: numbers(() => 0),
    status: numbers(() => 0),
    requestIds: Array.from(
      { length: count },
      (_, row) => `req_${String(row).padStart(24, '0')}`,
    ).join('\n'),
  };
  const nothing = new Float32Array(0);
  const noWords = { names: [], values: new Uint16Array(0) };
  const names = (list: readonly string[], value: unknown) =>
    Object.fromEntries(list.map((name) => [name, value]));
  const samples = names(
    [
      'cpuShare',
      'rssMB',
      'loopDelayMs',
      'running',
      'queued',
      'concurrency',
      'headroom',
      'storeMs',
      'networkMs',
    ],
    nothing,
  );
  const hours = names(
    [
      'ok',
      'failed',
      'stopped',
      'inputTokens',
      'outputTokens',
      'cacheReadTokens',
      'cacheWriteTokens',
      'costUSD',
      'unpriced',
      'firstTokenP50',
      'firstTokenP95',
      'firstTokenP99',
    ],
    nothing,
  );
  const at = new Float64Array(0);
  const span = {
    requests,
    isCut: false,
    samples: { at, ...samples },
    hours: { at, endpoint: noWords, model: noWords, ...hours },
    events: [],
  };
  const read = { from, to, span, objective: 0.999, serviceFaults: ['network'], errorNames: {} };
  // A copy, as it comes over the border; then the page comes to rest.
  const data = structuredClone({ type: 'data', ask, read });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const startedAt = performance.now();
  dispatchEvent(new MessageEvent('message', { data }));
  await new Promise((resolve) => {
    requestAnimationFrame(() => {
      const afterPaint = new MessageChannel();
      afterPaint.port1.addEventListener('message', resolve);
      afterPaint.port1.start();
      afterPaint.port2.postMessage(undefined);
    });
  });
  const tookMs = performance.now() - startedAt;
  const charts = document.querySelectorAll('canvas').length;
  const isTaken = document.querySelector('main')?.ariaBusy === 'false';
  if (charts !== 9 || !isTaken)
    throw new Error(`expected 9 charts of the new figures, got ${String(charts)}`);
  return tookMs;
}
