/** What was seen of a scrolled page, frame by frame. */
export interface ScrollSight {
  readonly frames: number;
  readonly maxNodes: number;
  /** Highest part of the screen that showed nothing where there is text, px, and frames with more than `BLANK_PX` of it. */
  readonly mostBlankPx: number;
  readonly blankFrames: number;
  /** Numbers of all marks that were in the page at some time. */
  readonly marks: readonly number[];
}

/** What `installScrollProbe` puts into the page under `benchScroll`. */
export interface ScrollProbe {
  /** From here on, each frame is looked at after it was painted. */
  watch(): void;
  /** Until here. */
  seen(): ScrollSight;
  /** Scrolls by so much at once. */
  by(px: number): void;
  /** Scrolls by `stepPx` a frame, up with a negative one, until the end of the way. */
  through(stepPx: number): Promise<void>;
}

/**
 * Runs in the page, before its own scripts. Must not use anything from outside of itself: its source is sent. Empty is what
 * belongs to nothing inside of a turn, or to a part whose content is away.
 */
export function installScrollProbe(): void {
  const SAMPLE_PX = 20;
  /** More than any distance between two blocks. */
  const BLANK_PX = 80;
  const MARK = /q(\d{5})z/g;
  const page = globalThis as unknown as { benchScroll: ScrollProbe };
  const painted = new MessageChannel();
  let marks = new Set<number>();
  let isWatching = false;
  let frames = 0;
  let maxNodes = 0;
  let mostBlankPx = 0;
  let blankFrames = 0;

  const transcript = (): HTMLElement | null => document.querySelector<HTMLElement>('.transcript');
  const isEmptyAt = (x: number, y: number): boolean => {
    const hit = document.elementFromPoint(x, y);
    return !hit || hit.closest('.turn') === null || hit.closest('.away') !== null;
  };
  const blankPx = (scroller: HTMLElement): number => {
    const { left, width, top, bottom } = scroller.getBoundingClientRect();
    let longest = 0;
    let run = 0;
    for (let y = top + 4; y < bottom - 4; y += SAMPLE_PX) {
      run = isEmptyAt(left + width / 3, y) ? run + SAMPLE_PX : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  };
  const look = (): void => {
    const scroller = transcript();
    if (!scroller) return;
    frames++;
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
    let nodes = 1;
    while (walker.nextNode()) nodes++;
    maxNodes = Math.max(maxNodes, nodes);
    const blank = blankPx(scroller);
    mostBlankPx = Math.max(mostBlankPx, blank);
    if (blank > BLANK_PX) blankFrames++;
    for (const [, number] of (scroller.textContent ?? '').matchAll(MARK)) marks.add(Number(number));
  };
  const eachFrame = (): void => {
    if (!isWatching) return;
    painted.port2.postMessage(undefined);
    requestAnimationFrame(eachFrame);
  };
  const nextFrame = (): Promise<void> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve, 0));
    });
  painted.port1.addEventListener('message', look);
  painted.port1.start();

  page.benchScroll = {
    watch: () => {
      marks = new Set();
      frames = maxNodes = mostBlankPx = blankFrames = 0;
      isWatching = true;
      eachFrame();
    },
    seen: () => {
      isWatching = false;
      return { frames, maxNodes, mostBlankPx, blankFrames, marks: [...marks] };
    },
    by: (px) => transcript()?.scrollBy(0, px),
    through: async (stepPx) => {
      const scroller = transcript();
      if (!scroller) return;
      for (let still = 0; still < 5;) {
        const before = scroller.scrollTop;
        scroller.scrollTop = before + stepPx;
        await nextFrame();
        still = scroller.scrollTop === before ? still + 1 : 0;
      }
    },
  };
}
