import type { ScrollFollower } from '../scrollFollower';
import type { TranscriptWindow } from './transcriptWindow';

/** Where on the screen something is brought to, as a share of the height from the top. */
const PLACE = 0.35;
/** Kept free around it, px; the find bar covers the top. */
const EDGE = { top: 48, bottom: 12, side: 24 } as const;
/** Heights around it turn out different as it comes nearer: by then they are known. */
const MAX_PASSES = 6;

export interface Screen {
  readonly scroller: HTMLElement;
  readonly follower: ScrollFollower;
  readonly window: TranscriptWindow;
}

/** Brings what `find` gives to where it can be seen; what can be seen already stays. `find` is asked again after each step. */
export function bringIntoView(
  { scroller, follower, window }: Screen,
  find: () => Range | undefined,
): Range | undefined {
  let range = find();
  for (let pass = 0; range && pass < MAX_PASSES; pass++) {
    scrollInside(range, scroller);
    const box = range.getBoundingClientRect();
    const view = scroller.getBoundingClientRect();
    if (box.top >= view.top + EDGE.top && box.bottom <= view.bottom - EDGE.bottom) return range;
    follower.release();
    const { scrollTop } = scroller;
    follower.moveTo(scrollTop + box.top - view.top - view.height * PLACE);
    window.update();
    const isStuck = pass > 0 && scroller.scrollTop === scrollTop;
    range = find();
    if (isStuck) return range;
  }
  return range;
}

/** Scrolls what is between the range and the transcript: open thinking, wide code and tables. */
function scrollInside(range: Range, scroller: HTMLElement): void {
  const node = range.startContainer;
  let at = node instanceof Element ? node : node.parentElement;
  for (; at && at !== scroller; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight + 1 && scrolls(at, 'overflowY')) {
      const box = range.getBoundingClientRect();
      const view = at.getBoundingClientRect();
      if (box.top < view.top || box.bottom > view.bottom) {
        at.scrollTop += box.top - view.top - view.height * PLACE;
      }
    }
    if (at.scrollWidth > at.clientWidth + 1 && scrolls(at, 'overflowX')) {
      const box = range.getBoundingClientRect();
      const view = at.getBoundingClientRect();
      if (box.right > view.right - EDGE.side) at.scrollLeft += box.right - view.right + EDGE.side;
      if (box.left < view.left + EDGE.side) at.scrollLeft += box.left - view.left - EDGE.side;
    }
  }
}

function scrolls(element: Element, axis: 'overflowX' | 'overflowY'): boolean {
  const value = getComputedStyle(element)[axis];
  return value === 'auto' || value === 'scroll';
}
