// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HistoryItem } from '../../../../src/protocol/history';
import { App } from '../../../../src/webview/chat/app';
import { PanelPage } from '../helpers/panelPage';
import { stubPopovers } from '../helpers/popover';
import { sessionView } from '../helpers/views';

const NOW = new Date(2026, 10, 24, 12, 0).getTime();
const DAY_MS = 86_400_000;
const SEARCH_DELAY_MS = 150;
const ANSWER_LIMIT_MS = 15_000;

let page: PanelPage;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  stubPopovers();
  page = new PanelPage();
  page.show(<App panel={page.panel} />);
  page.do(() =>
    page.panel.store.snapshot({ type: 'snapshot', seq: 0, session: sessionView(), turns: [] }),
  );
});

afterEach(() => {
  page.remove();
  vi.useRealTimers();
});

function item(id: string, over: Partial<HistoryItem> = {}): HistoryItem {
  const plain = { pinned: false, isCurrent: false, isRunning: false, isUnread: false };
  return { id, title: `Chat ${id}`, at: NOW - 60_000, ...plain, ...over };
}

const asked = () => page.posted.filter((message) => message.type === 'history');

function answer(
  items: readonly HistoryItem[],
  over: { problem?: string; late?: number } = {},
): void {
  const { problem, late = 0 } = over;
  const requestId = (asked().at(-1)?.requestId ?? 0) - late;
  page.do(() =>
    page.panel.store.history({
      type: 'history',
      requestId,
      items: [...items],
      ...(problem === undefined ? {} : { problem }),
    }),
  );
}

function open(...items: readonly HistoryItem[]): void {
  page.do(() => page.panel.store.showHistory());
  answer(items);
  page.posted.length = 0;
}

function press(key: string, over: KeyboardEventInit = {}): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...over });
  page.do(() => void document.activeElement?.dispatchEvent(event));
  pass(20);
}

function pass(ms: number): void {
  page.do(() => void vi.advanceTimersByTime(ms));
}

function field(): HTMLInputElement {
  const found = page.find('.history input[type=search]');
  if (found instanceof HTMLInputElement) return found;
  throw new Error('expected the search field');
}

function search(text: string): void {
  field().value = text;
  page.do(() => void field().dispatchEvent(new Event('input', { bubbles: true })));
}

const titles = (): string[] =>
  [...page.root.querySelectorAll('.history-title')].map((title) => title.textContent);
const headings = (): string[] =>
  [...page.root.querySelectorAll('.history h3')].map((heading) => heading.textContent);
const focusedTitle = (): string | undefined =>
  document.activeElement?.querySelector('.history-title')?.textContent;
const isOpen = (): boolean => page.root.querySelector('.history') !== null;

