// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComposerPage } from '../../helpers/composerPage';

let page: ComposerPage;

beforeEach(() => {
  page = new ComposerPage();
  page.showComposer();
  page.asked('First?', 'Second,\nlonger?', 'Second,\nlonger?', 'Third?');
});

afterEach(() => page.remove());

describe('arrow up and down', () => {
  it('walk through the questions of this conversation and back to what was being typed', () => {
    page.type('half', 0);
    page.press('ArrowUp');
    expect(page.input.value).toBe('Third?');
    page.press('ArrowUp');
    expect(page.input.value).toBe('Second,\nlonger?');
    page.press('ArrowUp');
    expect(page.input.value).toBe('First?');
    page.press('ArrowUp');
    expect(page.input.value).toBe('First?');
    page.press('ArrowDown');
    page.do(() => page.input.setSelectionRange(15, 15));
    page.press('ArrowDown');
    expect(page.input.value).toBe('Third?');
    page.press('ArrowDown');
    expect(page.input.value).toBe('half');
    expect(page.press('ArrowDown').defaultPrevented).toBe(false);
  });

  it('move the caret inside of a text', () => {
    page.type('a\nb', 3);
    expect(page.press('ArrowUp').defaultPrevented).toBe(false);
    page.press('ArrowUp', { shiftKey: true });
    expect(page.input.value).toBe('a\nb');
  });

  it('move through the lines of a question before they walk on', () => {
    page.press('ArrowUp');
    page.press('ArrowUp');
    expect(page.press('ArrowDown').defaultPrevented).toBe(false);
    expect(page.input.value).toBe('Second,\nlonger?');
  });
});

describe('a question from before', () => {
  it('is left with Escape, which stops nothing', () => {
    page.showComposer({ busy: true });
    page.type('half', 0);
    page.press('ArrowUp');
    page.press('Escape');
    expect(page.input.value).toBe('half');
    expect(page.of('stop')).toEqual([]);
    page.press('Escape');
    expect(page.of('stop')).toHaveLength(1);
  });

  it('becomes what is being typed once it is changed', () => {
    page.press('ArrowUp');
    page.type('Third, and more?', 0);
    page.press('Escape');
    expect(page.input.value).toBe('Third, and more?');
    page.press('ArrowUp');
    page.press('ArrowDown');
    expect(page.input.value).toBe('Third, and more?');
  });
});
