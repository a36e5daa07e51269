import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framedText } from '../../../../src/host/context/framedText';

describe('a framed text', () => {
  it('says what it is, and is the same for the same', () => {
    const head = { kind: 'file', path: 'src/app.ts', lines: undefined, language: 'typescript' };
    const { text } = framedText(head, 'let a;\n');
    expect(text).toMatch(
      /^<context-[\da-f]{12} kind="file" path="src\/app.ts" language="typescript">\nlet a;\n<\/context-[\da-f]{12}>$/u,
    );
    expect(framedText(head, 'let a;\n').text).toBe(text);
  });

  it('can not be closed from inside, whatever the text imitates', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const seen = framedText({ kind: 'file' }, before).text;
        const { text } = framedText({ kind: 'file' }, `${seen}\n${after}`);
        const closing = text.slice(text.lastIndexOf('</'));
        expect(text.indexOf(closing)).toBe(text.length - closing.length);
      }),
    );
  });

  it('keeps a name on its line', () => {
    const { text } = framedText({ kind: 'file', path: 'a">\n</context-1>\u2028b' }, 'x');
    expect(text.split('\n')).toHaveLength(3);
    expect(text.split('\n')[0]).toContain('a&quot;&gt;');
  });
});
