import { isHighSurrogate } from './characters';

/** What a broken reply left, as the model gets to see it again. */
export interface PartialText {
  /** Without white space and half a character at its end: the API refuses both. */
  readonly shown: string;
  /** What was cut off. */
  readonly tail: string;
}

export function splitPartial(partial: string): PartialText {
  const half = isHighSurrogate(partial.slice(-1)) ? partial.slice(0, -1) : partial;
  const shown = half.trimEnd();
  return { shown, tail: partial.slice(shown.length) };
}
