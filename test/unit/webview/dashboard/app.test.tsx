// @vitest-environment jsdom
import axe from 'axe-core';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DashboardRead } from '../../../../src/protocol/dashboard';
import { App } from '../../../../src/webview/dashboard/app';
import { DashboardLink } from '../../../../src/webview/dashboard/dashboardLink';
import { HOUR_MS, NOON, readWith } from '../../../helpers/dashboardReads';
import { FakeClock } from '../../../helpers/fakeClock';

/** jsdom draws nothing: what charts are asked to draw is kept instead. */
const charts = vi.hoisted(() => ({ made: 0, drawn: 0 }));
vi.mock('uplot', () => {
  class Chart {
    static readonly paths = {};
    readonly cursor: { idx: number | null } = { idx: null };
    readonly scales = {};
    readonly width = 0;
    readonly bbox = { height: 0 };
    readonly #options: { hooks: { setCursor: ((plot: unknown) => void)[] } };
    constructor(options: { hooks: { setCursor: ((plot: unknown) => void)[] } }) {
      this.#options = options;
      charts.made++;
    }
    valToPos(): number {
      return 0;
    }
    /** At the left: the first bucket. */
    setCursor(): void {
      this.cursor.idx = 0;
      for (const hook of this.#options.hooks.setCursor) hook(this);
    }
    setData(): void {
      charts.drawn++;
    }
    destroy(): void {
      charts.made--;
    }
  }
  return { default: Chart };
});

let clock: FakeClock;
let root: HTMLElement;
let posted: Record<string, unknown>[];
let kept: unknown;
let link: DashboardLink;

function open(state?: unknown): void {
  kept = state;
  link = new DashboardLink(
    {
      postMessage: (message) => posted.push(message as Record<string, unknown>),
      getState: () => kept,
      setState: (next) => (kept = next),
    },
    clock,
  );
  void act(() => render(<App link={link} />, root));
  void act(() => link.refresh());
}

/** Answers the newest question. */
function answer(read: DashboardRead): void {
  const ask = posted.findLast(({ type }) => type === 'read')?.['ask'];
  void act(() => link.receive({ type: 'data', ask, read }));
}

const START = NOON - HOUR_MS;
const someRows = [
  { at: START, model: 'opus', requestId: 'req_1' },
  { at: START + 1, model: 'sonnet', outcome: 'failed', errorKind: 'network', status: 503 },
  { at: NOON - 1, model: 'sonnet', queueMs: 100, requestId: 'req_3' },
];
const someRead = (): DashboardRead =>
  readWith({
    rows: someRows,
    samples: [{ at: NOON - 1, running: 1 }],
    events: [{ at: NOON - 5, kind: 'mark', label: 'switched' }],
  });

const texts = (selector: string): string[] =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());

function find<T extends Element>(selector: string, type: abstract new () => T): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`expected ${selector} in ${root.innerHTML}`);
  return found;
}

function press(target: Element, key: string): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  void act(() => void target.dispatchEvent(event));
}

function buttonWith(text: string): HTMLButtonElement {
  const all = [...root.querySelectorAll('button')];
  const found = all.find(({ textContent }) => textContent.includes(text));
  if (!found) throw new Error(`expected a button "${text}"`);
  return found;
}

const click = (text: string): void => void act(() => buttonWith(text).click());

/** Objections of axe. jsdom draws nothing, so colours are looked at elsewhere. */
async function objections(): Promise<string[]> {
  const { violations } = await axe.run(root, { rules: { 'color-contrast': { enabled: false } } });
  return violations.map(({ id, help }) => `${id}: ${help}`);
}

beforeEach(() => {
  document.documentElement.lang = 'en';
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  clock = new FakeClock(NOON);
  root = document.body.appendChild(document.createElement('div'));
  posted = [];
});

afterEach(() => {
  void act(() => render(null, root));
  link.dispose();
  root.remove();
  expect(clock.pending).toBe(0);
  expect(charts.made).toBe(0);
});

