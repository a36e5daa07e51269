import { Disposable } from '../../../base/disposable';
import type { Place } from '../savedState';
import type { ScrollFollower } from '../scrollFollower';
import { isRunning } from '../turnModel';
import type { TurnModel } from '../turnModel';
import { uppermost } from './anchor';
import type { Anchor } from './anchor';
import { drawNow } from './drawNow';
import { estimateTurn, shapeOf } from './estimates';
import type { TextShape } from './estimates';
import { Heights } from './heights';
import { mountedRows, runsOf } from './mountedRows';
import type { Run } from './mountedRows';
import { parkFar } from './parkFar';
import { CHANGED_INSIDE } from './parking';

/** How far around the screen turns are in the page, as a share of its height, and within these bounds, px. */
const MARGIN = { share: 0.5, least: 250, most: 500 } as const;

/** Until it is known how large the panel is, px. */
const FIRST_VIEW = { width: 400, height: 900 } as const;

/** A followed end that has grown by less than this, px, changes nothing that could be seen. */
const GROWTH = 200;

/** Turns put into the page may be lower than guessed, so that more are needed: by then all are there. */
const MAX_PASSES = 8;

/** Elements and functions that exist once the transcript is in the page. */
interface Attached {
  readonly scroller: HTMLElement;
  readonly content: HTMLElement;
  readonly follower: ScrollFollower;
  /** Draws the turns again, with the runs of now. */
  readonly redraw: () => void;
}

/**
 * Which turns are in the page: those near the screen, the running ones, and those that hold the focus or an end of the
 * selection. The others are gaps, as high as the turns were or are guessed to be. What is on the screen stays where it is when
 * heights above turn out different. Also has long replies windowed inside.
 */
export class TranscriptWindow extends Disposable {
  readonly #heights = new Heights();
  readonly #shapes = new WeakMap<TurnModel, { readonly prompt: TextShape; answer: TextShape }>();
  #turns: readonly TurnModel[] = [];
  #indexes = new Map<string, number>();
  #rows: readonly number[] = [];
  #attached: Attached | undefined;
  #anchor: Anchor | undefined;
  #width: number = FIRST_VIEW.width;
  /** Of the scroller and of all inside of it at the last update, px. */
  #view = 0;
  #total = 0;
  #isUpdating = false;

