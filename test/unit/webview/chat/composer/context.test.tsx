// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_FILE_BYTES } from '../../../../../src/webview/chat/composer/fileData';
import { ComposerPage, attachment } from '../../helpers/composerPage';

let page: ComposerPage;

beforeEach(() => {
  page = new ComposerPage();
  page.showComposer();
});

afterEach(() => page.remove());

const chips = (): HTMLElement[] => [...page.root.querySelectorAll<HTMLElement>('.chip-open')];
const two = [attachment(), attachment({ id: 'a2', label: 'b.png', kind: 'image', tokens: 7 })];

describe('the chips', () => {
  it('show what goes along and what it takes; a click opens it', () => {
    page.showComposer({ attachments: two });
    expect(chips().map((chip) => chip.textContent)).toEqual(['app.ts1.2k tokens', 'b.png7 tokens']);
    page.do(() => chips()[0]?.click());
    expect(page.of('openAttachment')).toEqual([{ type: 'openAttachment', id: 'a1' }]);
  });

  it('are removed with their button', () => {
    page.showComposer({ attachments: two });
    page.do(() => page.button('Remove b.png').click());
    expect(page.of('detach')).toEqual([{ type: 'detach', id: 'a2' }]);
  });

  it.each(['Delete', 'Backspace'])('are removed with %s, and the focus goes to the next', (key) => {
    page.showComposer({ attachments: two });
    const [first, second] = chips();
    if (!first || !second) throw new Error('expected two chips');
    first.focus();
    page.press(key, {}, first);
    expect(page.of('detach')).toEqual([{ type: 'detach', id: 'a1' }]);
    expect(document.activeElement).toBe(second);
  });

  it('get the focus from an empty text with Backspace, and give it back', () => {
    page.showComposer({ attachments: two });
    page.press('Backspace');
    const last = chips().at(-1);
    expect(document.activeElement).toBe(last);
    if (last) page.press('ArrowRight', {}, last);
    expect(document.activeElement).toBe(page.input);
    page.type('x');
    expect(page.press('Backspace').defaultPrevented).toBe(false);
  });

  it('ask about what may hold secrets, before the others', () => {
    const doubtful = attachment({ id: 's', label: '.env', state: 'ask', problem: '2 keys.' });
    page.showComposer({ attachments: [...two, doubtful] });
    expect(chips()[0]?.textContent).toBe('.env1.2k tokens, may hold secrets');
    expect(page.find('.chip-problem').textContent).toContain('2 keys. Attach anyway?');
    page.do(() => page.button('Attach .env anyway').click());
    expect(page.of('allowAttachment')).toEqual([{ type: 'allowAttachment', id: 's' }]);
  });

  it('say why one failed, and that one is coming', () => {
    const failed = attachment({ state: 'failed', problem: 'Gone.', tokens: 0 });
    page.showComposer({ attachments: [failed, attachment({ id: 'l', state: 'loading' })] });
    expect(page.texts('.chip-problem')).toEqual(['Gone.']);
    expect(chips()[1]?.textContent).toBe('app.ts, loading');
  });
});

describe('pasting', () => {
  it('a file attaches its bytes', async () => {
    const event = await page.transfer('paste', {}, [
      new File(['abc'], 'a.pdf', { type: 'application/pdf' }),
    ]);
    expect(event.defaultPrevented).toBe(true);
    await expect
      .poll(() => page.of('attachData'))
      .toEqual([{ type: 'attachData', name: 'a.pdf', mime: 'application/pdf', base64: 'YWJj' }]);
  });

  it('pictures of the clipboard gives each a name of its own', async () => {
    const picture = (): File => new File(['x'], 'image.png', { type: 'image/png' });
    await page.transfer('paste', {}, [picture(), picture()]);
    await expect
      .poll(() => page.of('attachData').map(({ name }) => name))
      .toEqual(['Pasted 1 image.png', 'Pasted 2 image.png']);
  });

  it('the text of an office program, which adds a picture of it, is text', async () => {
    const files = [new File(['x'], 'image.png', { type: 'image/png' })];
    const event = await page.transfer('paste', { 'text/plain': 'one two' }, files);
    expect(event.defaultPrevented).toBe(false);
    expect(page.posted).toEqual([]);
  });

  it('what is too large is said before it is read', async () => {
    const file = new File([], 'film.mp4');
    Object.defineProperty(file, 'size', { value: MAX_FILE_BYTES + 1 });
    await page.transfer('paste', {}, [file]);
    expect(page.find('.intake-note').textContent).toContain('film.mp4 is too large');
    expect(page.of('attachData')).toEqual([]);
  });

  it.each([
    ['characters', 'x'.repeat(4_001)],
    ['lines', 'x\n'.repeat(80)],
  ])('a text of many %s attaches it, with a way back', async (_, text) => {
    page.type('Why? ');
    page.showComposer({ attachments: [attachment({ id: 'before', kind: 'text' })] });
    const event = await page.transfer('paste', { 'text/plain': text });
    expect(event.defaultPrevented).toBe(true);
    expect(page.of('attachText')).toEqual([{ type: 'attachText', text }]);
    page.showComposer({
      attachments: [
        attachment({ id: 'before', kind: 'text' }),
        attachment({ id: 'new', kind: 'text' }),
      ],
    });
    page.do(() => page.button('Insert as text').click());
    expect(page.of('detach')).toEqual([{ type: 'detach', id: 'new' }]);
    expect(page.input.value).toBe(`Why? ${text}`);
  });

  it('a short text pastes it', async () => {
    const event = await page.transfer('paste', { 'text/plain': 'x\n'.repeat(79) });
    expect(event.defaultPrevented).toBe(false);
  });
});

describe('dropping', () => {
  it('from the explorer or a tab attaches by address, each once, and no bytes', async () => {
    await page.transfer(
      'drop',
      {
        'text/uri-list': '# comment\r\nfile:///w/a.ts\r\nnothing',
        resourceurls: '["file:///w/a.ts","vscode-remote://x/b.ts",5]',
      },
      [new File(['x'], 'a.ts')],
    );
    expect(page.posted).toEqual([
      { type: 'attachUris', uris: ['file:///w/a.ts', 'vscode-remote://x/b.ts'] },
    ]);
  });

  it('a link of a web page attaches the page', async () => {
    await page.transfer('drop', { 'text/uri-list': 'https://example.org/a' });
    expect(page.posted).toEqual([{ type: 'attach', source: 'url:https://example.org/a' }]);
  });

  it('a file attaches its bytes; while it hovers, the target shows', async () => {
    const files = [new File(['abc'], 'a.txt', { type: 'text/plain' })];
    await page.transfer('dragover', {}, files);
    expect(page.find('.drop-target').textContent).toContain('Shift');
    const event = await page.transfer('drop', {}, files);
    expect(event.defaultPrevented).toBe(true);
    expect(page.root.querySelector('.drop-target')).toBeNull();
    await expect.poll(() => page.of('attachData')).toHaveLength(1);
  });

  it('text leaves it to the browser', async () => {
    const event = await page.transfer('dragover', { 'text/plain': 'word' });
    expect(event.defaultPrevented).toBe(false);
    expect(page.root.querySelector('.drop-target')).toBeNull();
  });
});
