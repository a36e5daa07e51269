// @vitest-environment jsdom
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handleBodyClicks } from '../../../../../src/webview/chat/bodyClicks';
import type { DisposableLike } from '../../../../../src/base/disposable';
import { codeBlockOf } from '../../../../../src/webview/chat/markdown/codeBlock';
import { MarkdownPage } from '../../helpers/markdownPage';
import { PanelPage } from '../../helpers/panelPage';
import { stubPopovers } from '../../helpers/popover';

let page: PanelPage;
let clicks: DisposableLike;

beforeEach(() => {
  stubPopovers();
  Element.prototype.scrollIntoView = () => undefined;
  page = new PanelPage();
  clicks = handleBodyClicks(page.root, page.panel);
});
afterEach(() => {
  clicks.dispose();
  page.remove();
});

function show(text: string): void {
  const answer = new MarkdownPage();
  answer.write(text);
  answer.correct();
  answer.root.dataset['turn'] = 't1';
  page.root.replaceChildren(answer.root);
}

function click(action: string): void {
  void act(() => page.find(`[data-code=${action}]`).click());
}

function menuItem(label: string): HTMLElement {
  const all = [...page.root.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const found = all.find((item) => item.textContent.startsWith(label));
  if (!found) throw new Error(`expected "${label}" among ${all.map((i) => i.textContent).join()}`);
  return found;
}

describe('the buttons of a code block', () => {
  it('ask the host, with the code, its language and its file', () => {
    show('```ts src/app.ts\nlet a;\n```\n');
    click('apply');
    click('insert');
    expect(page.posted).toEqual([
      {
        type: 'codeAction',
        turnId: 't1',
        action: 'apply',
        code: 'let a;\n',
        language: 'ts',
        path: 'src/app.ts',
      },
      {
        type: 'codeAction',
        turnId: 't1',
        action: 'insert',
        code: 'let a;\n',
        language: 'ts',
        path: 'src/app.ts',
      },
    ]);
  });

  it('name no file where the head has none', () => {
    show('```sh\nnpm test\n```\n');
    click('run');
    expect(page.posted).toEqual([
      { type: 'codeAction', turnId: 't1', action: 'run', code: 'npm test\n', language: 'sh' },
    ]);
  });

  it('copy all of it, and say so', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    show('```ts\nlet a;\n```\n');
    click('copy');
    await Promise.resolve();
    await Promise.resolve();
    expect(writeText).toHaveBeenCalledWith('let a;\n');
    expect(page.find('.codicon-check')).toBeDefined();
    expect(page.posted).toEqual([{ type: 'codeCopied', turnId: 't1' }]);
  });

  it('fold and unfold a long block', () => {
    show(`\`\`\`ts\n${'x\n'.repeat(50)}\`\`\`\n`);
    click('fold');
    expect(page.find('.code-fold').textContent).toBe('Show all 50 lines');
    click('fold');
    expect(page.find('.code-fold').textContent).toBe('Show fewer lines');
  });
});

describe('the menu of a code block', () => {
  it('has everything, and gives the focus back', () => {
    show('```sh deploy/run.sh\nls\n```\n');
    click('more');
    const labels = [...page.root.querySelectorAll('[role=menuitem]')].map((i) => i.textContent);
    expect(labels).toHaveLength(7);
    expect(page.find('[data-code=more]').ariaExpanded).toBe('true');
    void act(() => menuItem('Put into a new file').click());
    expect(page.posted).toEqual([
      {
        type: 'codeAction',
        turnId: 't1',
        action: 'newFile',
        code: 'ls\n',
        language: 'sh',
        path: 'deploy/run.sh',
      },
    ]);
    expect(page.root.querySelector('[role=menu]')).toBeNull();
    expect(document.activeElement).toBe(page.find('[data-code=more]'));
    expect(page.find('[data-code=more]').ariaExpanded).toBe('false');
  });

  it('wraps long lines', () => {
    show('```ts\nlet a;\n```\n');
    click('more');
    void act(() => menuItem('Wrap').click());
    expect(codeBlockOf(page.find('.code-block'))?.isWrapped).toBe(true);
  });

  it('closes by Escape', () => {
    show('```ts\nlet a;\n```\n');
    click('more');
    const key = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true });
    void act(() => void page.find('[role=menu]').dispatchEvent(key));
    expect(page.root.querySelector('[role=menu]')).toBeNull();
  });

  it('offers only to copy what is not whole yet', () => {
    const answer = new MarkdownPage();
    answer.write('```ts\nlet a;\n');
    page.root.replaceChildren(answer.root);
    click('more');
    const labels = [...page.root.querySelectorAll('[role=menuitem]')].map((i) => i.textContent);
    expect(labels).toEqual(['Copy code', 'Wrap long lines']);
  });
});
