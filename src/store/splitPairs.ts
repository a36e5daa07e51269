/**
 * A piece of a reply may end between the two halves of a character outside the basic plane (an emoji). Stored as UTF-8 each half would
 * become U+FFFD, so the first waits here for the piece that brings the second.
 */
export class SplitPairs {
  readonly #halves = new Map<string, string>();

  /** What can be stored now, and the half to `keep` once that is done. */
  join(id: string, added: string): { readonly whole: string; readonly half: string } {
    const text = (this.#halves.get(id) ?? '') + added;
    const last = text.charCodeAt(text.length - 1);
    const end = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
    return { whole: text.slice(0, end), half: text.slice(end) };
  }

  keep(id: string, half: string): void {
    if (half === '') this.#halves.delete(id);
    else this.#halves.set(id, half);
  }
}
