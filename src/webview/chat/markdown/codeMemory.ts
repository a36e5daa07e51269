/** Blocks of which something is remembered. */
const MOST = 200;

/**
 * What the reader did with blocks of code, by their text: blocks far from the screen are made anew when they come back, and
 * should look as they were left.
 */
export class CodeMemory {
  readonly #choices = new Map<string, boolean>();

  get(what: 'expanded' | 'wrapped' | 'source', code: string): boolean | undefined {
    return this.#choices.get(`${what}:${code}`);
  }

  set(what: 'expanded' | 'wrapped' | 'source', code: string, is: boolean): void {
    const key = `${what}:${code}`;
    this.#choices.delete(key);
    this.#choices.set(key, is);
    const [oldest] = this.#choices.keys();
    if (this.#choices.size > MOST && oldest !== undefined) this.#choices.delete(oldest);
  }
}
