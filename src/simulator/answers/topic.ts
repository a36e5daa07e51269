import type { Effort } from '../../engine/types';

/** What an answer may depend on. */
export interface AnswerContext {
  /** The question without its [[...]] marks. */
  readonly prompt: string;
  /** Questions before it, oldest first. */
  readonly earlier: readonly string[];
  readonly modelId: string;
  /** Whether this request has thinking. */
  readonly thinks: boolean;
  readonly effort: Effort | undefined;
  readonly toolResults: readonly string[];
  /** The tool that the reply is about to call. */
  readonly toolToCall: string | undefined;
}

export interface Answer {
  readonly text: string;
  /** Used only where the request has thinking. */
  readonly thinking?: string;
}

/** Something that can be asked for by name. */
export interface Topic {
  /** What to type, for the help. */
  readonly ask: string;
  /** What comes, in a few words. */
  readonly shows: string;
  readonly showsInChinese: string;
  readonly pattern: RegExp;
  answer(context: AnswerContext, match: RegExpMatchArray): Answer;
}

/**
 * A pattern for a whole question about `topic`, with the words that people put around it:
 * "table", "Show me a table, please." `topic` is the source of a regular expression.
 */
export function asking(topic: string): RegExp {
  return new RegExp(
    `^/?(?:please )?(?:can you )?(?:show(?: me)?|give me|write|print|send)?\\s*(?:an? |the |some )?(?:${topic})(?: please)?$`,
    'i',
  );
}

/** The question in the form that patterns see: one line, no punctuation at its end. */
export function normalized(prompt: string): string {
  return prompt
    .trim()
    .replace(/[\s.!?,;:。！？]+$/u, '')
    .replaceAll(/,?\s+/g, ' ');
}

/** A size that was asked for, held within bounds. */
export function sizeFrom(text: string | undefined, fallback: number, most: number): number {
  if (text === undefined || text === '') return fallback;
  return Math.min(most, Math.max(1, Number.parseInt(text, 10)));
}

export function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trim()}\n\`\`\``;
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The beginning of a text on one line, never cut inside what looks like one character. */
export function shortened(text: string, characters: number): string {
  const line = text
    .slice(0, characters * 20)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const shown = Array.from(GRAPHEMES.segment(line), ({ segment }) => segment);
  return shown.length > characters ? `${shown.slice(0, characters).join('')}…` : line;
}
