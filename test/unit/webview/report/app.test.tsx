// @vitest-environment jsdom
import axe from 'axe-core';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/protocol/report';
import { App } from '../../../../src/webview/report/app';
import { ReportLink } from '../../../../src/webview/report/reportLink';
import { FakeClock } from '../../../helpers/fakeClock';
import { exampleReport } from '../../../helpers/reports';

let clock: FakeClock;
let root: HTMLElement;
let posted: unknown[];
let kept: unknown;
let link: ReportLink;

function open(state?: unknown): void {
  kept = state;
  link = new ReportLink(
    {
      postMessage: (message) => posted.push(message),
      getState: () => kept,
      setState: (next) => (kept = next),
    },
    clock,
  );
  void act(() => render(<App link={link} />, root));
  link.start();
}

function close(): void {
  void act(() => render(null, root));
  link.dispose();
}

function show(report: Report): void {
  void act(() => link.receive({ type: 'report', report }));
}

function button(label: string): HTMLButtonElement {
  const all = [...root.querySelectorAll('button')];
  const found = all.find(({ textContent }) => textContent === label);
  if (!found) throw new Error(`expected a button "${label}" in ${root.innerHTML}`);
  return found;
}

const texts = (selector: string): string[] =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());

beforeEach(() => {
  document.documentElement.lang = 'en';
  clock = new FakeClock();
  root = document.body.appendChild(document.createElement('div'));
  posted = [];
});

afterEach(() => {
  close();
  root.remove();
  expect(clock.pending).toBe(0);
});

describe('a report’s page', () => {
  it('has headings in order, the verdict with a word, and paragraphs', () => {
    open();
    show(exampleReport());
    expect(texts('h1')).toEqual(['Benchmark']);
    expect(texts('h2')).toEqual(['Doubtful Latency', 'Conditions']);
    expect(texts('.verdict')).toEqual(['Bad The first token comes too late.']);
    expect(root.querySelector('.verdict .codicon-error')).not.toBeNull();
    expect(texts('.paragraph')).toEqual(['From 40 requests.', 'The network is not the cause.']);
  });

  it('has tables whose heads and rows are named, with figures marked in words, too', () => {
    open();
    show(exampleReport());
    expect(texts('caption')).toEqual(['Latency']);
    expect(texts('th[scope=col]')).toEqual(['Figure', 'ms']);
    expect(texts('th[scope=row]')).toEqual(['P50', 'P99', 'Spread']);
    expect(texts('td.figures')).toEqual(['Good 1,200', 'Bad 4,100', '']);
  });

  it('has nothing that axe objects to', async () => {
    open();
    show(exampleReport());
    // jsdom draws nothing, so colours are looked at elsewhere.
    const { violations } = await axe.run(root, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
  });

  it('tells the host which button was clicked', () => {
    open();
    show(exampleReport());
    posted.length = 0;
    for (const label of ['Copy as Markdown', 'Save as JSON', 'Keep as baseline']) {
      button(label).click();
    }
    expect(posted).toEqual([
      { type: 'copyMarkdown' },
      { type: 'saveJson' },
      { type: 'act', id: 'keep' },
    ]);
    expect(button('Run again').className).toBe('button');
    expect(button('Keep as baseline').className).toBe('button secondary');
  });

  it('takes texts for nothing but texts', () => {
    open();
    const text = '<img src=x onerror=alert(1)>';
    show(exampleReport({ title: text, verdict: { tone: 'plain', text } }));
    expect(root.querySelector('img')).toBeNull();
    expect(texts('h1')).toEqual([text]);
    expect(texts('.verdict')).toEqual([text]);
  });
});

describe('the report of a page', () => {
  it('is asked for until it comes, and kept', async () => {
    open();
    await clock.advance(1_000);
    await clock.advance(2_000);
    expect(posted).toEqual([{ type: 'ready' }, { type: 'ready' }, { type: 'ready' }]);
    show(exampleReport());
    await clock.advance(60_000);
    expect(posted).toHaveLength(3);
    expect(kept).toEqual(exampleReport());
  });

  it('is there at once where the page has kept it, and the host’s counts', () => {
    open(exampleReport());
    expect(texts('h1')).toEqual(['Benchmark']);
    const { sections } = exampleReport();
    for (const section of sections) section.actions = [];
    show(exampleReport({ sections }));
    expect(texts('.actions button')).toEqual([]);
  });

  it('is not taken from what is none: the host is told', () => {
    open({ title: 7 });
    expect(root.textContent).toBe('');
    void act(() => link.receive({ type: 'report', report: { title: 'x' } }));
    expect(root.textContent).toBe('');
    expect(posted.at(-1)).toMatchObject({ type: 'fault' });
  });
});
