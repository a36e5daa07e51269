import type { HostToChat } from '../../protocol/chat';

/** A page that comes later asks anew. */
const SHORT_LIVED: ReadonlySet<HostToChat['type']> = new Set([
  'completions',
  'history',
  'historyChanged',
]);
const MAX_HELD = 20;

/** What a page is told that is not there yet, as far as it is of use later. */
export class HeldMessages {
  #held: readonly HostToChat[] = [];

  add(message: HostToChat): void {
    if (SHORT_LIVED.has(message.type)) return;
    this.#held = [...this.#held, message].slice(-MAX_HELD);
  }

  /** In their order; there are none after it. */
  take(): readonly HostToChat[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}