describe('the dashboard', () => {
  it('says that it reads until it has read', () => {
    open();
    expect(texts('[role=status]')).toEqual(['Reading the metrics…']);
    answer(someRead());
    expect(texts('h1')).toEqual(['Dashboard']);
    expect(texts('.tile dt')).toHaveLength(12);
    expect(texts('h3')).toHaveLength(9);
    expect(texts('.marks li')[0]).toContain('switched');
    expect(texts('.count')).toEqual(['3 requests']);
    expect(charts.made).toBe(9);
  });

  it('has nothing that axe objects to, as a table and with a request open, too', async () => {
    open();
    expect(await objections()).toEqual([]);
    answer(someRead());
    click('Show as table');
    press(find('[role=grid]', HTMLTableElement), 'Enter');
    expect(await objections()).toEqual([]);
    answer(readWith({}));
    expect(await objections()).toEqual([]);
  });

  it('draws new figures into the charts that are there', () => {
    open();
    answer(someRead());
    charts.drawn = 0;
    void act(() => link.refresh());
    answer(someRead());
    expect(charts).toEqual({ made: 9, drawn: 9 });
  });

  it('shows a chart as a table of what was measured', () => {
    open();
    answer(someRead());
    click('Show as table');
    const [caption] = texts('.chart caption');
    expect(caption).toBe('Time to first token, as a table');
    expect(texts('.chart thead th')).toEqual(['Time', 'P50', 'P95', 'P99']);
    expect(texts('.chart tbody tr:first-child td')).toEqual(['500 ms', '500 ms', '500 ms']);
    click('Hide table');
    expect(texts('.chart caption')).toEqual([]);
  });

  it('has what was measured as nothing in the table, too', () => {
    open();
    answer(readWith({ rows: [{ at: START }], samples: [{ at: NOON - 1, headroom: 0 }] }));
    const heads = [...root.querySelectorAll('.chart h3')];
    const chart = heads.find(({ textContent }) => textContent === 'Rate-limit headroom');
    const button = chart?.parentElement?.querySelector('button');
    void act(() => button?.click());
    expect(texts('.chart tbody td')).toEqual(['0 %']);
  });

  it('says where only figures by the hour are left', () => {
    open();
    answer(readWith({ rows: [{ at: NOON - 5 }], hours: [{ at: START, ok: 3 }] }));
    expect(texts('.hint')[0]).toContain('are kept by the hour only');
  });

  it('tells whoever does not see the charts what they show', () => {
    open();
    answer(someRead());
    const label = root.querySelector('.plot')?.getAttribute('aria-label');
    expect(label).toContain('Time to first token. P50 from 500 ms to 500 ms');
  });

  it('says what stands where the arrow keys lead', () => {
    open();
    answer(someRead());
    press(find('.plot', HTMLElement), 'ArrowRight');
    const [said = ''] = texts('main > [role=status]');
    expect(said).toMatch(/^Nov 24, .*; P50 500 ms; P95 500 ms; P99 500 ms$/u);
  });

  it('looks at one model on request', () => {
    open();
    answer(someRead());
    const picker = find('select[aria-label=Model]', HTMLSelectElement);
    expect([...picker.options].map(({ text }) => text)).toEqual(['All models', 'opus', 'sonnet']);
    picker.value = 'opus';
    void act(() => void picker.dispatchEvent(new Event('change', { bubbles: true })));
    expect(texts('.count')).toEqual(['1 request']);
    expect(posted.filter(({ type }) => type === 'read')).toHaveLength(1);
    expect(kept).toMatchObject({ model: 'opus' });
  });

  it('says what to do where nothing was measured yet, and in this time', () => {
    open({ range: 'all', isCompared: false });
    answer(readWith({}, undefined, { from: 0 }));
    expect(texts('h2')).toEqual(['Nothing measured yet']);
    click('Open chat');
    expect(posted.at(-1)).toEqual({ type: 'openChat' });
    void act(() => link.choose({ range: 'day' }));
    answer(readWith({}));
    expect(texts('h2')).toEqual(['Nothing in this time']);
    click('Show everything');
    expect(posted.at(-1)).toMatchObject({ type: 'read', range: 'all' });
  });

  it('says what failed, keeps the figures that it has, and tries again', () => {
    open();
    void act(() => link.receive({ type: 'failed', ask: 1, problem: 'locked' }));
    expect(texts('[role=alert] .error-detail')).toEqual(['locked']);
    click('Retry');
    answer(someRead());
    expect(texts('[role=alert]')).toEqual([]);
    void act(() => link.refresh());
    void act(() => link.receive({ type: 'failed', ask: 3, problem: 'full' }));
    expect(texts('[role=alert] .error-detail')).toEqual(['full']);
    expect(texts('.count')).toEqual(['3 requests']);
  });

  it('says where older requests were left out', () => {
    open();
    answer({ ...someRead(), span: { ...someRead().span, isCut: true } });
    expect(texts('.hint')[0]).toContain('The newest 3 requests are shown');
  });
});

