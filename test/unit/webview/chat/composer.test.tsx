// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionView } from '../../../../src/protocol/chat';
import { Composer } from '../../../../src/webview/chat/composer';
import { PanelPage } from '../helpers/panelPage';
import { sessionView } from '../helpers/views';

let page: PanelPage;

beforeEach(() => {
  vi.useFakeTimers();
  page = new PanelPage();
});

afterEach(() => {
  page.remove();
  vi.useRealTimers();
});

function show(session: Partial<SessionView> = {}): void {
  page.show(<Composer panel={page.panel} session={sessionView(session)} />);
}

const input = (): HTMLTextAreaElement => page.input;

function type(text: string): void {
  page.do(() => {
    input().value = text;
    input().dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
}

function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  page.do(() => void input().dispatchEvent(event));
  return event;
}

const sent = (): unknown[] => page.posted.filter(({ type }) => type === 'send');

describe('Enter', () => {
  it('sends what is written, and empties the composer', () => {
    show();
    type('  Why?\n');
    press('Enter');
    expect(sent()).toEqual([{ type: 'send', text: 'Why?' }]);
    expect(input().value).toBe('');
    expect(page.posted.at(-1)).toEqual({ type: 'draft', text: '' });
  });

  it('with Shift breaks the line', () => {
    show();
    type('Why?');
    expect(press('Enter', { shiftKey: true }).defaultPrevented).toBe(false);
    expect(sent()).toEqual([]);
  });

  it.each([
    ['isComposing', { isComposing: true }],
    ['key code 229', { keyCode: 229 }],
  ])('never sends while an input method is composing (%s)', (_, event) => {
    show();
    type('にほn');
    press('Enter', event);
    expect(sent()).toEqual([]);
    expect(input().value).toBe('にほn');
  });

  it.each([
    ['nothing is written', ' \n ', {}],
    ['there is nowhere to send to', 'Why?', { endpoint: { kind: 'none', label: '' } as const }],
  ])('does nothing while %s', (_, text, session) => {
    show(session);
    type(text);
    press('Enter');
    expect(sent()).toEqual([]);
    expect(input().value).toBe(text);
  });
});

describe('while an answer is running', () => {
  it('the button and Escape stop it', () => {
    show({ busy: true });
    page.do(() => page.button('Stop (Escape)').click());
    press('Escape');
    expect(page.posted).toEqual([{ type: 'stop' }, { type: 'stop' }]);
  });

  it('Escape during a composition does not', () => {
    show({ busy: true });
    press('Escape', { isComposing: true });
    expect(page.posted).toEqual([]);
  });
});

describe('the draft', () => {
  it('is told to the host after a pause, once', () => {
    show();
    type('W');
    type('Wh');
    type('Why');
    expect(page.posted).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(page.posted).toEqual([{ type: 'draft', text: 'Why' }]);
  });

  it('is there again when the webview comes back', () => {
    show();
    type('half a quest');
    const again = new PanelPage(page.state);
    again.show(<Composer panel={again.panel} session={sessionView()} />);
    expect(again.input.value).toBe('half a quest');
    again.remove();
  });

  it('comes from the host after a reload of the window', () => {
    show({ draft: 'from before' });
    expect(input().value).toBe('from before');
  });

  it('is told at once when the focus leaves, and not again', () => {
    show();
    type('Why');
    page.do(() => void input().dispatchEvent(new FocusEvent('blur')));
    expect(page.posted).toEqual([{ type: 'draft', text: 'Why' }]);
    vi.advanceTimersByTime(1_000);
    expect(page.posted).toHaveLength(1);
  });

  it('is told at once when the panel is hidden or goes', () => {
    show();
    type('Why');
    page.do(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(page.posted).toEqual([{ type: 'draft', text: 'Why' }]);
    type('Why not');
    page.do(() => void globalThis.dispatchEvent(new Event('pagehide')));
    expect(page.posted.at(-1)).toEqual({ type: 'draft', text: 'Why not' });
  });

  it('stays when another conversation is shown', () => {
    show({ draft: 'one' });
    type('one more');
    show({ conversationId: 'c2', draft: 'one' });
    expect(input().value).toBe('one more');
    vi.advanceTimersByTime(1_000);
    expect(page.posted).toEqual([{ type: 'draft', text: 'one more' }]);
  });

  it('is not touched by later news of the session', () => {
    show({ draft: 'one' });
    type('two');
    show({ draft: 'one', busy: true });
    expect(input().value).toBe('two');
  });
});

describe('text from the host', () => {
  it('goes after what is there, and the composer is focused', () => {
    show();
    type('Explain:');
    page.do(() => page.panel.store.insertText('code'));
    expect(input().value).toBe('Explain:\ncode');
    expect(document.activeElement).toBe(input());
  });
});

describe('the pickers', () => {
  it('show the model in use, and post another', () => {
    show();
    const picker = page.picker('Model');
    expect(picker.selectedOptions[0]?.textContent).toBe('Model One');
    page.do(() => {
      picker.value = 'm2';
      picker.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(page.posted).toEqual([{ type: 'selectModel', model: 'm2' }]);
  });

  it('show a model that is not on the list', () => {
    show({ model: 'other' });
    const picker = page.picker('Model');
    expect(picker.selectedOptions[0]?.textContent).toBe('other');
  });

  it('leave out the effort where there is no choice', () => {
    show();
    expect(page.root.querySelector('select[aria-label="Effort"]')).toBeNull();
  });
});

describe('where questions go', () => {
  it('is said in words', () => {
    show({ endpoint: { kind: 'demo', label: 'Demo: local simulator, not Claude' } });
    expect(page.find('.endpoint.demo').textContent).toBe('Demo: local simulator, not Claude');
  });
});
