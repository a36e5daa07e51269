import { bringBack, isAway, sendAway } from './parking';

/** What can be away by itself: groups of blocks, items, rows, lines of code, pieces of a long paragraph. */
const UNITS = '.part, .lines, .piece';

/** From `top` to `bottom`, px of the viewport, is near. */
export interface Near {
  readonly top: number;
  readonly bottom: number;
}

/**
 * Takes what is far from the screen out of a reply and puts back what is near. `isGrowing`: its last parts still change, and
 * stay. `isHeld` tells what must stay though it is far. Returns whether anything came back, which may have changed heights.
 */
export function parkFar(
  root: Element,
  near: Near,
  isGrowing: boolean,
  isHeld: (unit: Element) => boolean,
): boolean {
  const far: { readonly unit: HTMLElement; readonly box: Box }[] = [];
  const back: HTMLElement[] = [];
  // All is measured before anything is changed: one layout for all of it.
  for (const unit of root.querySelectorAll<HTMLElement>(UNITS)) {
    const box = unit.getBoundingClientRect();
    const isNear = isIn(box, near);
    if (isAway(unit)) {
      if (isNear) back.push(unit);
    } else if (!isNear && canLeave(unit, isGrowing) && !isHeld(unit)) {
      far.push({ unit, box });
    }
  }
  for (const { unit, box } of far) if (unit.isConnected) send(unit, box);
  let cameBack = false;
  for (const unit of back) {
    if (!isIn(unit.getBoundingClientRect(), near)) continue;
    bringBack(unit);
    cameBack = true;
    parkFar(unit, near, isGrowing, isHeld);
  }
  return cameBack;
}

type Box = Pick<DOMRect, 'top' | 'bottom' | 'width' | 'height'>;

/** What is not displayed, as code that is folded, is in no place at all. */
function isIn(box: Box, near: Near): boolean {
  return box.height > 0 && box.bottom > near.top && box.top < near.bottom;
}

function send(unit: HTMLElement, { width, height }: Box): void {
  const isCode = unit.classList.contains('lines');
  if (height > 0) sendAway(unit, `${String(height)}px`, isCode ? `${String(width)}px` : '');
  else if (isCode) sendAway(unit, `${String(unit.childElementCount)}lh`);
}

function canLeave(unit: HTMLElement, isGrowing: boolean): boolean {
  // Columns are as wide as in the first part.
  if (unit.parentElement?.classList.contains('table') === true) {
    if (!unit.previousElementSibling && unit.nextElementSibling) return false;
  }
  if (!isGrowing || unit.classList.contains('full') || unit.classList.contains('piece'))
    return true;
  const block = unit.classList.contains('lines') ? unit.closest('.code-block') : undefined;
  return Boolean(block?.nextElementSibling);
}
