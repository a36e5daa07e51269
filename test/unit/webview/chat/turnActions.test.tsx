// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TurnPatch, TurnView } from '../../../../src/protocol/turn';
import { Turn } from '../../../../src/webview/chat/turn';
import { PanelPage } from '../helpers/panelPage';
import { stubPopovers } from '../helpers/popover';
import { sessionView, turnView } from '../helpers/views';

let page: PanelPage;

beforeEach(() => {
  stubPopovers();
  page = new PanelPage();
});

afterEach(() => page.remove());

function show(over: Partial<TurnView> = {}, isBusy = false): void {
  const turns = [turnView({ text: 'Because.', ...over })];
  const session = sessionView({ busy: isBusy });
  page.do(() => page.panel.store.snapshot({ type: 'snapshot', seq: 0, session, turns }));
  const turn = page.panel.store.turns[0];
  if (!turn) throw new Error('expected a turn');
  page.show(<Turn key={turn.id} panel={page.panel} turn={turn} isNewest index={0} count={1} />);
}

/** Away from the page and back, as happens to a turn that is scrolled out of sight. */
function remount(): void {
  page.show(<p />);
  const turn = page.panel.store.turns[0];
  if (turn) page.show(<Turn panel={page.panel} turn={turn} isNewest index={0} count={1} />);
}

function patch(change: TurnPatch): void {
  page.do(() =>
    page.panel.store.frame({
      type: 'frame',
      seq: 1,
      changes: [{ kind: 'turn', turnId: 't1', patch: change }],
    }),
  );
}

function press(key: string, over: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...over });
  page.do(() => void document.activeElement?.dispatchEvent(event));
  return event;
}

function type(text: string): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement) && !(field instanceof HTMLTextAreaElement)) {
    throw new Error('expected a field to have the focus');
  }
  field.value = text;
  page.do(() => void field.dispatchEvent(new Event('input', { bubbles: true })));
}

const click = (name: string): void => page.do(() => page.button(name).click());
const missing = (selector: string): boolean => page.root.querySelector(selector) === null;

describe('editing a question', () => {
  it('starts with its text, and Enter sends it as another version', () => {
    show();
    click('Edit');
    expect(page.input.value).toBe('Why?');
    expect(document.activeElement).toBe(page.input);
    type('Why not?');
    press('Enter');
    expect(page.posted).toEqual([{ type: 'edit', turnId: 't1', text: 'Why not?' }]);
    expect(missing('.question-editor')).toBe(true);
  });

  it('starts a new line with Shift+Enter, and sends nothing while a word is composed', () => {
    show();
    click('Edit');
    expect(press('Enter', { shiftKey: true }).defaultPrevented).toBe(false);
    press('Enter', { isComposing: true });
    expect(page.posted).toEqual([]);
  });

  it('ends with Escape, the question as it was and the focus on its buttons', () => {
    show();
    click('Edit');
    type('Other');
    press('Escape');
    expect(page.find('.question-text').textContent).toBe('Why?');
    expect(document.activeElement).toBe(page.button('Edit'));
    expect(page.posted).toEqual([]);
  });

  it('says that nothing is lost', () => {
    show();
    click('Edit');
    const hint = page.input.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(hint)?.textContent).toContain('Nothing is lost');
  });

  it('keeps what was typed while the turn is out of sight', () => {
    show();
    click('Edit');
    type('Half a thou');
    remount();
    expect(page.input.value).toBe('Half a thou');
  });

  it('sends nothing empty, and nothing while an answer is written', () => {
    show();
    click('Edit');
    type('  ');
    press('Enter');
    page.remove();
    page = new PanelPage();
    show({}, true);
    page.do(() => page.button('Edit: Not while an answer is being written').click());
    expect(missing('.question-editor')).toBe(true);
    expect(page.posted).toEqual([]);
  });
});

describe('a question', () => {
  it('can be deleted', () => {
    show();
    click('Delete from here on');
    expect(page.posted).toEqual([{ type: 'deleteTurn', turnId: 't1' }]);
  });

  it('offers the same in a menu, where there is little room', () => {
    show();
    click('More actions');
    const labels = [...page.root.querySelectorAll('[role=menuitem]')].map((i) => i.textContent);
    expect(labels).toEqual([
      'Edit',
      'Copy question',
      'Copy question and answer as Markdown',
      'Delete from here on',
    ]);
  });

  it('shows what went along, and opens it', () => {
    const chip = { id: 'a1', kind: 'file', label: 'app.ts', detail: 'src/app.ts', tokens: 120 };
    show({ attachments: [{ ...chip, kind: 'file', state: 'ready' }] });
    expect(page.find('.question-chip').title).toBe('src/app.ts\n120 tokens');
    click('Open app.ts');
    expect(page.posted).toEqual([{ type: 'openAttachment', id: 'a1', turnId: 't1' }]);
  });
});

