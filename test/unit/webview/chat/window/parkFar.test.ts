// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { uppermost } from '../../../../../src/webview/chat/window/anchor';
import { parkFar } from '../../../../../src/webview/chat/window/parkFar';
import { bringBack, contentOf, isAway, plan } from '../../../../../src/webview/chat/window/parking';

const boxes = new WeakMap<Element, { readonly top: number; readonly height: number }>();
const NEAR = { top: 0, bottom: 500 };
const nothingHeld = (): boolean => false;
let root: HTMLElement;

beforeEach(() => {
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function box(
    this: Element,
  ) {
    const { top, height } = boxes.get(this) ?? { top: 0, height: 0 };
    return new DOMRect(0, top, 300, height);
  });
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement('div'));
});

function add(
  parent: Element,
  tag: string,
  className: string,
  top: number,
  height: number,
): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  boxes.set(made, { top, height });
  parent.append(made);
  return made;
}

describe('a long reply', () => {
  it('loses what is far from the screen and gets it back as it was', () => {
    const far = add(root, 'div', 'part full', 900, 200);
    const paragraph = add(far, 'p', '', 900, 200);
    const near = add(root, 'div', 'part full', 100, 200);
    add(near, 'p', '', 100, 200);
    expect(parkFar(root, NEAR, false, nothingHeld)).toBe(false);
    expect([isAway(far), isAway(near)]).toEqual([true, false]);
    expect(far.childElementCount).toBe(0);
    expect(far.style.height).toBe('200px');
    boxes.set(far, { top: 300, height: 200 });
    expect(parkFar(root, NEAR, false, nothingHeld)).toBe(true);
    expect(far.firstElementChild).toBe(paragraph);
    expect(far.hasAttribute('style')).toBe(false);
  });

  it('keeps what is held, as the end of a selection is', () => {
    const far = add(root, 'div', 'part full', 900, 200);
    parkFar(root, NEAR, false, (unit) => unit === far);
    expect(isAway(far)).toBe(false);
  });

  it('keeps its last part while it grows', () => {
    const full = add(root, 'div', 'part full', 900, 200);
    const last = add(root, 'div', 'part', 1_100, 200);
    parkFar(root, NEAR, true, nothingHeld);
    expect([isAway(full), isAway(last)]).toEqual([true, false]);
    parkFar(root, NEAR, false, nothingHeld);
    expect(isAway(last)).toBe(true);
  });

  it('makes what was only planned when it comes near, not before', () => {
    const part = add(root, 'div', 'part full', 900, 100);
    const make = vi.fn(() => [document.createElement('p')]);
    plan(part, 5, make);
    parkFar(root, NEAR, false, nothingHeld);
    expect(make).not.toHaveBeenCalled();
    boxes.set(part, { top: 400, height: 100 });
    parkFar(root, NEAR, false, nothingHeld);
    expect(part.querySelectorAll('p')).toHaveLength(1);
    expect(make).toHaveBeenCalledOnce();
  });

  it('has no lines in the page that folded code does not show', () => {
    const hidden = add(root, 'span', 'lines full', 0, 0);
    add(hidden, 'span', 'line', 0, 0);
    parkFar(root, NEAR, false, nothingHeld);
    expect(isAway(hidden)).toBe(true);
    expect(hidden.style.height).toBe('1lh');
    parkFar(root, NEAR, false, nothingHeld);
    expect(isAway(hidden)).toBe(true);
  });

  it('keeps the first part of a table, which has the widths of its columns', () => {
    const table = add(root, 'div', 'table', 900, 400);
    const first = add(table, 'div', 'part full', 900, 200);
    const second = add(table, 'div', 'part', 1_100, 200);
    parkFar(root, NEAR, false, nothingHeld);
    expect([isAway(first), isAway(second)]).toEqual([false, true]);
  });

  it('can be read where it is away', () => {
    const far = add(root, 'div', 'part full', 900, 200);
    far.append('text');
    parkFar(root, NEAR, false, nothingHeld);
    expect(far.textContent).toBe('');
    expect(contentOf(far).textContent).toBe('text');
    bringBack(far);
    expect(far.textContent).toBe('text');
  });
});

describe('what stays in its place', () => {
  it('is the smallest block that begins on the screen', () => {
    const turn = add(root, 'article', '', -500, 900);
    const part = add(turn, 'div', 'part', -400, 800);
    add(part, 'p', '', -400, 300);
    add(part, 'p', '', -100, 90);
    const first = add(part, 'p', '', 20, 100);
    expect(uppermost(turn, 0)).toBe(first);
  });

  it('is never what is only there for screen readers, nor inside of what is away', () => {
    const turn = add(root, 'article', '', -10, 900);
    add(turn, 'h2', 'visually-hidden', 5, 1);
    const part = add(turn, 'div', 'part full', 30, 600);
    add(part, 'p', '', 30, 600);
    plan(part, 30, () => []);
    expect(uppermost(turn, 0)).toBe(part);
  });
});