  /** Turns that were drawn, in order, and the heights of the gaps before, between and after them, px. */
  get runs(): readonly Run[] {
    return runsOf(this.#rows);
  }

  /** Height of the turns `from` to `to`, the latter excluded, px. */
  height(from: number, to: number): number {
    return this.#heights.offset(to) - this.#heights.offset(from);
  }

  /** Tells which turns there are; to be called before they are drawn. `place`: where to start, the end without it. */
  setTurns(turns: readonly TurnModel[], place?: Place): void {
    if (turns === this.#turns) return;
    const isFirst = this.#turns.length === 0;
    this.#turns = turns;
    this.#indexes = new Map(turns.map((turn, index) => [turn.id, index]));
    this.#heights.setRows(
      turns.map((turn) => turn.id),
      this.#estimate,
    );
    if (isFirst && place && this.#indexes.has(place.turnId)) this.#aim(place);
    this.#rows = this.#near();
  }

  attach(attached: Attached): void {
    this.#attached = attached;
    const { scroller, content } = attached;
    const update = (): void => this.update();
    const follow = (): void => {
      if (!this.#isOnlyGrowth(attached)) this.update();
    };
    // After the follower, which decides whether the end is followed.
    scroller.addEventListener('scroll', follow, { passive: true });
    // What is scrolled inside, as thinking is, tells its own elements only.
    content.addEventListener('scroll', update, { passive: true, capture: true });
    content.addEventListener(CHANGED_INSIDE, update);
    const sizes = new ResizeObserver(follow);
    sizes.observe(scroller);
    sizes.observe(content);
    let wasHeld = false;
    // Carets in text fields are told of, too: what is typed into the composer holds nothing here.
    const pin = (): void => {
      const isHeld = this.#held().length > 0;
      if (isHeld || wasHeld) this.update();
      wasHeld = isHeld;
    };
    document.addEventListener('selectionchange', pin);
    const following = attached.follower.onChange(update);
    if (this.#anchor) attached.follower.release();
    this._register({
      dispose: () => {
        this.#attached = undefined;
        sizes.disconnect();
        following.dispose();
        scroller.removeEventListener('scroll', follow);
        content.removeEventListener('scroll', update, { capture: true });
        content.removeEventListener(CHANGED_INSIDE, update);
        document.removeEventListener('selectionchange', pin);
      },
    });
  }

  /** Whether the reader was put where they want to be. */
  get isPlaced(): boolean {
    return this.#anchor?.element !== undefined || this.#attached?.follower.isFollowing === true;
  }

  /** Where the reader is; `undefined` at the end, or where nothing is laid out. */
  get place(): Place | undefined {
    if (this.#attached?.follower.isFollowing === true || !this.#anchor) return undefined;
    return { turnId: this.#anchor.turnId, offset: this.#anchor.offset };
  }

  /** The uppermost thing on the screen, where one was chosen to stay in its place. */
  get anchorElement(): Element | undefined {
    return this.#anchor?.element;
  }

  /** The turn at the upper edge of the screen; -1 without turns. */
  get topIndex(): number {
    return this.#heights.indexAt((this.#attached?.scroller.scrollTop ?? 0) + 1);
  }

  /** Brings a turn to the upper edge, `offset` px of it above. */
  goTo(place: Place): void {
    if (!this.#indexes.has(place.turnId)) return;
    this.#attached?.follower.release();
    this.#aim(place);
    this.update();
  }

  /** Goes to the end and stays there. */
  goToEnd(): void {
    this.#attached?.follower.follow();
    this.update();
  }

  /** The element of a turn that is in the page. */
  elementOf(turnId: string): HTMLElement | undefined {
    return this.#mounted().find((element) => element.dataset['turn'] === turnId);
  }

  /** Puts into the page what belongs there now, before anything is painted. */
  update(): void {
    const { scroller, redraw } = this.#attached ?? {};
    if (!scroller || !redraw || this.#isUpdating || scroller.clientHeight === 0) return;
    this.#isUpdating = true;
    try {
      this.#rescale(scroller, redraw);
      this.#measure();
      this.#hold(scroller);
      // A place that is only known as a turn's is found as its heights get known.
      if (!this.#aimed) this.#pick(scroller);
      for (let pass = 0; pass < MAX_PASSES; pass++) {
        const changed = this.#mount(redraw);
        // First, or what is on the screen would be away from it for a moment, and be parked.
        if (changed) {
          this.#measure();
          this.#hold(scroller);
        }
        const cameBack = this.#park(scroller);
        this.#measure();
        this.#hold(scroller);
        if (!changed && !cameBack) break;
      }
      this.#pick(scroller);
      this.#view = scroller.clientHeight;
      this.#total = scroller.scrollHeight;
    } finally {
      this.#isUpdating = false;
    }
  }

  /** The end is followed and went on a little: a reply that streams does so in every frame. */
  #isOnlyGrowth({ scroller, follower }: Attached): boolean {
    if (!follower.isFollowing) return false;
    const { clientWidth, clientHeight, scrollHeight } = scroller;
    if (clientWidth !== this.#width || clientHeight !== this.#view) return false;
    return scrollHeight >= this.#total && scrollHeight < this.#total + GROWTH;
  }

  readonly #estimate = (index: number): number => {
    const turn = this.#turns[index];
    if (!turn) return 0;
    let shape = this.#shapes.get(turn);
    if (shape?.answer.length !== turn.answer.text.length) {
      shape = { prompt: shapeOf(turn.facts.prompt), answer: shapeOf(turn.answer.text) };
      this.#shapes.set(turn, shape);
    }
    return estimateTurn(shape.prompt, shape.answer, this.#width);
  };

  #rescale(scroller: HTMLElement, redraw: () => void): void {
    const width = scroller.clientWidth;
    if (width === this.#width || width === 0) return;
    this.#width = width;
    this.#heights.rescale(this.#estimate);
    drawNow(redraw);
  }

  #aim({ turnId, offset }: Place): void {
    this.#anchor = { turnId, offset, element: undefined, elementTop: 0, scrollTop: 0 };
  }

  /** The turns that belong into the page. */
  #near(): number[] {
    const { scroller, follower } = this.#attached ?? {};
    const view = scroller?.clientHeight ?? FIRST_VIEW.height;
    const margin = marginOf(view);
    let top = this.#heights.total - view;
    if (scroller && follower?.isFollowing === false) top = scroller.scrollTop;
    if (this.#aimed) top = this.#topOf(this.#aimed);
    return mountedRows(this.#heights, top - margin, top + view + margin, this.#pinned());
  }

  /** Where the reader is to be, while only the turn is known. */
  get #aimed(): Anchor | undefined {
    const isFollowing = this.#attached?.follower.isFollowing === true;
    return isFollowing || this.#anchor?.element ? undefined : this.#anchor;
  }

  #topOf(anchor: Anchor): number {
    return this.#heights.offset(this.#indexes.get(anchor.turnId) ?? 0) + anchor.offset;
  }

  *#pinned(): Generator<number> {
    for (const [index, turn] of this.#turns.entries()) {
      if (isRunning(turn.facts.state)) yield index;
    }
    for (const node of this.#held()) {
      const element = node instanceof Element ? node : node.parentElement;
      const turn = element?.closest<HTMLElement>('[data-turn]')?.dataset['turn'];
      if (turn !== undefined) yield this.#indexes.get(turn) ?? -1;
    }
  }

  /** Nodes that must stay: where the focus is, and the ends of the selection. */
  #held(): Node[] {
    const selection = document.getSelection();
    const nodes = [document.activeElement, selection?.anchorNode, selection?.focusNode];
    const { content } = this.#attached ?? {};
    return nodes.filter((node): node is Node => Boolean(node && content?.contains(node)));
  }

  #mount(redraw: () => void): boolean {
    const rows = this.#near();
    if (rows.length === this.#rows.length && rows.every((row, at) => row === this.#rows[at])) {
      return false;
    }
    this.#rows = rows;
    drawNow(redraw);
    return true;
  }

  #park(scroller: HTMLElement): boolean {
    const view = scroller.getBoundingClientRect();
    const margin = marginOf(view.height);
    const near = { top: view.top - margin, bottom: view.bottom + margin };
    const held = this.#held();
    const isHeld = (unit: Element): boolean => held.some((node) => unit.contains(node));
    let cameBack = false;
    for (const turn of this.#mounted()) {
      const model = this.#turns[this.#indexes.get(turn.dataset['turn'] ?? '') ?? -1];
      for (const body of turn.querySelectorAll('.markdown')) {
        const isGrowing = model?.answer.element !== body || !model.answer.isSettled;
        if (parkFar(body, near, isGrowing, isHeld)) cameBack = true;
      }
    }
    return cameBack;
  }

  #measure(): void {
    for (const turn of this.#mounted()) {
      const index = this.#indexes.get(turn.dataset['turn'] ?? '');
      if (index !== undefined) this.#heights.measure(index, turn.getBoundingClientRect().height);
    }
  }

  /** Puts what was on the screen where it was, or the end where the reader follows it. */
  #hold(scroller: HTMLElement): void {
    const { follower } = this.#attached ?? {};
    const anchor = this.#anchor;
    if (follower?.isFollowing === true) follower.keep();
    if (!follower || !anchor || follower.isFollowing) return;
    const { element } = anchor;
    // What the reader has scrolled since.
    const scrolled = element ? scroller.scrollTop - anchor.scrollTop : 0;
    if (element?.isConnected !== true) {
      const offset = anchor.offset + scrolled;
      this.#anchor = { ...anchor, offset, element: undefined };
      follower.moveTo(this.#topOf(this.#anchor));
      return;
    }
    const elementTop = anchor.elementTop - scrolled;
    const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    if (Math.abs(top - elementTop) >= 1) follower.moveTo(scroller.scrollTop + top - elementTop);
    // The window's own scrolling is none of the reader's.
    this.#anchor = { ...anchor, elementTop, scrollTop: scroller.scrollTop };
  }

  /** Chooses what is to stay where it is from now on. */
  #pick(scroller: HTMLElement): void {
    const { scrollTop } = scroller;
    const edge = scroller.getBoundingClientRect().top;
    const turn = this.#mounted().find((one) => one.getBoundingClientRect().bottom > edge + 1);
    const row = this.#heights.indexAt(scrollTop);
    const shown = turn && this.#indexes.get(turn.dataset['turn'] ?? '');
    const id = this.#turns[row]?.id;
    if (id === undefined) return;
    // In the middle of a gap: the turns there are not in the page yet.
    const element =
      turn && shown !== undefined && shown <= row + 1 ? uppermost(turn, edge) : undefined;
    this.#anchor = {
      turnId: id,
      offset: scrollTop - this.#heights.offset(row),
      element,
      elementTop: element ? element.getBoundingClientRect().top - edge : 0,
      scrollTop,
    };
  }

  #mounted(): HTMLElement[] {
    const children = this.#attached?.content.children ?? [];
    return [...children].filter(
      (child): child is HTMLElement =>
        child instanceof HTMLElement && child.dataset['turn'] !== undefined,
    );
  }
}

function marginOf(view: number): number {
  return Math.max(MARGIN.least, Math.min(MARGIN.most, view * MARGIN.share));
}