describe('versions of a question', () => {
  it('are switched with the buttons and the arrow keys', () => {
    show({ branch: { index: 1, count: 3 } });
    expect(page.find('.branch').textContent).toContain('2 / 3');
    click('Previous version');
    page.button('Next version').focus();
    press('ArrowRight');
    press('ArrowLeft');
    expect(page.posted.map((m) => (m.type === 'switchBranch' ? m.index : m.type))).toEqual([
      0, 2, 0,
    ]);
  });

  it('keep the focus on the same button, though another version is another turn', () => {
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
    const showAlone = (turn: TurnView): void => {
      const session = sessionView();
      page.do(() =>
        page.panel.store.snapshot({ type: 'snapshot', seq: 0, session, turns: [turn] }),
      );
      const model = page.panel.store.turns[0];
      if (!model) throw new Error('expected a turn');
      page.show(
        <div role="log">
          <Turn key={turn.id} panel={page.panel} turn={model} isNewest index={0} count={1} />
        </div>,
      );
    };
    showAlone(turnView({ id: 'a', branch: { index: 0, count: 3 } }));
    page.button('Next version').focus();
    showAlone(turnView({ id: 'b', branch: { index: 1, count: 3 } }));
    for (const frame of frames) frame(0);
    expect(document.activeElement).toBe(page.button('Next version'));
    vi.unstubAllGlobals();
  });

  it('end at the first and the last', () => {
    show({ branch: { index: 2, count: 3 } });
    expect(page.button('Next version').ariaDisabled).toBe('true');
    click('Next version');
    expect(page.posted).toEqual([]);
  });

  it('are not shown where there is one', () => {
    show();
    expect(missing('.branch')).toBe(true);
  });
});

describe('regenerating', () => {
  it('asks the same model', () => {
    show();
    click('Regenerate');
    expect(page.posted).toEqual([{ type: 'regenerate', turnId: 't1' }]);
  });

  it('asks another one from the menu, by keyboard alone', () => {
    show();
    page.button('Regenerate with another model').focus();
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('Model One');
    press('ArrowDown');
    page.do(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.click();
    });
    expect(page.posted).toEqual([{ type: 'regenerate', turnId: 't1', model: 'm2' }]);
    expect(missing('[role=menu]')).toBe(true);
  });

  it('waits for the answer under way', () => {
    show({}, true);
    click('Regenerate: Not while an answer is being written');
    click('Regenerate with another model: Not while an answer is being written');
    expect(page.posted).toEqual([]);
    expect(missing('[role=menu]')).toBe(true);
  });
});

describe('a rating', () => {
  it('up counts at once, and pressed again is taken back', () => {
    show();
    click('Good answer');
    patch({ feedback: { rating: 'up', reason: '' } });
    expect(page.button('Good answer').ariaPressed).toBe('true');
    click('Good answer');
    expect(page.posted).toEqual([
      { type: 'feedback', turnId: 't1', rating: 'up', reason: '' },
      { type: 'feedback', turnId: 't1', rating: null, reason: '' },
    ]);
  });

  it('down counts at once and asks for a reason', () => {
    show();
    click('Bad answer');
    type('Too short');
    press('Escape', { isComposing: true });
    page.do(() =>
      page.find('form.reason').dispatchEvent(new Event('submit', { cancelable: true })),
    );
    expect(page.posted).toEqual([
      { type: 'feedback', turnId: 't1', rating: 'down', reason: '' },
      { type: 'feedback', turnId: 't1', rating: 'down', reason: 'Too short' },
    ]);
    expect(missing('form.reason')).toBe(true);
    expect(document.activeElement).toBe(page.button('Bad answer'));
  });

  it('needs no reason', () => {
    show();
    click('Bad answer');
    press('Escape');
    expect(missing('form.reason')).toBe(true);
    expect(page.posted).toHaveLength(1);
  });

  it('can be changed', () => {
    show({ feedback: { rating: 'down', reason: 'Wrong' } });
    expect(page.button('Bad answer: Wrong').ariaPressed).toBe('true');
    click('Good answer');
    expect(page.posted).toEqual([{ type: 'feedback', turnId: 't1', rating: 'up', reason: '' }]);
  });
});

describe('what an answer took', () => {
  const stats = {
    totalMs: 1_000,
    inputTokens: 1,
    outputTokens: 1,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cost: '$1',
    attempts: 1,
    requestId: 'req_9',
    isServed: false,
    phases: [
      { label: 'Connecting', startMs: 0, durationMs: 250 },
      { label: 'Answer', startMs: 250, durationMs: 750 },
    ],
  };

  it('is told phase by phase on demand, on one axis and as text', () => {
    show({ stats });
    expect(missing('.waterfall')).toBe(true);
    click('Details');
    const rows = [...page.root.querySelectorAll('.waterfall li')].map((row) => row.textContent);
    expect(rows).toEqual(['Connecting250 ms, after 0 ms', 'Answer750 ms, after 250 ms']);
    const bars = [...page.root.querySelectorAll<HTMLElement>('.waterfall-bar')];
    expect(bars.map((bar) => [bar.style.left, bar.style.width])).toEqual([
      ['0%', '25%'],
      ['25%', '75%'],
    ]);
    expect(page.find('.request-id').textContent).toContain('req_9');
    expect(page.button('Details').ariaExpanded).toBe('true');
    remount();
    expect(missing('.waterfall')).toBe(false);
  });

  it('has a badge where the answer was kept or shared', () => {
    show({ stats: { ...stats, isServed: true } });
    expect(page.find('.badge').textContent).toBe('cached');
  });

  it('offers no details where there are none', () => {
    const { requestId: _, ...plain } = stats;
    show({ stats: { ...plain, phases: [] } });
    expect(missing('.details-button')).toBe(true);
  });
});

describe('a summary that is sent instead of turns', () => {
  it('can be read and taken back', () => {
    show({ compaction: { label: 'Summary of 12 earlier turns', summary: 'They asked **why**.' } });
    expect(page.find('.compaction').textContent).not.toContain('They asked');
    click('Show summary');
    expect(page.find('.compaction strong').textContent).toBe('why');
    click('Hide summary');
    click('Undo');
    expect(missing('.compaction-summary')).toBe(true);
    expect(page.posted).toEqual([{ type: 'undoCompaction' }]);
  });
});
