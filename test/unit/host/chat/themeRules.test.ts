import { describe, expect, it } from 'vitest';
import { parseJsonc } from '../../../../src/host/chat/jsonc';
import { customRules, loadRules, tokenStyles } from '../../../../src/host/chat/themeRules';
import type { ThemeRule } from '../../../../src/host/chat/themeRules';
import type { TokenKind, TokenStyle } from '../../../../src/protocol/tokenColors';

function styleOf(rules: readonly ThemeRule[], kind: TokenKind): TokenStyle | undefined {
  return tokenStyles(rules).find((style) => style.kind === kind);
}

function rule(scope: string | string[], foreground: string, fontStyle?: string): ThemeRule {
  return { scope, settings: { foreground, ...(fontStyle === undefined ? {} : { fontStyle }) } };
}

describe('JSON with comments', () => {
  it('is read, and what looks like a comment or a comma in a text stays', () => {
    const text = '\uFEFF{ // note\n "a": "http://x/*y*/,}", /* more\n */ "b": [1, 2,],\n}';
    expect(parseJsonc(text)).toEqual({ a: 'http://x/*y*/,}', b: [1, 2] });
  });

  it('that is wrong is an error', () => {
    expect(() => parseJsonc('{ "a": }')).toThrow(SyntaxError);
  });
});

describe('colours of a theme', () => {
  it('go to the kinds of tokens that its scopes are about', () => {
    const rules = [rule('comment', '#00AA00', 'italic'), rule(['string', 'keyword'], '#abc')];
    expect(styleOf(rules, 'comment')).toMatchObject({ color: '#00aa00', italic: true });
    expect(styleOf(rules, 'string')?.color).toBe('#aabbcc');
    expect(styleOf(rules, 'control')?.color).toBe('#aabbcc');
    expect(styleOf(rules, 'tag')?.color).toBeUndefined();
  });

  it('are those of the most exact rule, of equal ones the last', () => {
    const rules = [
      rule('keyword.control', '#111111'),
      rule('keyword', '#222222'),
      rule('keyword.control', '#333333'),
    ];
    expect(styleOf(rules, 'control')?.color).toBe('#333333');
    expect(styleOf(rules, 'operator')?.color).toBe('#222222');
  });

  it('need all of what a rule says is around', () => {
    const rules = [
      rule('string', '#111111'),
      rule('source.python string', '#222222'),
      rule('source string', '#333333'),
      rule('meta.other constant.character.escape', '#444444'),
    ];
    expect(styleOf(rules, 'string')?.color).toBe('#333333');
    // An escape takes the colour of the string it is in.
    expect(styleOf(rules, 'escape')?.color).toBe('#333333');
  });

  it('are left out where they are no colours', () => {
    expect(styleOf([rule('comment', 'red; background: url(x)')], 'comment')?.color).toBeUndefined();
  });
});

describe('the files of a theme', () => {
  const files: Record<string, string> = {
    'themes/dark.json': '{ "include": "./base.json", "tokenColors": [{"scope": "comment", "settings": {"foreground": "#111111"}}] }',
    'themes/base.json': '{ "tokenColors": "./colors.json" }',
    'themes/colors.json': '[{"scope": "comment", "settings": {"foreground": "#222222"}}, {"scope": "string", "settings": {"foreground": "#222222"}}, {"scope": 5}]',
    'themes/loop.json': '{ "include": "./loop.json" }',
    'themes/plist.json': '{ "tokenColors": "./old.tmTheme" }',
    'themes/old.tmTheme': '<?xml version="1.0"?>',
  }; // prettier-ignore
  const read = (path: string): Promise<{ text: string; path: string }> => {
    const full = `themes/${path.replace(/^\.\//, '')}`;
    const text = files[full];
    return text === undefined
      ? Promise.reject(new Error(`no ${full}`))
      : Promise.resolve({ text, path: full });
  };

  it('are read with those they include, their own rules last', async () => {
    const rules = await loadRules('dark.json', read);
    expect(styleOf(rules, 'comment')?.color).toBe('#111111');
    expect(styleOf(rules, 'string')?.color).toBe('#222222');
    expect(rules).toHaveLength(3);
  });

  it('that include one another, or are of another form, are an error', async () => {
    await expect(loadRules('loop.json', read)).rejects.toThrow('too many files');
    await expect(loadRules('plist.json', read)).rejects.toThrow(SyntaxError);
    await expect(loadRules('missing.json', read)).rejects.toThrow('no themes/missing.json');
  });
});

describe("the user's own colours", () => {
  it('come after the theme, those for this theme last', () => {
    const setting = {
      comments: '#111111',
      keywords: { fontStyle: 'bold' },
      '[Mono*]': { comments: '#222222' },
      '[Other]': { comments: '#333333' },
      textMateRules: [{ scope: 'string', settings: { foreground: '#444444' } }],
    };
    const rules = customRules(setting, 'Monokai');
    expect(styleOf(rules, 'comment')?.color).toBe('#222222');
    expect(styleOf(rules, 'control')?.bold).toBe(true);
    expect(styleOf(rules, 'string')?.color).toBe('#444444');
  });

  it.each([undefined, null, 'red', [], { comments: 5, textMateRules: {} }])(
    'that are %o change nothing',
    (setting) => {
      expect(customRules(setting, 'Monokai')).toEqual([]);
    },
  );
});
