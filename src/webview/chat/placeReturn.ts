import { Disposable } from '../../base/disposable';
import type { Place } from './savedState';
import type { ScrollFollower } from './scrollFollower';

/** By then even a long conversation is drawn, ms; a reader who has not moved is where they want to be. */
const RETURN_LIMIT_MS = 5_000;

const MOVES = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;

/**
 * Puts the reader where they were when the webview went out of sight, and holds that place while the answers above and below
 * are drawn, until the reader moves.
 */
export class PlaceReturn extends Disposable {
  #isOn = false;

  constructor(
    place: Place | undefined,
    follower: ScrollFollower,
    scroller: HTMLElement,
    content: HTMLElement,
  ) {
    super();
    const turn = place && scroller.querySelector(`[data-turn="${CSS.escape(place.turnId)}"]`);
    if (!place || !turn) return;
    this.#isOn = true;
    follower.release();
    const aim = (): void => {
      const top = turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += top + place.offset;
    };
    aim();
    const sizes = new ResizeObserver(aim);
    sizes.observe(content);
    const stop = (): void => this.dispose();
    const timer = setTimeout(stop, RETURN_LIMIT_MS);
    for (const move of MOVES) scroller.addEventListener(move, stop, { passive: true });
    this._register({
      dispose: () => {
        this.#isOn = false;
        clearTimeout(timer);
        sizes.disconnect();
        for (const move of MOVES) scroller.removeEventListener(move, stop);
      },
    });
  }

  /** Whether the reader is still being brought back. */
  get isOn(): boolean {
    return this.#isOn;
  }
}

/** Where the reader is: the turn at the upper edge, and how far it reaches above it, px. */
export function placeOf(scroller: HTMLElement): Place | undefined {
  const { top } = scroller.getBoundingClientRect();
  for (const turn of scroller.querySelectorAll<HTMLElement>('[data-turn]')) {
    const box = turn.getBoundingClientRect();
    const turnId = turn.dataset['turn'];
    if (box.bottom > top && turnId !== undefined) return { turnId, offset: top - box.top };
  }
  return undefined;
}
