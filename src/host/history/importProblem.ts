import type * as v from 'valibot';
import type { Translate } from '../translate';

export interface ImportDeps {
  readonly translate: Translate;
  readonly newId: () => string;
  /** Ms since 1970, for what has no time of its own. */
  readonly now: number;
}

/** A file that can't be imported. `message` is for the user: what is wrong and what to do. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly kind: ImportErrorKind;

  constructor(kind: ImportErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * - `not_json` something else than JSON; `unknown` JSON, but no history that Pulse knows; `newer` of a later version of Pulse
 * - `too_large`, `too_deep` beyond what is read; `empty` no conversation in it; `invalid` none of its conversations can be read
 */
export type ImportErrorKind =
  'not_json' | 'unknown' | 'newer' | 'too_large' | 'too_deep' | 'empty' | 'invalid';

/** What is wrong with one conversation of a file, as a sentence. */
export class ConversationProblem extends Error {
  override readonly name = 'ConversationProblem';
}

/** Values of a file are quoted no longer than this. */
const MAX_QUOTE = 60;

/** "turns[2].prompt: expected string, got 5." */
export function issueText(issue: v.BaseIssue<unknown>, t: Translate): string {
  const expected = shortened(issue.expected ?? issue.type);
  return t('{0}: expected {1}, got {2}.', pathOf(issue), expected, shortened(issue.received));
}

export function shortened(text: string): string {
  const flat = text.replaceAll(/[\s\p{C}]+/gu, ' ');
  return flat.length <= MAX_QUOTE ? flat : `${flat.slice(0, MAX_QUOTE).toWellFormed()}…`;
}

function pathOf({ path }: v.BaseIssue<unknown>): string {
  let text = '';
  for (const { key } of path ?? []) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text === '' ? '$' : text;
}
