import { BoundedMap } from '../../../base/boundedMap';

/** Blocks of which something is remembered. */
const MOST = 200;

/**
 * What the reader did with blocks of code, by their text: blocks far from the screen are made anew when they come back, and
 * should look as they were left.
 */
export class CodeMemory {
  readonly #choices = new BoundedMap<string, boolean>(MOST);

  get(what: 'expanded' | 'wrapped' | 'source', code: string): boolean | undefined {
    return this.#choices.get(`${what}:${code}`);
  }

  set(what: 'expanded' | 'wrapped' | 'source', code: string, is: boolean): void {
    this.#choices.set(`${what}:${code}`, is);
  }
}
