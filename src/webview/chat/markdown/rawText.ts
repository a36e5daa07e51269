import { element } from '../../shared/dom';
import type { ChildList } from './openLevel';

/** Text of one element, UTF-16 units: a browser lays out an element as a whole when it grows. */
const PIECE_SIZE = 4_000;

/** Text that is only appended, as it is. */
export class RawText {
  readonly #holder = element('div', 'plain');
  #piece = this.#holder.appendChild(element('span', 'piece'));

  constructor(place: ChildList) {
    place.append(this.#holder);
  }

  append(text: string): void {
    for (let at = 0; at < text.length; at += PIECE_SIZE) {
      if (this.#piece.textContent.length >= PIECE_SIZE)
        this.#piece = this.#holder.appendChild(element('span', 'piece'));
      this.#piece.append(text.slice(at, at + PIECE_SIZE));
    }
  }
}
