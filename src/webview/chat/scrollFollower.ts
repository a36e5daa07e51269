import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';

/** This near to the end, px, counts as being there: zoomed pages have fractions. */
const AT_END = 4;
/** So far from it there is something to see at the end. */
const AWAY = 24;

/**
 * Keeps the end of the transcript in sight while the reader is there, and leaves the place alone as soon as the reader goes
 * elsewhere. Coming back to the end, or asking for it, starts it again.
 */
export class ScrollFollower extends Disposable {
  readonly #scroller: HTMLElement;
  readonly #changed = this._register(new Emitter<void>());
  readonly #awayChanged = this._register(new Emitter<void>());
  #isFollowing = true;
  #isAway = false;
  #lastTop = 0;

  readonly onChange = this.#changed.event;
  readonly onAway = this.#awayChanged.event;

  /** `content` is what grows inside of `scroller`. */
  constructor(scroller: HTMLElement, content: HTMLElement) {
    super();
    this.#scroller = scroller;
    const onScroll = (): void => this.#scrolled();
    const onWheel = (event: WheelEvent): void => {
      if (event.deltaY < 0 && this.#canScroll()) this.#setFollowing(false);
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    scroller.addEventListener('wheel', onWheel, { passive: true });
    // Sizes are observed after layout and before paint: the end never shows late.
    const sizes = new ResizeObserver(() => {
      this.keep();
      this.#lookAway();
    });
    sizes.observe(scroller);
    sizes.observe(content);
    this._register({
      dispose: () => {
        sizes.disconnect();
        scroller.removeEventListener('scroll', onScroll);
        scroller.removeEventListener('wheel', onWheel);
      },
    });
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Whether the end is out of sight, and will not come by itself. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#setFollowing(true);
    this.keep();
  }

  /** Stays where it is. */
  release(): void {
    this.#setFollowing(false);
  }

  /** Goes to the end if that is followed: content may have grown. */
  keep(): void {
    if (this.#isFollowing) this.moveTo(this.#scroller.scrollHeight);
  }

  /** Scrolls to `top`, px, which says nothing about where the reader wants to be. */
  moveTo(top: number): void {
    this.#scroller.scrollTop = top;
    this.#lastTop = this.#scroller.scrollTop;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isUp = scrollTop < this.#lastTop - 1;
    this.#lastTop = scrollTop;
    if (scrollTop + clientHeight >= scrollHeight - AT_END) {
      if (!isUp) this.#setFollowing(true);
    } else if (isUp) {
      this.#setFollowing(false);
    }
    this.#lookAway();
  }

  #lookAway(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isAway = !this.#isFollowing && scrollTop + clientHeight < scrollHeight - AWAY;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#awayChanged.fire();
  }

  #canScroll(): boolean {
    return this.#scroller.scrollTop > 0;
  }

  #setFollowing(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#changed.fire();
    this.#lookAway();
  }
}
