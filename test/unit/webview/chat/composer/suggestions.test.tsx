// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SlashCommandView } from '../../../../../src/protocol/context';
import { ComposerPage, completion } from '../../helpers/composerPage';

let page: ComposerPage;

beforeEach(() => {
  page = new ComposerPage();
  page.showComposer();
});

afterEach(() => page.remove());

const isOpen = (): boolean => page.root.querySelector('.suggestions') !== null;
const active = (): string | null | undefined =>
  page.root.querySelector('[role="option"][aria-selected="true"]')?.textContent;

describe('typing @', () => {
  const files = [
    completion({ source: 'file:a', label: 'app.ts', matches: [0, 1] }),
    completion({ source: 'file:b', label: 'main.ts', detail: 'src' }),
  ];

  it('asks the host and lists what it offers, matches emphasised', () => {
    page.type('See @ap');
    expect(page.of('complete')).toEqual([{ type: 'complete', requestId: 1, query: 'ap' }]);
    expect(page.find('.suggestions').textContent).toBe('Looking…');
    page.complete(files);
    expect(page.texts('[role="option"]')).toEqual(['app.ts', 'main.tssrc']);
    expect(page.texts('.suggestion b')).toEqual(['ap']);
  });

  it('tells assistive technology which one is chosen', () => {
    page.type('@');
    expect(page.input.hasAttribute('aria-activedescendant')).toBe(false);
    page.complete(files);
    const list = page.find('[role="listbox"]');
    expect(page.input.getAttribute('aria-controls')).toBe(list.id);
    page.press('ArrowDown');
    const named = document.getElementById(page.input.getAttribute('aria-activedescendant') ?? '');
    expect(named?.textContent).toBe('main.tssrc');
    expect(named?.ariaSelected ?? named?.getAttribute('aria-selected')).toBe('true');
  });

  it.each(['Enter', 'Tab'])('%s attaches the chosen one and takes the word away', (key) => {
    page.type('See @ap now', 7);
    page.complete(files);
    page.press('ArrowDown');
    expect(page.press(key).defaultPrevented).toBe(true);
    expect(page.of('attach')).toEqual([{ type: 'attach', source: 'file:b' }]);
    expect(page.input.value).toBe('See now');
    expect(page.input.selectionStart).toBe(4);
    expect(page.of('send')).toEqual([]);
    expect(isOpen()).toBe(false);
  });

  it('a click does, too', () => {
    page.type('@ap');
    page.complete(files);
    page.do(() => page.find('#suggestion-1').click());
    expect(page.of('attach')).toEqual([{ type: 'attach', source: 'file:b' }]);
  });

  it('arrow keys go around', () => {
    page.type('@');
    page.complete(files);
    page.press('ArrowUp');
    expect(active()).toBe('main.tssrc');
    page.press('ArrowDown');
    expect(active()).toBe('app.ts');
  });

  it('goes on with what continues instead of attaching it', () => {
    page.type('@fo');
    page.complete([
      completion({ source: 'folder:', label: 'Folders', continues: 'folder:my src/' }),
    ]);
    page.press('Enter');
    expect(page.of('attach')).toEqual([]);
    expect(page.input.value).toBe('@folder:my src/');
    expect(page.of('complete').at(-1)).toMatchObject({ query: 'folder:my src/' });
    page.type('@folder:my src/a');
    expect(page.of('complete').at(-1)).toMatchObject({ query: 'folder:my src/a' });
  });

  it('drops answers to what was asked before', () => {
    page.type('@a');
    page.type('@ab');
    page.complete(files, 1);
    expect(page.texts('[role="option"]')).toEqual([]);
    page.complete(files, 2);
    expect(page.texts('[role="option"]')).toHaveLength(2);
  });

  it('an Enter that is faster than the answer chooses its first item', () => {
    page.type('@a');
    page.complete([completion({ source: 'old' })]);
    page.type('@ap');
    page.press('Enter');
    expect(page.of('attach')).toEqual([]);
    page.complete(files);
    expect(page.of('attach')).toEqual([{ type: 'attach', source: 'file:a' }]);
    expect(page.of('send')).toEqual([]);
  });

  it('Escape closes it, keeps the text and stops nothing', () => {
    page.showComposer({ busy: true });
    page.type('@ap');
    page.complete(files);
    page.press('Escape');
    expect(isOpen()).toBe(false);
    expect(page.input.value).toBe('@ap');
    expect(page.of('stop')).toEqual([]);
  });

  it('says that nothing matches, and leaves Enter alone then', () => {
    page.type('@override');
    page.complete([]);
    expect(page.find('.suggestions').textContent).toBe('No match');
    page.press('Enter');
    expect(page.of('send')).toEqual([{ type: 'send', text: '@override' }]);
    expect(isOpen()).toBe(false);
  });

  it('closes when the caret leaves the word, and when the focus leaves', () => {
    page.type('Ask @ap');
    page.do(() => {
      page.input.setSelectionRange(1, 1);
      page.input.dispatchEvent(new KeyboardEvent('keyup', { key: 'Home', bubbles: true }));
    });
    expect(isOpen()).toBe(false);
    page.type('Ask @app');
    expect(isOpen()).toBe(true);
    page.do(() => void page.input.dispatchEvent(new FocusEvent('blur')));
    expect(isOpen()).toBe(false);
  });

  it('the button does it for the mouse', () => {
    page.type('See');
    page.do(() => page.find('.composer-bar .icon-button').click());
    expect(page.input.value).toBe('See @');
    expect(page.of('complete')).toMatchObject([{ query: '' }]);
    expect(document.activeElement).toBe(page.input);
  });
});

describe('typing / at the start', () => {
  const command = (over: Partial<SlashCommandView>): SlashCommandView => ({
    name: 'fix',
    description: 'Fix a problem',
    argumentHint: '',
    source: 'builtin',
    ...over,
  });
  const commands = [
    command({ argumentHint: '[problem]' }),
    command({ name: 'prefix', description: 'Ours', source: 'workspace' }),
    command({ name: 'tests', description: 'Write tests' }),
  ];

  beforeEach(() => page.showComposer({ commands }));

  it('lists the commands with that in their name, those that begin with it first', () => {
    page.type('/');
    expect(page.texts('.command-name')).toEqual(['/fix [problem]', '/prefix', '/tests']);
    page.type('/fi');
    expect(page.texts('.command-name')).toEqual(['/fix [problem]', '/prefix']);
    expect(page.texts('.badge')).toEqual(['workspace']);
    expect(page.of('complete')).toEqual([]);
  });

  it.each(['Enter', 'Tab'])('%s completes the name and shows what may follow', (key) => {
    page.type('/fi');
    page.press(key);
    expect(page.input.value).toBe('/fix ');
    expect(page.find('.argument-hint').textContent).toBe('/fix [problem]');
    expect(page.of('send')).toEqual([]);
    page.type('/fix the build');
    expect(page.root.querySelector('.argument-hint')).toBeNull();
    page.press('Enter');
    expect(page.of('send')).toEqual([{ type: 'send', text: '/fix the build' }]);
  });

  it('stays out of the way of a path', () => {
    page.type('/usr');
    expect(isOpen()).toBe(false);
    page.press('Enter');
    expect(page.of('send')).toHaveLength(1);
  });
});
