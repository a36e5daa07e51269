// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { CodeBlock, codeBlockOf } from '../../../../../src/webview/chat/markdown/codeBlock';
import type { CodeDeps } from '../../../../../src/webview/chat/markdown/codeBlock';
import { MarkdownStream } from '../../../../../src/webview/chat/markdown/markdownStream';
import { MarkdownParser } from '../../../../../src/webview/chat/markdown/parser';
import { BlockRenderer } from '../../../../../src/webview/chat/markdown/renderBlock';
import { bringBackAll } from '../../../../../src/webview/chat/window/parking';
import { FakeFrames } from '../../helpers/fakeFrames';
import { MarkdownPage, bodyDeps, codeDeps } from '../../helpers/markdownPage';

const LONG = Array.from({ length: 60 }, (_, index) => `line ${String(index)}\n`).join('');

let deps: CodeDeps;
beforeEach(() => {
  deps = codeDeps();
});

/** A text of which all is there, as one from the history. */
function past(text: string, isEnded = true): HTMLElement {
  const root = document.createElement('div');
  const parser = new MarkdownParser();
  const makers = {
    ...bodyDeps(new FakeFrames()),
    makeCode: (info: string) => new CodeBlock(info, deps),
  };
  const stream = new MarkdownStream(root, parser, new BlockRenderer(parser, makers));
  stream.showWhole(text, new BlockRenderer(parser, makers, { isEnded }));
  bringBackAll(root);
  return root;
}

function blockIn(root: Element): CodeBlock {
  const element = root.querySelector('.code-block');
  const block = element && codeBlockOf(element);
  if (!block) throw new Error('expected a block of code');
  return block;
}

describe('the head of a code block', () => {
  it('names the file and the language, for screen readers, too', () => {
    const block = new CodeBlock('ts src/app.ts', deps);
    expect(block.element.querySelector('.code-file')?.textContent).toBe('src/app.ts');
    expect(block.element.querySelector('.code-language')?.textContent).toBe('ts');
    expect(block.element.ariaLabel).toBe('Code: src/app.ts, ts');
    expect(block.path).toBe('src/app.ts');
  });

  it('offers to run what is for a terminal, and to apply what is not', () => {
    const buttons = (info: string): (string | undefined)[] =>
      [...new CodeBlock(info, deps).element.querySelectorAll('button')].map(
        (b) => b.dataset['code'],
      );
    expect(buttons('sh')).toEqual(['run', 'insert', 'copy', 'more']);
    expect(buttons('ts')).toEqual(['apply', 'insert', 'copy', 'more']);
    expect(buttons('mermaid')).toEqual(['zoomOut', 'zoomIn', 'diagram', 'copy', 'more']);
  });

  it('gives every button a name', () => {
    const { element } = new CodeBlock('sh', deps);
    for (const button of element.querySelectorAll('button')) expect(button.ariaLabel).toMatch(/\S/);
  });
});

describe('whether a block is whole', () => {
  it('is told by its fence, and by the end of the answer', () => {
    const page = new MarkdownPage();
    page.write('```ts\na\n');
    expect(blockIn(page.root).isClosed).toBe(false);
    page.write('```\n');
    expect(blockIn(page.root).isClosed).toBe(true);
    page.write('\nText.\n\n```ts\ncut\n');
    const second = [...page.root.querySelectorAll('.code-block')].map((one) => codeBlockOf(one))[1];
    expect(second?.isClosed).toBe(false);
    page.correct();
    expect(second?.isClosed).toBe(true);
  });

  it('is open again where the answer goes on', () => {
    const page = new MarkdownPage();
    page.write('```ts\na\n');
    page.correct();
    expect(blockIn(page.root).isClosed).toBe(true);
    page.write('b\n');
    expect(blockIn(page.root).isClosed).toBe(false);
    expect(blockIn(page.root).source).toBe('a\nb\n');
  });
});

describe('a long block', () => {
  it('is never folded while it comes, nor when it has come', () => {
    const page = new MarkdownPage();
    page.write(`\`\`\`ts\n${LONG}`);
    expect(page.root.querySelector('.code-fold')).toBeNull();
    page.write('```\n');
    page.correct();
    expect(blockIn(page.root).isFolded).toBe(false);
    expect(page.root.querySelector('.code-fold')?.textContent).toBe('Show fewer lines');
  });

  it('out of the past is folded, and says how much there is', () => {
    const root = past(`\`\`\`ts\n${LONG}\`\`\`\n`);
    const block = blockIn(root);
    expect(block.isFolded).toBe(true);
    const button = root.querySelector('.code-fold');
    expect(button?.textContent).toBe('Show all 60 lines');
    expect(button?.getAttribute('aria-expanded')).toBe('false');
    expect(block.source).toBe(LONG);
    block.setFolded(false);
    expect(button?.getAttribute('aria-expanded')).toBe('true');
  });

  it('stays as the reader left it when it is made again', () => {
    const text = `\`\`\`ts\n${LONG}\`\`\`\n`;
    const block = blockIn(past(text));
    block.setFolded(false);
    block.rememberFold();
    block.setWrapped(true);
    const again = blockIn(past(text));
    expect(again.isFolded).toBe(false);
    expect(again.isWrapped).toBe(true);
  });

  it('that is still being written is not folded when it is shown', () => {
    expect(blockIn(past(`\`\`\`ts\n${LONG}`, false)).isFolded).toBe(false);
    expect(blockIn(past(`\`\`\`ts\n${LONG}`, false)).isClosed).toBe(false);
  });

  it('of few lines has nothing to fold', () => {
    expect(past('```ts\na\nb\n```\n').querySelector('.code-fold')).toBeNull();
  });
});

describe('a very long line', () => {
  const line = 'x'.repeat(50_000);

  it('is shown to where an editor would show it, and copied whole', () => {
    const page = new MarkdownPage();
    const text = `\`\`\`json\n${line}\nnext\n\`\`\`\n`;
    for (let at = 0; at < text.length; at += 900) page.write(text.slice(at, at + 900));
    const shown = page.root.querySelector('.line')?.textContent ?? '';
    expect(shown.length).toBeLessThan(10_100);
    expect(shown).toContain('40000 more characters');
    expect(blockIn(page.root).source).toBe(`${line}\nnext\n`);
  });

  it('that is not finished yet is whole all the same', () => {
    const page = new MarkdownPage();
    for (let at = 0; at < 9_000; at += 900) page.write(at === 0 ? '```\n' : 'y'.repeat(900));
    expect(blockIn(page.root).source).toBe('y'.repeat(8_100));
    page.write('\n');
    expect(blockIn(page.root).source).toBe(`${'y'.repeat(8_100)}\n`);
    page.correct();
    expect(page.root.querySelectorAll('.line')).toHaveLength(1);
  });
});