describe('the list of chats', () => {
  it('opens over the chat with the focus in its search, and Escape leads back', () => {
    page.button('History').focus();
    page.do(() => page.button('History').click());
    expect(document.activeElement).toBe(field());
    expect(page.find('.chat').hasAttribute('inert') || page.find('.chat').inert).toBe(true);
    press('Escape');
    expect(isOpen()).toBe(false);
    expect(document.activeElement).toBe(page.button('History'));
  });

  it('gives the focus to the composer where the host opened it', () => {
    open();
    press('Escape');
    expect(document.activeElement).toBe(page.input);
  });

  it('is grouped by day, pinned ones first', () => {
    open(
      item('a'),
      item('b', { at: NOW - DAY_MS }),
      item('c', { at: NOW - 3 * DAY_MS }),
      item('d', { at: new Date(2026, 8, 3).getTime(), pinned: true }),
      item('e', { at: new Date(2026, 8, 2).getTime() }),
    );
    expect(headings()).toEqual(['Pinned', 'Today', 'Yesterday', 'Last 7 days', 'September 2026']);
    expect(titles()).toEqual(['Chat d', 'Chat a', 'Chat b', 'Chat c', 'Chat e']);
    const times = [...page.root.querySelectorAll('.history-time')].map((time) => time.textContent);
    expect(times).toEqual(['Sep 3', '1 min. ago', 'yesterday', '3 days ago', 'Sep 2']);
  });

  it('shows which one is open, running, unread', () => {
    open(
      item('a', { isCurrent: true }),
      item('b', { isRunning: true }),
      item('c', { isUnread: true }),
    );
    const rows = [...page.root.querySelectorAll('.history-open')];
    expect(rows[0]?.getAttribute('aria-current')).toBe('true');
    expect(rows[1]?.textContent).toContain('an answer is being written');
    expect(rows[2]?.textContent).toContain('unread');
  });

  it('has one stop for Tab, and goes from one to the next with the arrow keys', () => {
    open(item('a'), item('b'), item('c'));
    press('ArrowDown');
    expect(focusedTitle()).toBe('Chat a');
    press('ArrowDown');
    expect(focusedTitle()).toBe('Chat b');
    const stops = [...page.root.querySelectorAll<HTMLElement>('.history-open')].map(
      (r) => r.tabIndex,
    );
    expect(stops).toEqual([-1, 0, -1]);
    press('End');
    expect(focusedTitle()).toBe('Chat c');
    press('Home');
    press('ArrowUp');
    expect(document.activeElement).toBe(field());
  });

  it('opens with an early Enter the first one that is found, not the first of the list before', () => {
    open(item('a'), item('b'));
    search('deploy');
    press('Enter');
    expect(page.posted.map(({ type }) => type)).toEqual(['history']);
    answer([item('c')]);
    pass(20);
    expect(page.posted.at(-1)).toEqual({ type: 'openChat', conversationId: 'c', place: 'here' });
  });

  it('opens nothing by itself when the search failed, or the user has turned to something else', () => {
    open(item('a'));
    search('deploy');
    press('Enter');
    pass(ANSWER_LIMIT_MS);
    page.do(() => page.find('.history-message button')?.click());
    answer([item('c')]);
    pass(20);
    page.do(() => field().focus());
    search('other');
    press('Enter');
    page.do(() => field().blur());
    answer([item('d')]);
    pass(20);
    expect(page.posted.filter(({ type }) => type === 'openChat')).toEqual([]);
    expect(isOpen()).toBe(true);
  });

  it('leaves Enter and Escape to an input method that is composing', () => {
    open(item('a'));
    press('Enter', { isComposing: true });
    press('Escape', { isComposing: true });
    expect(page.posted).toEqual([]);
    expect(page.root.querySelector('.history')).not.toBeNull();
  });

  it('opens with Enter in the search the first one, and with Ctrl+Enter one in a tab', () => {
    open(item('a'), item('b'));
    press('Enter');
    expect(page.posted).toEqual([{ type: 'openChat', conversationId: 'a', place: 'here' }]);
    expect(isOpen()).toBe(false);
    open(item('a'), item('b'));
    press('ArrowDown');
    press('ArrowDown');
    press('Enter', { ctrlKey: true });
    expect(page.posted).toEqual([{ type: 'openChat', conversationId: 'b', place: 'tab' }]);
  });

  it('only goes back to the one that is shown already', () => {
    open(item('a', { isCurrent: true }));
    press('Enter');
    expect(page.posted).toEqual([]);
    expect(isOpen()).toBe(false);
  });

  it('renames in place with F2, and the focus stays', () => {
    open(item('a'), item('b'));
    press('ArrowDown');
    press('F2');
    const input = document.activeElement;
    if (!(input instanceof HTMLInputElement)) throw new Error('expected a field');
    expect(input.value).toBe('Chat a');
    input.value = ' Better ';
    press('Enter');
    expect(page.posted).toEqual([{ type: 'renameChat', conversationId: 'a', title: 'Better' }]);
    expect(isOpen()).toBe(true);
    expect(focusedTitle()).toBe('Chat a');
  });

  it('leaves a name as it was with Escape, and stays open', () => {
    open(item('a'));
    press('ArrowDown');
    press('F2');
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.value = 'x';
    press('Escape');
    expect(page.posted).toEqual([]);
    expect(isOpen()).toBe(true);
  });

  it('deletes with Delete, asks anew and goes on from the same place', () => {
    open(item('a'), item('b'), item('c'));
    press('ArrowDown');
    press('ArrowDown');
    press('Delete');
    expect(page.posted).toEqual([{ type: 'deleteChat', conversationId: 'b' }]);
    page.do(() => page.panel.store.historyChanged());
    answer([item('a'), item('c')]);
    expect(focusedTitle()).toBe('Chat c');
  });

  it('pins and exports from the row that is pointed at', () => {
    open(item('a', { pinned: true }));
    press('ArrowDown');
    page.do(() => page.button('Unpin').click());
    page.do(() => page.button('More actions').click());
    page.do(() => page.button('Export as JSON').click());
    expect(page.posted).toEqual([
      { type: 'pinChat', conversationId: 'a', pinned: false },
      { type: 'exportChat', conversationId: 'a', format: 'json' },
    ]);
  });

  it('closes a menu with Escape, not the list', () => {
    open(item('a'));
    press('ArrowDown');
    page.do(() => page.button('More actions').click());
    press('Escape');
    expect(page.root.querySelector('[role=menu]')).toBeNull();
    expect(isOpen()).toBe(true);
  });

  it('shows no more than 200 and says so', () => {
    open(...Array.from({ length: 250 }, (_, index) => item(String(index))));
    expect(titles()).toHaveLength(200);
    expect(page.find('.history-more').textContent).toContain('200');
  });
});

