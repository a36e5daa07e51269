import { assertNever } from '../../base/assertNever';
import type { Change } from '../../protocol/chat';
import type { TurnPatch } from '../../protocol/turn';

type SessionPatch = Extract<Change, { kind: 'session' }>['session'];

interface Added {
  /** Thinking to take from what the page has, before the rest is added; UTF-16 units. */
  voided: number;
  text: string;
  thinking: string;
}

/**
 * Changes on their way to one webview, merged so that any number of them takes one message: texts of a turn are joined,
 * of patches the last word counts, what concerns a removed turn is dropped. Their order is kept where it matters:
 * turns added and removed, then texts, then patches, then the session.
 */
export class ChangeBuffer {
  #structure: Change[] = [];
  readonly #texts = new Map<string, Added>();
  readonly #patches = new Map<string, TurnPatch>();
  #session: SessionPatch | undefined;
  #length = 0;

  /** Characters of reply text held back. */
  get textLength(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return (
      this.#structure.length === 0 &&
      this.#texts.size === 0 &&
      this.#patches.size === 0 &&
      this.#session === undefined
    );
  }

  add(change: Change): void {
    switch (change.kind) {
      case 'append':
        this.#addText(change.turnId, change.text, change.thinking);
        return;
      case 'thinkingVoid':
        this.#voidThinking(change.turnId, change.length);
        return;
      case 'turn':
        this.#patches.set(change.turnId, { ...this.#patches.get(change.turnId), ...change.patch });
        return;
      case 'session':
        this.#session = { ...this.#session, ...change.session };
        return;
      case 'turnAdded':
        this.#structure.push(change);
        return;
      case 'turnRemoved':
        this.#forgetTurn(change.turnId);
        this.#structure.push(change);
        return;
      default:
        assertNever(change);
    }
  }

  /** What was held, and starts anew. */
  take(): Change[] {
    const { changes } = this;
    this.clear();
    return changes;
  }

  /** What is held. */
  get changes(): Change[] {
    const changes = [...this.#structure];
    for (const [turnId, { voided, text, thinking }] of this.#texts) {
      if (voided > 0) changes.push({ kind: 'thinkingVoid', turnId, length: voided });
      if (text !== '' || thinking !== '') changes.push({ kind: 'append', turnId, text, thinking });
    }
    for (const [turnId, patch] of this.#patches) changes.push({ kind: 'turn', turnId, patch });
    if (this.#session) changes.push({ kind: 'session', session: this.#session });
    return changes;
  }

  clear(): void {
    this.#structure = [];
    this.#texts.clear();
    this.#patches.clear();
    this.#session = undefined;
    this.#length = 0;
  }

  #addText(turnId: string, text: string, thinking: string): void {
    const held = this.#heldOf(turnId);
    held.text += text;
    held.thinking += thinking;
    this.#length += text.length + thinking.length;
  }

  #voidThinking(turnId: string, length: number): void {
    const held = this.#heldOf(turnId);
    const unsent = Math.min(length, held.thinking.length);
    held.thinking = held.thinking.slice(0, held.thinking.length - unsent);
    held.voided += length - unsent;
    this.#length -= unsent;
  }

  #heldOf(turnId: string): Added {
    const held = this.#texts.get(turnId) ?? { voided: 0, text: '', thinking: '' };
    this.#texts.set(turnId, held);
    return held;
  }

  #forgetTurn(turnId: string): void {
    const held = this.#texts.get(turnId);
    if (held) this.#length -= held.text.length + held.thinking.length;
    this.#texts.delete(turnId);
    this.#patches.delete(turnId);
  }
}
