import type { Attachment } from '../../engine/ports';
import type { QueuedQuestion } from '../../protocol/context';

/** What is asked: as it was typed, what the model gets where that is something else, and what goes with it. */
export interface Question {
  readonly text: string;
  readonly asked: string | undefined;
  readonly attachments: readonly Attachment[];
}

export interface WaitingQuestion extends Question {
  readonly id: string;
}

/** Questions that wait for the answer under way, in order. */
export class QuestionQueue {
  readonly #changed: () => void;
  #waiting: readonly WaitingQuestion[];

  /** `waiting`: those of an earlier window. */
  constructor(waiting: readonly WaitingQuestion[], changed: () => void) {
    this.#waiting = waiting;
    this.#changed = changed;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get waiting(): readonly WaitingQuestion[] {
    return this.#waiting;
  }

  get views(): QueuedQuestion[] {
    return this.#waiting.map(({ id, text, attachments }) => ({
      id,
      text,
      attachments: attachments.length,
    }));
  }

  add(question: WaitingQuestion): void {
    this.#set([...this.#waiting, question]);
  }

  /** The next one's turn. */
  next(): Question | undefined {
    const [next, ...rest] = this.#waiting;
    if (next) this.#set(rest);
    return next;
  }

  take(id: string): WaitingQuestion | undefined {
    const found = this.#waiting.find((question) => question.id === id);
    if (found) this.#set(this.#waiting.filter((question) => question !== found));
    return found;
  }

  #set(waiting: readonly WaitingQuestion[]): void {
    this.#waiting = waiting;
    this.#changed();
  }
}
