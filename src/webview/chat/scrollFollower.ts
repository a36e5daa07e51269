import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';

/** This near to the end, px, counts as being there: zoomed pages have fractions. */
const AT_END = 4;

/**
 * Keeps the end of the transcript in sight while the reader is there, and leaves the place alone as soon as the reader goes
 * elsewhere. Coming back to the end, or asking for it, starts it again.
 */
export class ScrollFollower extends Disposable {
  readonly #scroller: HTMLElement;
  readonly #changed = this._register(new Emitter<void>());
  #isFollowing = true;
  #lastTop = 0;

  readonly onChange = this.#changed.event;

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
    const sizes = new ResizeObserver(() => this.#keep());
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

  /** Goes to the end and stays there. */
  follow(): void {
    this.#setFollowing(true);
    this.#keep();
  }

  /** Stays where it is. */
  release(): void {
    this.#setFollowing(false);
  }

  #keep(): void {
    if (!this.#isFollowing) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
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
  }

  #canScroll(): boolean {
    return this.#scroller.scrollTop > 0;
  }

  #setFollowing(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#changed.fire();
  }
}