describe('the list of requests', () => {
  const rowTexts = (column: string): string[] => texts(`.requests tbody .col-${column}`);

  it('is put in order by its heads', () => {
    open();
    answer(someRead());
    expect(rowTexts('model')).toEqual(['sonnet', 'sonnet', 'opus']);
    const sorts = (): (string | null)[] =>
      [...root.querySelectorAll('.requests th')].map((head) => head.getAttribute('aria-sort'));
    expect(sorts()[0]).toBe('descending');
    click('Ended');
    expect(sorts()[0]).toBe('ascending');
    expect(rowTexts('model')).toEqual(['opus', 'sonnet', 'sonnet']);
  });

  it('is filtered while one types', () => {
    open();
    answer(someRead());
    const field = find('input[type=search]', HTMLInputElement);
    field.value = 'req_3';
    void act(() => void field.dispatchEvent(new Event('input', { bubbles: true })));
    expect(texts('.count')).toEqual(['1 of 3 requests']);
    expect(texts('main > [role=status]')).toEqual(['1 of 3 requests']);
    field.value = 'nothing';
    void act(() => void field.dispatchEvent(new Event('input', { bubbles: true })));
    expect(texts('.none')).toEqual(['No request matches.']);
  });

  it('opens a request with the keyboard, and gives the keyboard back', () => {
    open();
    answer(someRead());
    const grid = find('[role=grid]', HTMLTableElement);
    grid.focus();
    press(grid, 'ArrowDown');
    press(grid, 'Enter');
    expect(document.activeElement?.textContent).toBe('Details of a request');
    expect(texts('.facts dd')).toContain('503');
    expect(texts('.facts dd')).toContain('No network');
    press(find('.details', HTMLElement), 'Escape');
    expect(root.querySelector('.details')).toBeNull();
    expect(document.activeElement).toBe(grid);
    press(grid, 'Home');
    press(grid, 'Enter');
    expect(texts('.waterfall-label')[0]).toBe('Waiting in the queue');
    expect(texts('.facts code')).toEqual(['req_3']);
  });

  it('keeps a request open while the figures are read anew', () => {
    open();
    answer(someRead());
    press(find('[role=grid]', HTMLTableElement), 'Enter');
    const grid = find('[role=grid]', HTMLTableElement);
    grid.focus();
    const later = readWith({ rows: [{ at: START - 5 }, ...someRows] });
    void act(() => link.refresh());
    answer(later);
    expect(texts('.facts code')).toEqual(['req_3']);
    // The keyboard stays where it was.
    expect(document.activeElement).toBe(grid);
  });

  it('keeps the chosen request chosen when newer ones come', () => {
    open();
    answer(someRead());
    const grid = find('[role=grid]', HTMLTableElement);
    grid.focus();
    press(grid, 'ArrowDown');
    void act(() => link.refresh());
    answer(readWith({ rows: [...someRows, { at: NOON - 1, requestId: 'req_4' }] }));
    press(grid, 'Enter');
    expect(texts('.facts dd')).toContain('503');
  });
});

describe('a part of the time', () => {
  it('is left when it is not in what is looked at any more', () => {
    open();
    answer(someRead());
    press(find('.plot', HTMLElement), '+');
    expect(texts('.zoomed')).toHaveLength(1);
    void act(() => link.refresh());
    const later = { from: NOON, to: NOON + HOUR_MS };
    answer(readWith({ rows: [{ at: NOON + 5 }] }, undefined, later));
    expect(texts('.zoomed')).toEqual([]);
    expect(texts('.count')).toEqual(['1 request']);
  });
});
