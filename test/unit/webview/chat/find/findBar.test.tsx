// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../../../../../src/webview/chat/app';
import { PanelPage } from '../../helpers/panelPage';
import { sessionView, turnView } from '../../helpers/views';

let page: PanelPage;

beforeEach(() => {
  page = new PanelPage();
  page.show(<App panel={page.panel} />);
  show();
});

afterEach(() => page.remove());

function show(busy = false): void {
  const turns = [
    turnView({ id: 'a', prompt: 'A needle?', text: 'No.' }),
    turnView({ id: 'b', prompt: 'Where?', thinking: 'The needle', text: 'A **nee**dle.' }),
  ];
  page.do(() =>
    page.panel.store.snapshot({ type: 'snapshot', seq: 0, session: sessionView({ busy }), turns }),
  );
}

function press(key: string, more: KeyboardEventInit = {}, on: Element = document.body): Event {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  page.do(() => void on.dispatchEvent(event));
  return event;
}

function field(): HTMLInputElement {
  const found = page.find('.find input');
  if (found instanceof HTMLInputElement) return found;
  throw new Error('expected a field');
}

function type(text: string): void {
  page.do(() => {
    field().value = text;
    field().dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
}

const count = (): string => page.find('.find-count > :first-child').textContent;
const isOpen = (): boolean => page.root.querySelector('.find') !== null;

describe('the find bar', () => {
  it('opens with the key and with the command, and has the focus', () => {
    expect(press('f', { ctrlKey: true }).defaultPrevented).toBe(true);
    expect(document.activeElement).toBe(field());
    press('Escape', {}, field());
    expect(isOpen()).toBe(false);
    page.do(() => page.panel.store.showFind());
    expect(document.activeElement).toBe(field());
  });

  it('keeps what was typed when the command comes after the key', () => {
    press('f', { ctrlKey: true });
    type('needle');
    field().setSelectionRange(6, 6);
    page.do(() => page.panel.store.showFind());
    expect([field().selectionStart, field().value]).toEqual([6, 'needle']);
  });

  it('counts all there is and goes from one to the next', () => {
    press('f', { ctrlKey: true });
    type('needle');
    expect(count()).toBe('1 of 3');
    press('Enter', {}, field());
    expect(count()).toBe('2 of 3');
    press('Enter', { shiftKey: true }, field());
    press('F3');
    press('F3');
    expect(count()).toBe('3 of 3');
    type('nothing like it');
    expect(count()).toBe('No results');
  });

  it('opens the thinking that holds a hit', () => {
    press('f', { ctrlKey: true });
    type('the needle');
    expect(page.find('.thinking-text').textContent).toContain('The needle');
  });

  it('tells a screen reader where it is, with the text around', () => {
    press('f', { ctrlKey: true });
    type('needle');
    press('F3');
    press('F3');
    expect(page.find('.find [role=status]').textContent).toBe('3 of 3: A needle.');
  });

  it('matches case and whole words with buttons and keys', () => {
    press('f', { ctrlKey: true });
    type('the');
    expect(count()).toBe('1 of 1');
    press('c', { altKey: true, code: 'KeyC' }, field());
    expect(count()).toBe('No results');
    expect(page.button('Match case (Alt+C)').ariaPressed).toBe('true');
    press('c', { altKey: true, code: 'KeyC' }, field());
    // From where the reader is.
    type('need');
    expect(count()).toBe('2 of 3');
    page.do(() => page.button('Match whole word (Alt+W)').click());
    expect(count()).toBe('No results');
  });

  it('gives the focus back where it was', () => {
    page.input.focus();
    press('f', { ctrlKey: true }, page.input);
    press('Escape', {}, field());
    expect(document.activeElement).toBe(page.input);
  });

  it('is not there while there is nothing to look through', () => {
    page.do(() =>
      page.panel.store.snapshot({ type: 'snapshot', seq: 0, session: sessionView(), turns: [] }),
    );
    press('f', { ctrlKey: true });
    expect(isOpen()).toBe(false);
  });
});

describe('Escape', () => {
  it('closes the find bar, then stops the answer, one at a time', () => {
    show(true);
    press('f', { ctrlKey: true });
    page.find('.transcript').focus();
    press('Escape', {}, page.find('.transcript'));
    expect([isOpen(), page.posted]).toEqual([false, []]);
    press('Escape', {}, page.find('.transcript'));
    expect(page.posted).toEqual([{ type: 'stop' }]);
  });

  it('leads from the conversation to the composer', () => {
    page.find('.transcript').focus();
    press('Escape', {}, page.find('.transcript'));
    expect(document.activeElement).toBe(page.input);
  });
});

describe('buttons of a turn', () => {
  it('are one stop for Tab, and the arrow keys go on from it', () => {
    const bar = page.find('.answer-actions');
    const buttons = [...bar.querySelectorAll<HTMLElement>('button')];
    expect(buttons.filter((button) => button.tabIndex === 0)).toHaveLength(1);
    buttons[0]?.focus();
    press('ArrowRight', {}, buttons[0]);
    expect(document.activeElement).toBe(buttons[1]);
    expect(buttons.filter((button) => button.tabIndex === 0)).toEqual([buttons[1]]);
    press('ArrowLeft', {}, buttons[1]);
    press('ArrowLeft', {}, buttons[0]);
    expect(document.activeElement).toBe(buttons.at(-1));
  });
});
