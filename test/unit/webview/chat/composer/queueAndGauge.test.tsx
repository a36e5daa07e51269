// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextGauge } from '../../../../../src/protocol/context';
import { ComposerPage } from '../../helpers/composerPage';

let page: ComposerPage;

beforeEach(() => {
  page = new ComposerPage();
  page.showComposer();
});

afterEach(() => page.remove());

describe('while an answer runs', () => {
  beforeEach(() => page.showComposer({ busy: true }));

  it('questions are sent all the same, and it can still be stopped', () => {
    page.type('And then?');
    expect(page.button('Send after this answer (Enter)').disabled).toBe(false);
    page.press('Enter');
    expect(page.of('send')).toEqual([{ type: 'send', text: 'And then?' }]);
    page.type('And?');
    page.do(() => page.button('Stop (Escape)').click());
    expect(page.of('stop')).toHaveLength(1);
  });

  it('only stopping is offered where nothing is written', () => {
    expect(page.root.querySelector('.enqueue')).toBeNull();
  });

  it('waiting questions can be edited and removed, and the focus is not lost', () => {
    page.showComposer({ queue: [{ id: 'q1', text: 'Next?', attachments: 2 }] });
    expect(page.find('.queue-text').textContent).toBe('Next?');
    page.do(() => page.button('Edit this question').click());
    expect(document.activeElement).toBe(page.input);
    page.do(() => page.button('Remove this question').click());
    expect(page.of('unqueue')).toEqual([
      { type: 'unqueue', id: 'q1', edit: true },
      { type: 'unqueue', id: 'q1', edit: false },
    ]);
  });
});

describe('the gauge', () => {
  const gauge: ContextGauge = {
    used: 12_000,
    window: 200_000,
    parts: [
      { label: 'Conversation', tokens: 11_000 },
      { label: 'Question', tokens: 1_000 },
    ],
    cost: '$0.04',
  };
  const button = (): HTMLElement => page.find('.gauge-button');

  it('shows how full the window is, and on a click with what', () => {
    page.showComposer({ gauge });
    expect(page.find('.gauge-figures').textContent).toBe('12k / 200k');
    expect(page.root.querySelector('.gauge-popover')).toBeNull();
    page.do(() => button().click());
    expect(button().getAttribute('aria-expanded')).toBe('true');
    expect(page.texts('.gauge-parts li')).toEqual(['Conversation11k', 'Question1k']);
    expect(page.find('.gauge-cost').textContent).toContain('$0.04');
  });

  it('closes with Escape, which goes back to it and stops nothing, and with a click elsewhere', () => {
    page.showComposer({ gauge, busy: true });
    page.do(() => button().click());
    page.press('Escape', {}, page.find('.gauge-popover'));
    expect(page.root.querySelector('.gauge-popover')).toBeNull();
    expect(document.activeElement).toBe(button());
    expect(page.of('stop')).toEqual([]);
    page.do(() => button().click());
    page.do(() => void document.body.dispatchEvent(new Event('pointerdown', { bubbles: true })));
    expect(page.root.querySelector('.gauge-popover')).toBeNull();
  });

  it('offers to compact, but not while an answer runs', () => {
    page.showComposer({ gauge });
    page.do(() => button().click());
    page.do(() => page.button('Compact').click());
    expect(page.of('send')).toEqual([{ type: 'send', text: '/compact' }]);
    page.showComposer({ busy: true });
    page.do(() => button().click());
    expect(page.texts('.gauge-popover button')).toEqual([]);
  });

  it('tells what sending takes once something is written', () => {
    page.showComposer({ gauge });
    expect(page.root.querySelector('.estimate')).toBeNull();
    page.type('Why?');
    expect(page.find('.estimate').textContent).toBe('~12k tokens · $0.04');
  });

  it('warns beside the text', () => {
    page.showComposer({ gauge: { ...gauge, warning: 'Above your limit.' } });
    expect(page.find('.composer-warning').textContent).toBe('Above your limit.');
    expect(page.find('.gauge').className).toContain('high');
  });
});

describe('a chat that is not kept', () => {
  it('says so', () => {
    expect(page.root.querySelector('.not-kept')).toBeNull();
    page.showComposer({ isKept: false });
    expect(page.find('.not-kept').textContent).toBe('Not saved');
  });
});
