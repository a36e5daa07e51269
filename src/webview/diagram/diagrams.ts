import { BoundedMap } from '../../base/boundedMap';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { strings } from '../shared/strings';
import { parseReport } from './diagramMessages';
import type { DrawRequest } from './diagramMessages';
import { DiagramView } from './diagramView';
import type { DiagramSize } from './diagramView';
import { readTheme } from './readTheme';

/** Longest source that is drawn, UTF-16 units. */
const LONGEST_SOURCE = 20_000;

/** A frame that has not drawn by then is taken away, ms. */
const DRAW_LIMIT_MS = 15_000;
/** So often it is looked whether a frame that draws is still in the page: one that left tells nothing. */
const CHECK_MS = 1_000;

/** Diagrams whose size is remembered. */
const MOST_SIZES = 200;

/** Makes a frame that runs the drawing script. */
export type FrameMaker = (nonce: string) => HTMLIFrameElement;

/** Tells a code block how its diagram goes. */
export interface DiagramListener {
  drawn(): void;
  failed(problem: string): void;
  /** Its view was not in the page when its turn came. */
  dropped(): void;
}

interface Job {
  readonly view: DiagramView;
  readonly source: string;
  readonly listener: DiagramListener;
}

/**
 * Draws diagrams one after another, each in a sandboxed frame of its own; the library comes with the first. A frame that leaves
 * the page is gone with its drawing; when it is put back it starts again by itself, and is told what to draw.
 */
export class Diagrams extends Disposable {
  readonly #load: () => Promise<FrameMaker>;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #jobs = new WeakMap<HTMLIFrameElement, Job>();
  readonly #waiting: Job[] = [];
  /** Natural sizes, by source. */
  readonly #sizes = new BoundedMap<string, DiagramSize>(MOST_SIZES);
  #makeFrame: Promise<FrameMaker> | undefined;
  #drawing: { readonly job: Job; readonly since: number; check: DisposableLike } | undefined;

  constructor(load: () => Promise<FrameMaker>, clock: Clock, onFault: (error: unknown) => void) {
    super();
    this.#load = load;
    this.#clock = clock;
    this.#onFault = onFault;
    this._register({ dispose: () => this.#drawing?.check.dispose() });
  }

  /** Starts to draw; the view is to be put into the page. `label` is for screen readers. */
  draw(source: string, label: string, listener: DiagramListener): DiagramView {
    const view = new DiagramView(label);
    if (source.length > LONGEST_SOURCE) listener.failed(strings.diagramTooLong);
    else {
      this.#waiting.push({ view, source, listener });
      // Not at once: the view is not in the page yet.
      queueMicrotask(() => this.#next());
    }
    return view;
  }

  /** Its natural size, where it was drawn before. */
  sizeOf(source: string): DiagramSize | undefined {
    return this.#sizes.get(source);
  }

  #next(): void {
    while (!this.#drawing && !this.isDisposed) {
      const job = this.#waiting.shift();
      if (!job) return;
      if (job.view.isWanted) this.#begin(job);
      else this.#tellDropped(job);
    }
  }

  #begin(job: Job): void {
    if (!this.#makeFrame) {
      this.#watchPage();
      this.#makeFrame = this.#load();
    }
    this.#drawing = { job, since: this.#clock.now(), check: this.#checkLater() };
    this.#makeFrame.then(
      (makeFrame) => {
        if (this.#drawing?.job !== job) return;
        const frame = makeFrame(pageNonce());
        this.#jobs.set(frame, job);
        job.view.setFrame(frame);
      },
      (error: unknown) => {
        this.#onFault(error);
        this.#makeFrame = undefined;
        this.#fail(job, strings.diagramUnavailable);
      },
    );
  }

  #checkLater(): DisposableLike {
    return this.#clock.setTimeout(() => {
      const drawing = this.#drawing;
      if (!drawing) return;
      const { job, since } = drawing;
      if (!job.view.isWanted) {
        this.#tellDropped(job);
        this.#done(job);
      } else if (this.#clock.now() - since >= DRAW_LIMIT_MS) {
        this.#fail(job, strings.diagramTooSlow);
      } else {
        drawing.check = this.#checkLater();
      }
    }, CHECK_MS);
  }

  /** Whoever has removed its view knows, and may have another by now. */
  #tellDropped({ view, listener }: Job): void {
    if (!view.isRemoved) listener.dropped();
  }

  /** Frames say how they get on; the theme may change. */
  #watchPage(): void {
    const onMessage = (event: MessageEvent<unknown>): void => this.#receive(event);
    addEventListener('message', onMessage);
    const themes = new MutationObserver(() => this.#redrawAll());
    themes.observe(document.body, { attributeFilter: ['class', 'data-vscode-theme-id'] });
    this._register({
      dispose: () => {
        removeEventListener('message', onMessage);
        themes.disconnect();
      },
    });
  }

  #receive(event: MessageEvent<unknown>): void {
    if (!event.source) return;
    const frame = framesInPage().find((one) => one.contentWindow === event.source);
    const job = frame && this.#jobs.get(frame);
    const report = job && parseReport(event.data);
    if (!frame || !report) return;
    switch (report.type) {
      case 'ready':
        this.#post(frame, job);
        return;
      case 'drawn':
        job.view.setSize(report.width, report.height);
        this.#sizes.set(job.source, { width: report.width, height: report.height });
        job.listener.drawn();
        this.#done(job);
        return;
      case 'failed':
        this.#fail(job, report.problem);
    }
  }

  #redrawAll(): void {
    for (const frame of framesInPage()) {
      const job = this.#jobs.get(frame);
      if (job) this.#post(frame, job);
    }
  }

  #post(frame: HTMLIFrameElement, { source }: Job): void {
    const request: DrawRequest = { type: 'draw', source, theme: readTheme() };
    // Its origin is none: there is no name for it.
    frame.contentWindow?.postMessage(request, '*');
  }

  #fail(job: Job, problem: string): void {
    const { isRemoved } = job.view;
    job.view.remove();
    if (!isRemoved) job.listener.failed(problem);
    this.#done(job);
  }

  #done(job: Job): void {
    if (this.#drawing?.job !== job) return;
    this.#drawing.check.dispose();
    this.#drawing = undefined;
    this.#next();
  }
}

/** The panel's own script has it; VS Code puts one without before it. */
function pageNonce(): string {
  return Array.from(document.scripts, ({ nonce }) => nonce).find((nonce) => nonce !== '') ?? '';
}

function framesInPage(): HTMLIFrameElement[] {
  return [...document.querySelectorAll<HTMLIFrameElement>('.diagram iframe')];
}
