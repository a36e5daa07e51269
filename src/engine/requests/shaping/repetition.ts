import { REFERENCE_START, splitAtFences } from './fences';

/** Shorter repetitions stay: a reference costs words, too. Characters. */
const MIN_REPEATED = 1_024;
const MAX_FIRST_LINE = 80;

/**
 * Takes out large texts that stood in the conversation before, such as the same file attached twice: what is the same to the character,
 * fenced code as a whole or the text between, becomes one line that refers to the first copy. Feed it the texts in their order.
 */
export class Repetitions {
  readonly #seen = new Set<string>();

  /** The text with repetitions of what came before replaced. What it holds itself counts as seen from now on. */
  replace(text: string): string {
    if (text.length < MIN_REPEATED) return text;
    let changed = false;
    const parts = splitAtFences(text).map(({ text: stretch }) => {
      if (!this.#isRepeated(stretch)) return stretch;
      changed = true;
      return reference(stretch);
    });
    return changed ? parts.join('') : text;
  }

  /** Remembers what the text holds and leaves it as it is. */
  note(text: string): void {
    if (text.length < MIN_REPEATED) return;
    for (const stretch of splitAtFences(text)) this.#isRepeated(stretch.text);
  }

  #isRepeated(stretch: string): boolean {
    const content = stretch.trim();
    if (content.length < MIN_REPEATED) return false;
    if (this.#seen.has(content)) return true;
    this.#seen.add(content);
    return false;
  }
}

/** One line, with the empty lines around it as they were, so that nothing beside it changes. */
function reference(stretch: string): string {
  const content = stretch.trim();
  const start = stretch.indexOf(content);
  const before = stretch.slice(0, stretch.lastIndexOf('\n', start) + 1);
  return `${before}${REFERENCE_START}${content.length} characters, beginning with: ${firstLine(content)}]${stretch.slice(start + content.length)}`;
}

/** The first line that says something: not the fence. */
function firstLine(content: string): string {
  const [first = '', second = ''] = content.split('\n', 2);
  const line = /^[\s>]*(?:```|~~~)/.test(first) ? second : first;
  // Half of a surrogate pair would not survive UTF-8.
  return line
    .trim()
    .slice(0, MAX_FIRST_LINE)
    .replace(/[\uD800-\uDBFF]$/, '');
}
