// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { SliceRunner } from '../../../../../src/webview/shared/sliceRunner';
import { Formulas } from '../../../../../src/webview/chat/markdown/formula';
import type { Typesetter } from '../../../../../src/webview/chat/markdown/formula';
import { MarkdownStream } from '../../../../../src/webview/chat/markdown/markdownStream';
import { MarkdownParser } from '../../../../../src/webview/chat/markdown/parser';
import { BlockRenderer } from '../../../../../src/webview/chat/markdown/renderBlock';
import { bringBack, sendAway } from '../../../../../src/webview/chat/window/parking';
import { FakeFrames } from '../../helpers/fakeFrames';
import { MarkdownPage, bodyDeps } from '../../helpers/markdownPage';

function formulasIn(text: string): string[] {
  const page = new MarkdownPage();
  page.write(text);
  return [...page.root.querySelectorAll('.formula')].map((formula) => formula.textContent);
}

describe('what is a formula', () => {
  it.each([
    ['where $x^2$ and $y_1$ meet', ['$x^2$', '$y_1$']],
    ['\\(a+b\\), \\[c\\] and $$d$$', ['\\(a+b\\)', '\\[c\\]', '$$d$$']],
    ['$$\na\n- b\n$$', ['$$\na\n- b\n$$']],
    ['- item $x$\n\n> quote $y$\n\n| $a$ |\n|---|\n| $b$ |\n', ['$x$', '$y$', '$a$', '$b$']],
    ['**bold $x$** and [$l$](https://e.com)', ['$x$', '$l$']],
    ['the $n$th and the $n$s', ['$n$', '$n$']],
    ['$\\$5$', ['$\\$5$']],
    ['$2^{10}$ and $3 \\text{ km}$', ['$2^{10}$', '$3 \\text{ km}$']],
  ])('in %j', (text, formulas) => {
    expect(formulasIn(text)).toEqual(formulas);
  });

  it.each([
    'it costs $5 and $6',
    '$5 or more, at most $6.',
    'US$5, a$b$c',
    '$HOME and $PATH',
    '`$x$` and \\$x$',
    '```\n$x$\n```',
    '$ x$ and $x $',
    'open $x',
    '$$ $$',
    '$x\n\ny$',
  ])('not in %j', (text) => {
    expect(formulasIn(text)).toEqual([]);
  });

  it('is text while its end has not come, with nothing in it read as markup', () => {
    const page = new MarkdownPage();
    page.write('$$\n\\frac{a}{b} * c\n* d');
    expect(page.root.querySelector('ul, em')).toBeNull();
    expect(page.root.textContent).toContain('* d');
    page.write('\n$$\n');
    expect(page.root.querySelector('.formula.display')?.textContent).toContain('\\frac');
  });
});

/** A page with a typesetter that writes in capitals, and refuses what has "bad" in it. */
class MathPage {
  readonly frames = new FakeFrames();
  readonly faults: unknown[] = [];
  readonly set: string[] = [];
  readonly root = document.body.appendChild(document.createElement('div'));
  loads = 0;
  readonly stream: MarkdownStream;
  loading: Promise<Typesetter> = Promise.resolve((tex, target) => {
    this.set.push(tex);
    if (tex.includes('bad')) return 'it is bad';
    target.append(tex.toUpperCase());
    return undefined;
  });

  constructor() {
    const slices = new SliceRunner(this.frames);
    const load = (): Promise<Typesetter> => {
      this.loads++;
      return this.loading;
    };
    const formulas = new Formulas(slices, load, (error) => this.faults.push(error));
    const parser = new MarkdownParser();
    const makers = { ...bodyDeps(this.frames), makeFormula: formulas.make };
    this.stream = new MarkdownStream(this.root, parser, new BlockRenderer(parser, makers));
  }

  write(text: string): void {
    this.stream.append(text);
    this.stream.render();
  }

  async settle(): Promise<void> {
    await Promise.resolve();
    await Promise.resolve();
    this.frames.settle();
  }
}

describe('typesetting', () => {
  let page: MathPage;
  beforeEach(() => {
    document.body.replaceChildren();
    page = new MathPage();
  });

  it('loads nothing before the first formula, and the library once', async () => {
    page.write('No formula.\n\n');
    expect(page.loads).toBe(0);
    page.write('One $a$.\n\nTwo $b$.\n\n');
    await page.settle();
    expect(page.loads).toBe(1);
    expect(page.root.textContent).toBe('No formula.One A.Two B.');
  });

  it('shows the source until then, and goes on showing what is set while text comes', async () => {
    page.write('Let $a$ be');
    expect(page.root.textContent).toBe('Let $a$ be');
    await page.settle();
    const formula = page.root.querySelector('.formula');
    page.write(' one and $b$ be');
    page.write(' two.\n\nNext.\n');
    await page.settle();
    for (const _ of page.stream.correction());
    await page.settle();
    expect(page.root.querySelector('.formula')).toBe(formula);
    expect(page.set).toEqual(['a', 'b']);
    expect(page.root.textContent).toBe('Let A be one and B be two.Next.');
  });

  it('leaves the source where it fails, and says why', async () => {
    page.write('See $bad$ and $good$.');
    await page.settle();
    expect(page.root.textContent).toBe('See $bad$ and GOOD.');
    expect(page.root.querySelector<HTMLElement>('.failed')?.title).toContain('it is bad');
  });

  it('leaves all sources where the library can not be had, with one report', async () => {
    page.loading = Promise.reject(new Error('no chunk'));
    page.write('$a$ and $b$.\n\n');
    await page.settle();
    page.write('$c$\n\n');
    await page.settle();
    expect(page.faults).toEqual([new Error('no chunk')]);
    expect(page.root.textContent).toBe('$a$ and $b$.$c$');
  });

  it('takes several frames where there is much', async () => {
    page.frames.tickMs = 2;
    page.write(Array.from({ length: 60 }, (_, index) => `$a_{${String(index)}}$ `).join(''));
    await Promise.resolve();
    await Promise.resolve();
    page.frames.paint();
    expect(page.set.length).toBeGreaterThan(0);
    expect(page.set.length).toBeLessThan(10);
    page.frames.settle();
    expect(page.set).toHaveLength(60);
  });

  it('of a part far from the screen waits until it is back', async () => {
    page.write('Far $a$.\n\n');
    const part = page.root.querySelector<HTMLElement>('.part');
    if (!part) throw new Error('expected a part');
    sendAway(part, '20px');
    await page.settle();
    expect(page.set).toEqual([]);
    bringBack(part);
    await page.settle();
    expect(part.textContent).toBe('Far A.');
  });
});
