import { describe, expect, it } from 'vitest';
import type { LineTokenizer } from '../../../../../src/webview/chat/highlight/highlightQueue';
import { languageNamed, loadGrammars } from '../../../../../src/webview/chat/highlight/languages';
import { ShikiTokenizers } from '../../../../../src/webview/chat/highlight/shikiTokenizers';

const JSON_LINES = ['{', '  "name": "pulse", // no', '  "size": [1, true, null]', '}'];

function coloursOf(tokenizer: LineTokenizer, lines: string[], timeLeft: () => boolean): string[] {
  let state = tokenizer.initial;
  return lines.map((text) => {
    for (let attempt = 0; attempt < 5_000; attempt++) {
      const line = tokenizer.line(text, state, timeLeft);
      if (!line) continue;
      state = line.state;
      return line.spans
        .map(({ start, end, className }) => `${text.slice(start, end)}=${className}`)
        .join(' ');
    }
    throw new Error('expected the grammar to get ready');
  });
}

describe('the highlighter', () => {
  it('names kinds of tokens by classes', async () => {
    const tokenizer = await new ShikiTokenizers().load('json');
    const colours = coloursOf(tokenizer, JSON_LINES, () => true);
    expect(colours[1]).toContain('name=tok-property');
    expect(colours[1]).toContain('"pulse"=tok-string');
    expect(colours[2]).toContain('1=tok-number');
    expect(colours[2]).toContain('true=tok-constant');
  });

  it('gives the same colours when it is interrupted after every step', async () => {
    const patient = await new ShikiTokenizers().load('yaml');
    const hurried = await new ShikiTokenizers().load('yaml');
    const lines = ['# comment', 'key: "text"', 'list:', '  - 1', '  - |', '    block', 'end: true'];
    expect(coloursOf(hurried, lines, () => false)).toEqual(coloursOf(patient, lines, () => true));
  });

  it('leaves very long lines plain and goes on after them', async () => {
    const tokenizer = await new ShikiTokenizers().load('json');
    const colours = coloursOf(tokenizer, [`"${'x'.repeat(3_000)}"`, '1'], () => true);
    expect(colours).toEqual(['', '1=tok-number']);
  });
});

describe('names of languages', () => {
  it.each([
    ['ts', 'typescript'],
    ['js', 'javascript'],
    ['jsx', 'javascript'],
    ['sh', 'shellscript'],
    ['py', 'python'],
    ['yml', 'yaml'],
    ['c++', 'c'],
    ['src/app.tsx', 'tsx'],
    ['dockerfile', 'docker'],
  ])('%s is %s', (label, language) => {
    expect(languageNamed(label)).toBe(language);
  });

  it.each(['', 'klingon', 'constructor', '__proto__', 'toString'])('%s is none', (label) => {
    expect(languageNamed(label)).toBeUndefined();
  });

  it('bring no grammar that is not offered by itself', async () => {
    const names = (await loadGrammars('ruby')).map((grammar) => grammar.name);
    expect(names).toContain('ruby');
    expect(names).not.toContain('cpp');
  });
});
