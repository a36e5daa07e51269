import {
  addMessage,
  emptySize,
  promptSize,
  tokensOf,
  type PromptSize,
} from '../../models/tokenEstimate';
import type { ChatRequest, Message, ShapeNote } from '../../types';
import { compactableCharacters, withoutRepetitions } from './compaction';

/** A request that is being made to fit: compacted, and from a certain message on. */
export class Draft {
  /** As it would be sent. */
  readonly request: ChatRequest;
  readonly size: Readonly<PromptSize>;
  /** The first message that is kept. */
  readonly first: number;
  /** All of it, with white space compacted. */
  readonly whole: ChatRequest;
  readonly #asked: ChatRequest;
  readonly #compactedFrom: number;

  constructor(asked: ChatRequest, whole: ChatRequest, compactedFrom: number, first = 0) {
    this.whole = whole;
    this.first = first;
    this.#asked = asked;
    this.#compactedFrom = compactedFrom;
    const kept = first === 0 ? whole.messages : whole.messages.slice(first);
    // Only now, so that no repetition refers to what was dropped.
    const messages = withoutRepetitions(kept, Math.max(0, compactedFrom - first));
    this.request = messages === whole.messages ? whole : { ...whole, messages };
    this.size = promptSize(this.request);
  }

  /** The same with the messages from index `first` on. */
  startingAt(first: number): Draft {
    return new Draft(this.#asked, this.whole, this.#compactedFrom, first);
  }

  get dropped(): readonly Message[] {
    return this.whole.messages.slice(0, this.first);
  }

  /** What was done. @param tokensPerEstimate real tokens for an estimated one */
  notes(tokensPerEstimate: number, kind: 'dropped' | 'summarised' = 'dropped'): ShapeNote[] {
    const notes: ShapeNote[] = [];
    const characters = this.#savedCharacters();
    if (characters > 0) notes.push({ kind: 'compacted', characters });
    if (this.first > 0) {
      const size = emptySize();
      for (const message of this.dropped) addMessage(size, message);
      const tokens = Math.ceil(tokensOf(size) * tokensPerEstimate);
      notes.push({ kind, messages: this.first, tokens });
    }
    return notes;
  }

  #savedCharacters(): number {
    if (this.request === this.#asked) return 0;
    const messages = this.#asked.messages.slice(this.first);
    return (
      compactableCharacters({ ...this.#asked, messages }) - compactableCharacters(this.request)
    );
  }
}