describe('searching chats', () => {
  it('asks once the keys rest, for the text and the scope', () => {
    open(item('a'));
    search('buc');
    pass(SEARCH_DELAY_MS - 1);
    search('bucket ');
    pass(SEARCH_DELAY_MS - 1);
    expect(asked()).toEqual([]);
    pass(1);
    expect(asked()).toMatchObject([{ query: 'bucket', scope: 'workspace' }]);
    page.do(() => page.button('All').click());
    expect(asked().at(-1)).toMatchObject({ query: 'bucket', scope: 'all' });
    expect(page.button('All').ariaPressed).toBe('true');
  });

  it('keeps the list until the answer comes, and drops answers that are late', () => {
    open(item('a'));
    search('x');
    pass(SEARCH_DELAY_MS);
    expect(titles()).toEqual(['Chat a']);
    answer([item('old')], { late: 1 });
    expect(titles()).toEqual(['Chat a']);
    answer([item('new')]);
    expect(titles()).toEqual(['Chat new']);
  });

  it('still asks what was typed while an answer came', () => {
    page.do(() => page.panel.store.showHistory());
    search('x');
    answer([item('a')]);
    pass(SEARCH_DELAY_MS);
    expect(asked().at(-1)).toMatchObject({ query: 'x' });
  });

  it('marks what was found, as text, and opens the turn', () => {
    open();
    search('b');
    pass(SEARCH_DELAY_MS);
    answer([
      item('a', { hit: { turnId: 't7', excerpt: 'a <b>bucket</b>', matches: [[5, 11]] } }),
      item('b', { title: 'bee', hit: { excerpt: 'bee', matches: [[0, 1]] } }),
    ]);
    expect(page.find('.history-excerpt').textContent).toBe('a <b>bucket</b>');
    const marks = [...page.root.querySelectorAll('mark')].map((mark) => mark.textContent);
    expect(marks).toEqual(['bucket', 'b']);
    expect(headings()).toEqual(['2 found']);
    page.posted.length = 0;
    press('Enter');
    expect(page.posted).toEqual([
      { type: 'openChat', conversationId: 'a', turnId: 't7', place: 'here' },
    ]);
  });

  it('that finds nothing says so and offers to look everywhere', () => {
    open();
    search('zzz');
    pass(SEARCH_DELAY_MS);
    answer([]);
    expect(page.find('.history-message').textContent).toContain('Nothing found for "zzz"');
    page.do(() => page.button('Look in all workspaces').click());
    expect(asked().at(-1)).toMatchObject({ query: 'zzz', scope: 'all' });
  });
});

describe('a list that can not be had', () => {
  it('says why, and can be asked for again', () => {
    page.do(() => page.panel.store.showHistory());
    answer([], { problem: 'The store is locked.' });
    expect(page.find('[role=alert]').textContent).toContain('The store is locked.');
    page.do(() => page.button('Try again').click());
    answer([item('a')]);
    expect(titles()).toEqual(['Chat a']);
  });

  it('is given up on after a while', () => {
    page.do(() => page.panel.store.showHistory());
    pass(ANSWER_LIMIT_MS);
    expect(page.root.querySelector('[role=alert]')).not.toBeNull();
  });

  it('asks nothing while it is closed', () => {
    open(item('a'));
    search('x');
    press('Escape');
    page.do(() => page.panel.store.historyChanged());
    pass(ANSWER_LIMIT_MS);
    expect(asked()).toEqual([]);
  });
});
