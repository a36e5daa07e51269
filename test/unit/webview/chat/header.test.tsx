// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../../../src/webview/chat/app';
import { PanelPage } from '../helpers/panelPage';
import { stubPopovers } from '../helpers/popover';
import { sessionView } from '../helpers/views';

const UNDO_MS = 10_000;

let page: PanelPage;

beforeEach(() => {
  vi.useFakeTimers();
  stubPopovers();
  page = new PanelPage();
  page.show(<App panel={page.panel} />);
  const session = sessionView({ title: 'Buckets' });
  page.do(() => page.panel.store.snapshot({ type: 'snapshot', seq: 0, session, turns: [] }));
});

afterEach(() => {
  page.remove();
  vi.useRealTimers();
});

function press(key: string): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  page.do(() => void document.activeElement?.dispatchEvent(event));
}

function titleField(): HTMLInputElement {
  const found = page.find('.title-field');
  if (found instanceof HTMLInputElement) return found;
  throw new Error('expected a field');
}

describe('the title', () => {
  it('becomes a field with F2, and Enter renames', () => {
    page.find('h1 button').focus();
    press('F2');
    const field = titleField();
    field.value = 'Token buckets';
    press('Enter');
    // Browsers tell a field that goes from the page that it lost the focus.
    field.dispatchEvent(new FocusEvent('blur'));
    expect(page.posted).toEqual([
      { type: 'renameChat', conversationId: 'c1', title: 'Token buckets' },
    ]);
    expect(document.activeElement).toBe(page.find('h1 button'));
  });

  it('renames when the field is left, once', () => {
    page.do(() => page.find('h1 button').click());
    titleField().value = 'Other';
    page.do(() => page.input.focus());
    expect(page.posted).toHaveLength(1);
    expect(document.activeElement).toBe(page.input);
  });

  it('stays as it was with Escape, and where nothing is left of it', () => {
    for (const [text, key] of [
      ['Other', 'Escape'],
      ['  ', 'Enter'],
    ] as const) {
      page.do(() => page.find('h1 button').click());
      titleField().value = text;
      press(key);
    }
    expect(page.posted).toEqual([]);
  });
});

describe('the row at the top', () => {
  it('starts a new chat, and offers the rest in a menu', () => {
    page.do(() => page.button('New chat').click());
    for (const name of ['Open in a tab', 'Export as Markdown', 'Delete chat']) {
      page.do(() => page.button('More actions for this chat').click());
      page.do(() => page.button(name).click());
    }
    expect(page.posted).toEqual([
      { type: 'action', action: 'newChat' },
      { type: 'openChat', conversationId: 'c1', place: 'tab' },
      { type: 'exportChat', conversationId: 'c1', format: 'markdown' },
      { type: 'deleteChat', conversationId: 'c1' },
    ]);
  });

  it('has a menu for the keyboard: first letters, the ends, Escape', () => {
    const button = page.button('More actions for this chat');
    button.focus();
    press('ArrowDown');
    press('d');
    expect(document.activeElement?.textContent).toBe('Delete chat');
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('Open in a tab');
    press('End');
    press('Escape');
    expect(document.activeElement).toBe(button);
    expect(button.ariaExpanded).toBe('false');
  });
});

describe('what can be taken back', () => {
  const undoable = (id: string): void =>
    page.do(() => page.panel.store.undoable({ type: 'undoable', id, text: `Deleted ${id}` }));
  const toasts = (): string[] =>
    [...page.root.querySelectorAll('.toast-text')].map((toast) => toast.textContent);
  const pass = (ms: number): void => page.do(() => void vi.advanceTimersByTime(ms));
  const on = (type: string): void =>
    page.do(() => void page.find('.toast').dispatchEvent(new Event(type, { bubbles: false })));

  it('is offered for ten seconds each, where a screen reader hears of it', () => {
    undoable('a');
    pass(UNDO_MS / 2);
    undoable('b');
    expect(page.find('.toasts').getAttribute('role')).toBe('status');
    expect(toasts()).toEqual(['Deleted a', 'Deleted b']);
    pass(UNDO_MS / 2);
    expect(toasts()).toEqual(['Deleted b']);
    pass(UNDO_MS / 2);
    expect(toasts()).toEqual([]);
  });

  it('is taken back by its button', () => {
    undoable('a');
    page.do(() => page.button('Undo').click());
    expect(page.posted).toEqual([{ type: 'undo', id: 'a' }]);
    expect(toasts()).toEqual([]);
  });

  it('stays while it is pointed at or has the focus', () => {
    undoable('a');
    pass(UNDO_MS - 1_000);
    on('pointerenter');
    pass(UNDO_MS);
    on('pointerleave');
    pass(999);
    page.do(() => page.button('Undo').focus());
    pass(UNDO_MS);
    expect(toasts()).toEqual(['Deleted a']);
    page.do(() => page.input.focus());
    pass(1);
    expect(toasts()).toEqual([]);
  });

  it('can be dismissed with Escape', () => {
    undoable('a');
    page.do(() => page.button('Undo').focus());
    press('Escape');
    expect(toasts()).toEqual([]);
    expect(document.activeElement).toBe(page.input);
  });
});
