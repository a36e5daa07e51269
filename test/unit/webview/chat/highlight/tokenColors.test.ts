// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { TOKEN_KINDS } from '../../../../../src/protocol/tokenColors';
import { classOfColour, theme } from '../../../../../src/webview/chat/highlight/theme';
import { showTokenColors } from '../../../../../src/webview/chat/highlight/tokenColors';

const { style } = document.body;

describe('colours of code', () => {
  it('are those of the theme, on all code at once', () => {
    showTokenColors([
      { kind: 'comment', color: '#112233', bold: false, italic: true, underline: false },
      { kind: 'keyword', bold: true, italic: false, underline: true },
    ]);
    expect(style.getPropertyValue('--theme-comment')).toBe('#112233');
    expect(style.getPropertyValue('--theme-comment-style')).toBe('italic');
    expect(style.getPropertyValue('--theme-keyword')).toBe('inherit');
    expect(style.getPropertyValue('--theme-keyword-weight')).toBe('bold');
    expect(style.getPropertyValue('--theme-keyword-line')).toBe('underline');
    expect(style.getPropertyValue('--theme-string')).toBe('');
  });

  it('are those of the style sheet where the theme can not be read', () => {
    showTokenColors([
      { kind: 'comment', color: '#112233', bold: false, italic: true, underline: false },
    ]);
    showTokenColors([]);
    expect(style.length).toBe(0);
  });

  it('have a class for every kind that the highlighter tells apart', () => {
    const classes = theme.settings.map(({ settings }) => classOfColour(settings.foreground));
    const known = new Set(TOKEN_KINDS.map((kind) => `tok-${kind}`));
    const named = classes.filter((name) => name !== undefined);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
