import * as v from 'valibot';

/** What parts of code are told apart; each has a colour of the editor's theme. */
export const TOKEN_KINDS = [
  'comment',
  'string',
  'regexp',
  'escape',
  'number',
  'constant',
  'keyword',
  'control',
  'operator',
  'punctuation',
  'function',
  'type',
  'variable',
  'parameter',
  'property',
  'attribute',
  'tag',
  'heading',
  'bold',
  'italic',
  'inserted',
  'deleted',
  'changed',
  'invalid',
] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Looks of a kind of token; `color` is "#rrggbb" or "#rrggbbaa". */
export const tokenStyleSchema = v.object({
  kind: v.picklist(TOKEN_KINDS),
  color: v.optional(v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}(?:[0-9a-f]{2})?$/i))),
  bold: v.boolean(),
  italic: v.boolean(),
  underline: v.boolean(),
});
export type TokenStyle = v.InferOutput<typeof tokenStyleSchema>;
