import type { Browser, CDPSession, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { chromiumArgs, requireChromium } from '../../../scripts/lib/chromium.mjs';
import { BenchPages, type PageKind } from './benchPages';
import { BENCH_THEME } from './benchTheme';
import { installProbe } from './pageProbe';
import { installScrollProbe } from './scrollProbe';

/** A side bar that was made wide, on a screen of usual height; px. */
export const VIEWPORT = { width: 520, height: 900 };

/** What a trace must hold for `MainThreadTrace`. */
const TRACED = [
  '-*',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
];

/** A real browser without a window, and the pages to open in it. */
export class BenchBrowser {
  readonly #browser: Browser;
  readonly #pages: BenchPages;

  private constructor(browser: Browser, pages: BenchPages) {
    this.#browser = browser;
    this.#pages = pages;
  }

  static async start(): Promise<BenchBrowser> {
    const executablePath = await requireChromium();
    const pages = await BenchPages.start();
    const args = [...chromiumArgs, '--enable-precise-memory-info'];
    return new BenchBrowser(await chromium.launch({ executablePath, args, headless: true }), pages);
  }

  /** Opens a page in a process of its own, up to where its scripts run. `onMessage` gets what it says to the extension. */
  async open(kind: PageKind, onMessage: (json: string) => void): Promise<OpenPage> {
    const context = await this.#browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: 'benchPost' });
    session.on('Runtime.bindingCalled', ({ payload }) => onMessage(payload));
    await page.addInitScript(installProbe, { theme: BENCH_THEME });
    await page.addInitScript(installScrollProbe);
    await page.goto(this.#pages.url(kind));
    const probe = await session.send('Runtime.evaluate', { expression: 'benchProbe' });
    const take = (message: unknown): Promise<number> => takeIn(session, probe.result, message);
    return { page, session, take, close: () => context.close() };
  }

  async startTrace(page: Page): Promise<void> {
    await this.#browser.startTracing(page, { categories: TRACED });
  }

  async stopTrace(): Promise<string> {
    const trace = await this.#browser.stopTracing();
    return trace.toString('utf8');
  }

  /** CPU time that each process of the browser has used, s, by process id. */
  async cpuSeconds(): Promise<ReadonlyMap<number, number>> {
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return new Map(processInfo.map(({ id, cpuTime }) => [id, cpuTime]));
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#pages.stop();
  }
}

export interface OpenPage {
  readonly page: Page;
  readonly session: CDPSession;
  /** Hands the page a message as VS Code does; when it arrived, by the page's clock. @throws Error with what the page threw */
  take(message: unknown): Promise<number>;
  close(): Promise<void>;
}

/** JavaScript heap in use after collection, MB. */
export async function heapMB(session: CDPSession): Promise<number> {
  for (let pass = 0; pass < 3; pass++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

/** The same function each time, which is compiled once: code with the message inside would be new code every frame. */
async function takeIn(
  session: CDPSession,
  { objectId }: { readonly objectId?: string },
  message: unknown,
): Promise<number> {
  if (objectId === undefined) throw new Error('the page has no probe');
  const { result, exceptionDetails } = await session.send('Runtime.callFunctionOn', {
    functionDeclaration: 'function (message) { return this.take(message); }',
    objectId,
    arguments: [{ value: message }],
    returnByValue: true,
  });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return Number(result.value);
}

/** Evaluates in the page without Playwright's own code around it. @throws Error with what the page threw */
export async function evaluate(session: CDPSession, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    returnByValue: true,
    awaitPromise: true,
  });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value;
}
