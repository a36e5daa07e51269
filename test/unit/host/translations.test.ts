import { globSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

/** A text handed to a translate function: `t('…')`, `translate("…")`, `vscode.l10n.t('…')`. */
const TEXT = /(?:\bt|translate)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/gu;

function textsInCode(): Set<string> {
  const texts = new Set<string>();
  for (const file of globSync('src/host/**/*.ts')) {
    for (const match of readFileSync(file, 'utf8').matchAll(TEXT)) {
      texts.add((match[1] ?? match[2] ?? '').replaceAll(/\\(['"])/gu, '$1'));
    }
  }
  return texts;
}

function placesIn(text: string): string[] {
  return (text.match(/\$?\{[^}]*\}/gu) ?? []).toSorted();
}

const chinese = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync('l10n/bundle.l10n.zh-cn.json', 'utf8')),
);

describe('the Chinese texts', () => {
  it('are there for every text in the code, and for no other', () => {
    const inCode = textsInCode();
    expect(inCode.size).toBeGreaterThan(100);
    expect(Object.keys(chinese).toSorted()).toEqual([...inCode].toSorted());
  });

  it('have the same places for figures and names', () => {
    for (const [english, translated] of Object.entries(chinese)) {
      expect(placesIn(translated)).toEqual(placesIn(english));
    }
  });
});
