/** What `installProbe` puts into the page under `benchProbe`. Times are ms since 1970, with fractions, by the page's clock. */
export interface PageProbe {
  /** Hands the page a message as VS Code does; returns when. */
  take(message: unknown): number;
  now(): number;
  /** From here on, which mark of the text is shown last is looked up after every paint that changed something. */
  watchMarks(): void;
  /** Paints after which more marks were there, as [time, number of the last mark]. */
  readonly shown: (readonly [at: number, mark: number])[];
  /** When mark `mark` or a later one was painted first; 0 for not yet. */
  shownAt(mark: number): number;
  /** Begins anew with what is shown. */
  forget(): void;
  /** Number of the last mark in the document's order; -1 for none. */
  lastMark(): number;
  /** Nodes in the document. */
  nodes(): number;
  /** The most there ever were, looked up once a second while marks are watched. */
  maxNodes(): number;
  /** Scrolls through everything; the numbers of all marks that the page holds or brings in on the way. */
  collectMarks(): Promise<number[]>;
}

/**
 * Runs in the page, before its own scripts: VS Code's part of the page, and the measuring. It reads text nodes after a paint,
 * which makes the page lay out nothing. Must not use anything from outside of itself: its source is sent.
 */
export function installProbe({
  theme,
}: {
  readonly theme: Readonly<Record<string, string>>;
}): void {
  const MARK = /q(\d{5})z/g;
  const shown: [number, number][] = [];
  let maxNodes = 0;
  const page = globalThis as unknown as {
    benchProbe: PageProbe;
    benchPost(json: string): void;
    acquireVsCodeApi(): unknown;
  };
  const now = (): number => performance.timeOrigin + performance.now();
  const applyTheme = (): void => {
    const root = document.documentElement;
    for (const [name, value] of Object.entries(theme)) root.style.setProperty(name, value);
    root.style.setProperty('background', '#181818');
    document.body?.classList.add('vscode-dark');
  };
  addEventListener('DOMContentLoaded', applyTheme, { once: true });
  page.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => page.benchPost(JSON.stringify(message)),
    getState: () => undefined,
    setState: () => undefined,
  });
  const countNodes = (): number => {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
    let count = 1;
    while (walker.nextNode()) count++;
    maxNodes = Math.max(maxNodes, count);
    return count;
  };
  /** Text nodes backwards from the end, until one mark is whole. */
  const lastMark = (): number => {
    const root = document.querySelector('.transcript');
    if (!root) return -1;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let node: Node | null = root;
    while (node?.lastChild) node = node.lastChild;
    if (node === null) return -1;
    walker.currentNode = node;
    let text = '';
    for (; node && text.length < 4_000; node = walker.previousNode()) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      text = (node.nodeValue ?? '').slice(-2_000) + text;
      const marks = [...text.matchAll(MARK)];
      const last = marks.at(-1);
      if (last) return Number(last[1]);
    }
    return -1;
  };
  let last = -1;
  let isWatching = false;
  const watchMarks = (): void => {
    if (isWatching) return;
    isWatching = true;
    const afterPaint = new MessageChannel();
    let isAsked = false;
    afterPaint.port1.addEventListener('message', () => {
      isAsked = false;
      const mark = lastMark();
      if (mark > last) shown.push([now(), (last = mark)]);
    });
    afterPaint.port1.start();
    // Pages change in an animation frame: what is posted there arrives once it is painted. A loop of frames would make the
    // browser draw such frames, too, in which the page has nothing to show.
    new MutationObserver(() => {
      if (isAsked) return;
      isAsked = true;
      afterPaint.port2.postMessage(undefined);
    }).observe(document, { childList: true, characterData: true, subtree: true });
    setInterval(countNodes, 1_000);
  };
  const collectMarks = async (): Promise<number[]> => {
    const found = new Set<number>();
    const collect = (): void => {
      const text = document.querySelector('.transcript')?.textContent ?? '';
      for (const [, number] of text.matchAll(MARK)) found.add(Number(number));
    };
    const twoFrames = (): Promise<void> =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0)));
      });
    // Thinking scrolls by itself, and has on the page what is near its own window.
    const seen = new WeakSet<Element>();
    const scrollThinking = async (): Promise<void> => {
      for (const thinking of document.querySelectorAll('.thinking-text')) {
        if (seen.has(thinking)) continue;
        seen.add(thinking);
        for (let top = 0; top < thinking.scrollHeight; top += thinking.clientHeight) {
          thinking.scrollTop = top;
          await twoFrames();
          collect();
        }
      }
    };
    const scroller = document.querySelector('.transcript');
    if (!scroller) return [];
    collect();
    for (let top = 0; ; top += scroller.clientHeight) {
      scroller.scrollTop = top;
      await twoFrames();
      // Long code that was away from the page comes back folded.
      for (const unfold of document.querySelectorAll<HTMLElement>('.code-fold')) {
        if (unfold.ariaExpanded === 'false') unfold.click();
      }
      await twoFrames();
      collect();
      await scrollThinking();
      if (top >= scroller.scrollHeight) return [...found];
    }
  };
  page.benchProbe = {
    take: (message) => {
      const at = now();
      dispatchEvent(new MessageEvent('message', { data: message }));
      return at;
    },
    now,
    watchMarks,
    lastMark,
    nodes: countNodes,
    shown,
    shownAt: (wanted) => shown.find(([, mark]) => mark >= wanted)?.[0] ?? 0,
    forget: () => {
      shown.length = 0;
      last = -1;
    },
    maxNodes: () => {
      countNodes();
      return maxNodes;
    },
    collectMarks,
  };
}
