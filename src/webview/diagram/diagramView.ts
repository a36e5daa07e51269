import { element } from '../shared/dom';

/** How large it may be shown, times its natural size. */
const ZOOMS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4] as const;
/** Diagrams are made smaller to fit, but not smaller than this: then they are scrolled. */
const LEAST_FIT = 0.55;

export interface DiagramSize {
  readonly width: number;
  readonly height: number;
}

/** A place on the page where a diagram is, or will be: scrolled by the page itself, so that keys and wheel stay there. */
export class DiagramView {
  readonly element: HTMLElement;
  readonly #label: string;
  /** The frame, or what keeps its room. */
  #box: HTMLElement | undefined;
  #size: DiagramSize | undefined;
  /** `undefined`: as wide as there is room. */
  #zoom: number | undefined;
  #isRemoved = false;

  constructor(label: string) {
    this.#label = label;
    this.element = element('div', 'diagram waiting');
    this.element.role = 'group';
    this.element.ariaLabel = label;
  }

  /** Whether somebody waits for it: its block may have been replaced before its turn came. */
  get isWanted(): boolean {
    return !this.#isRemoved && this.element.isConnected;
  }

  /** Its natural size is known before it is drawn again: nothing below it will move. */
  reserve(size: DiagramSize): void {
    this.#size = size;
    this.#box = element('div', 'diagram-room');
    this.element.replaceChildren(this.#box);
    this.element.classList.remove('waiting');
    this.#resize();
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  setFrame(frame: HTMLIFrameElement): void {
    this.#box = frame;
    frame.title = this.#label;
    // What has the focus in there would not hear the editor's keys.
    frame.tabIndex = -1;
    this.element.replaceChildren(frame);
    this.#resize();
  }

  /** The drawing is there, of this natural size. */
  setSize(width: number, height: number): void {
    this.#size = { width, height };
    this.element.classList.remove('waiting');
    this.element.tabIndex = 0;
    this.#resize();
  }

  zoom(direction: 1 | -1): void {
    if (!this.#size || !this.#box) return;
    const now = this.#box.clientWidth / this.#size.width;
    const next =
      direction > 0
        ? ZOOMS.find((zoom) => zoom > now * 1.05)
        : ZOOMS.findLast((zoom) => zoom < now * 0.95);
    this.#zoom = next ?? this.#zoom;
    this.#resize();
  }

  remove(): void {
    this.#isRemoved = true;
    this.element.remove();
    this.#box = undefined;
  }

  #resize(): void {
    const style = this.#box?.style;
    if (!style || !this.#size) return;
    const { width, height } = this.#size;
    style.aspectRatio = `${String(width)} / ${String(height)}`;
    const px = (times: number): string => `${String(Math.ceil(width * times))}px`;
    style.width = this.#zoom === undefined ? '100%' : px(this.#zoom);
    style.maxWidth = this.#zoom === undefined ? px(1) : 'none';
    style.minWidth = this.#zoom === undefined ? px(LEAST_FIT) : '0';
  }
}
