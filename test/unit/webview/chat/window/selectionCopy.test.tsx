// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../../../../../src/webview/chat/app';
import { plan } from '../../../../../src/webview/chat/window/parking';
import { SelectedText } from '../../../../../src/webview/chat/window/selectedText';
import { MarkdownPage } from '../../helpers/markdownPage';
import { PanelPage } from '../../helpers/panelPage';
import { sessionView, turnView } from '../../helpers/views';

const REPLY = [
  'Intro with **bold**\nand `code`.',
  '```ts\nconst a = 1;\nconst b = 2;\n```',
  '| x | y |\n|---|---|\n| 1 | a |',
  '3. one\n4. two\n   - nested',
  '- [x] done',
  '> quoted',
  'So $a^2$.',
].join('\n\n');

function wholeReply(text: string): Element {
  const page = new MarkdownPage();
  page.stream.append(text);
  page.correct();
  return page.root;
}

function textNode(root: Element, text: string): Text {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode } = walker;
    if (currentNode instanceof Text && currentNode.data.includes(text)) return currentNode;
  }
  throw new Error(`expected a text with "${text}"`);
}

describe('the selected part of a reply', () => {
  it('is what is read, with the blocks as markdown has them', () => {
    expect(new SelectedText(undefined, undefined).of(wholeReply(REPLY))).toBe(
      [
        'Intro with bold and code.',
        '```ts\nconst a = 1;\nconst b = 2;\n```',
        '| x | y |\n| --- | --- |\n| 1 | a |',
        '3. one\n4. two\n   - nested',
        '- [x] done',
        '> quoted',
        'So $a^2$.',
      ].join('\n\n'),
    );
  });

  it('is raw where it is all in one block of code', () => {
    const root = wholeReply(REPLY);
    const start = { node: textNode(root, 'const a'), offset: 6 };
    const end = { node: textNode(root, 'const b'), offset: 7 };
    expect(new SelectedText(start, end).of(root)).toBe('a = 1;\nconst b');
  });

  it('has no mark of a list or a quote in whose middle it begins', () => {
    const root = wholeReply('- first item\n- second');
    const start = { node: textNode(root, 'first'), offset: 6 };
    expect(new SelectedText(start, undefined).of(root)).toBe('item\n- second');
  });

  it('holds what is not in the page', () => {
    const root = wholeReply('One.\n\nTwo.');
    const part = document.createElement('div');
    const paragraph = document.createElement('p');
    paragraph.textContent = 'Far.';
    plan(part, 1, () => [paragraph]);
    root.append(part);
    expect(new SelectedText(undefined, undefined).of(root)).toBe('One.\n\nTwo.\n\nFar.');
  });
});

describe('copying', () => {
  let page: PanelPage;

  beforeEach(() => {
    page = new PanelPage();
    page.show(<App panel={page.panel} />);
    page.do(() =>
      page.panel.store.snapshot({
        type: 'snapshot',
        seq: 0,
        session: sessionView(),
        turns: [
          turnView({ id: 'a', prompt: 'First?', text: 'One **bold**.' }),
          turnView({ id: 'b', prompt: 'Second?', text: 'Two **bold**.' }),
          turnView({ id: 'c', prompt: 'Third?', text: 'Three **bold**.' }),
        ],
      }),
    );
  });

  afterEach(() => page.remove());

  function copied(target: Element = page.find('.transcript')): Record<string, string> {
    const data: Record<string, string> = {};
    const event = new Event('copy', { bubbles: true, cancelable: true });
    const clipboardData = { setData: (type: string, text: string) => (data[type] = text) };
    Object.assign(event, { clipboardData });
    target.dispatchEvent(event);
    return data;
  }

  function select(from: Text, start: number, to: Text, end: number): void {
    document.getSelection()?.setBaseAndExtent(from, start, to, end);
  }

  it('everything that Ctrl+A selects gives the conversation as it was written', () => {
    const key = new KeyboardEvent('keydown', {
      key: 'a',
      ctrlKey: true,
      bubbles: true,
      cancelable: true,
    });
    page.find('.transcript').dispatchEvent(key);
    expect(key.defaultPrevented).toBe(true);
    const text = copied()['text/plain'] ?? '';
    const speakers = ['## You', '## Model One'];
    expect(text.match(/^## .*/gm)).toEqual([...speakers, ...speakers, ...speakers]);
    expect(text).toContain('One **bold**.');
    expect(text).toContain('Three **bold**.');
  });

  it('across turns gives what is between them whole, and the selected text at the ends', () => {
    const turns = page.find('.turns');
    select(textNode(turns, 'One '), 0, textNode(turns, 'Three '), 5);
    expect(copied()['text/plain']).toBe(
      'One bold.\n\n## You\n\nSecond?\n\n## Model One\n\nTwo **bold**.\n\n## You\n\nThird?\n\n## Model One\n\nThree',
    );
  });

  it('within a reply gives formatted text, too', () => {
    const turns = page.find('.turns');
    const reply = textNode(turns, 'One ');
    select(reply, 0, textNode(turns, 'bold'), 4);
    const data = copied();
    expect(data['text/plain']).toBe('One bold');
    expect(data['text/html']).toContain('<strong>bold</strong>');
  });

  it('from the composer is left to the browser', () => {
    const turns = page.find('.turns');
    select(textNode(turns, 'One '), 0, textNode(turns, 'Three '), 5);
    expect(copied(page.input)).toEqual({});
  });
});
