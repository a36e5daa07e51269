import type { ThemeRegistrationRaw } from '@shikijs/core';
import type { TokenKind } from '../../../protocol/tokenColors';

/**
 * What each kind of token is called in the page's style sheet. A theme has only colours, so every kind gets a colour that
 * stands for it: "#000001" is the first.
 */
const KINDS: readonly (readonly [kind: TokenKind | 'plain', scopes: readonly string[]])[] = [
  ['comment', ['comment', 'punctuation.definition.comment']],
  ['string', ['string', 'punctuation.definition.string', 'meta.embedded.assembly']],
  [
    'regexp',
    ['string.regexp', 'constant.other.reference.link', 'keyword.operator.quantifier.regexp'],
  ],
  ['escape', ['constant.character.escape', 'constant.other.placeholder']],
  ['number', ['constant.numeric', 'keyword.other.unit']],
  ['constant', ['constant.language', 'variable.language', 'support.constant', 'constant.other']],
  [
    'keyword',
    [
      'storage',
      'storage.type',
      'storage.modifier',
      'keyword',
      'keyword.operator.new',
      'keyword.operator.expression',
      'keyword.operator.wordlike',
      'entity.name.operator',
    ],
  ],
  ['control', ['keyword.control', 'source.cpp keyword.operator.new', 'keyword.operator.delete']],
  ['operator', ['keyword.operator']],
  ['punctuation', ['punctuation']],
  ['plain', ['string meta.embedded', 'meta.template.expression']],
  ['function', ['entity.name.function', 'support.function', 'entity.name.operator.custom-literal']],
  [
    'type',
    [
      'entity.name.type',
      'entity.name.class',
      'entity.name.namespace',
      'entity.other.inherited-class',
      'support.class',
      'support.type',
      'entity.other.attribute-name.class.css',
      'storage.type.java',
      'storage.type.cs',
      'storage.type.generic.java',
      'storage.type.groovy',
      'storage.type.primitive.java',
    ],
  ],
  ['variable', ['variable', 'meta.definition.variable.name', 'support.variable']],
  ['parameter', ['variable.parameter']],
  ['attribute', ['entity.other.attribute-name']],
  [
    'property',
    [
      'support.type.property-name',
      'meta.object-literal.key',
      'variable.other.property',
      'variable.other.object.property',
    ],
  ],
  ['tag', ['entity.name.tag', 'punctuation.definition.tag', 'entity.name.tag.yaml']],
  ['heading', ['markup.heading', 'entity.name.section']],
  ['bold', ['markup.bold']],
  ['italic', ['markup.italic']],
  ['inserted', ['markup.inserted', 'punctuation.definition.inserted']],
  ['deleted', ['markup.deleted', 'punctuation.definition.deleted']],
  ['changed', ['markup.changed', 'meta.diff.range', 'meta.diff.header']],
  ['invalid', ['invalid']],
];

export const THEME_NAME = 'pulse';

export const theme: ThemeRegistrationRaw = {
  name: THEME_NAME,
  settings: [
    { settings: { foreground: '#FFFFFF', background: '#000000' } },
    ...KINDS.map(([, scope], index) => ({
      scope: [...scope],
      settings: { foreground: standInColour(index) },
    })),
  ],
};

/** Class of the tokens that the theme gives `colour`; `undefined` for plain text. */
export function classOfColour(colour: string | undefined): string | undefined {
  if (colour === undefined || !/^#0000[0-9a-f]{2}$/i.test(colour)) return undefined;
  const kind = KINDS[Number.parseInt(colour.slice(5), 16) - 1]?.[0];
  return kind === undefined || kind === 'plain' ? undefined : `tok-${kind}`;
}

function standInColour(index: number): string {
  return `#0000${(index + 1).toString(16).padStart(2, '0')}`;
}
