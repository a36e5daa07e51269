import { Emitter } from '../../../base/event';
import type { FindQuery } from './findQuery';

/** Longest selection that is taken over as what is looked for, UTF-16 units. */
const LONGEST_SEED = 200;

/** Whether the find bar is open, and what is in it: kept when it is closed and when another conversation is shown. */
export class FindState {
  readonly #changed = new Emitter<void>();
  readonly #asked = new Emitter<void>();
  readonly #stepped = new Emitter<1 | -1>();
  #isOpen = false;
  #isSeeded = false;
  #query: FindQuery = { text: '', isCaseSensitive: false, isWholeWord: false };
  #from: Element | null = null;

  readonly onChange = this.#changed.event;
  /** It was opened, or asked for again: the field should have the focus. */
  readonly onAsk = this.#asked.event;
  /** To the next hit or to the previous one. */
  readonly onStep = this.#stepped.event;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get query(): FindQuery {
    return this.#query;
  }

  /** Whether what is looked for came from the selection: then the reader is at it. */
  get isSeeded(): boolean {
    return this.#isSeeded;
  }

  /** `seed`: what is selected in the conversation. */
  open(seed: string): void {
    if (!this.#isOpen) this.#from = document.activeElement;
    this.#isSeeded = seed !== '' && seed.length <= LONGEST_SEED && !/[\r\n]/.test(seed.trim());
    if (this.#isSeeded) this.#query = { ...this.#query, text: seed.trim() };
    this.#isOpen = true;
    this.#changed.fire();
    this.#asked.fire();
  }

  /** The focus goes to the field. */
  ask(): void {
    this.#asked.fire();
  }

  set(change: Partial<FindQuery>): void {
    this.#isSeeded = true;
    this.#query = { ...this.#query, ...change };
    this.#changed.fire();
  }

  step(step: 1 | -1): void {
    if (this.#query.text === '') return;
    if (!this.#isOpen) this.#openAtHit();
    this.#stepped.fire(step);
  }

  /** What was looked for before is looked for again, from where the reader is. */
  #openAtHit(): void {
    this.open('');
    this.#isSeeded = true;
  }

  /** Returns what had the focus before, if it is still there. */
  close(): HTMLElement | undefined {
    const from = this.#from;
    this.#isOpen = false;
    this.#from = null;
    this.#changed.fire();
    const isThere = from instanceof HTMLElement && from.isConnected && from !== document.body;
    return isThere ? from : undefined;
  }
}
