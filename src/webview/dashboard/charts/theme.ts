import { useEffect, useState } from 'preact/hooks';
import type { ColorName } from './spec';

/** What is drawn on a canvas can't read style sheets: the colours and the font in use, as they are now. */
export interface Theme {
  readonly colors: Readonly<Record<ColorName, string>>;
  readonly text: string;
  readonly lines: string;
  readonly marks: string;
  readonly font: string;
}

/** VS Code's variables for each colour, and what stands in where a theme has none. */
const COLORS: Readonly<Record<ColorName, readonly [variable: string, fallback: string]>> = {
  blue: ['--vscode-charts-blue', '#3794ff'],
  green: ['--vscode-charts-green', '#4a9f48'],
  orange: ['--vscode-charts-orange', '#d18616'],
  red: ['--vscode-charts-red', '#f14c4c'],
  purple: ['--vscode-charts-purple', '#b180d7'],
  yellow: ['--vscode-charts-yellow', '#cca700'],
  teal: ['--vscode-terminal-ansiCyan', '#11a8cd'],
  gray: ['--vscode-descriptionForeground', '#8a8a8a'],
};

function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (variable: string, fallback: string): string => {
    const value = style.getPropertyValue(variable).trim();
    return value === '' ? fallback : value;
  };
  const opaqueColor = (name: ColorName): string => opaque(color(...COLORS[name]));
  return {
    colors: {
      blue: opaqueColor('blue'),
      green: opaqueColor('green'),
      orange: opaqueColor('orange'),
      red: opaqueColor('red'),
      purple: opaqueColor('purple'),
      yellow: opaqueColor('yellow'),
      teal: opaqueColor('teal'),
      gray: opaqueColor('gray'),
    },
    text: color('--vscode-descriptionForeground', '#8a8a8a'),
    lines: color('--vscode-charts-lines', 'rgba(128, 128, 128, 0.5)'),
    marks: color('--vscode-foreground', '#8a8a8a'),
    font: `11px ${style.fontFamily === '' ? 'sans-serif' : style.fontFamily}`,
  };
}

/** Some of VS Code's chart colours let the ground shine through: a thin line would hardly be seen. */
export function opaque(color: string): string {
  if (/^#[\da-f]{8}$/iu.test(color)) return color.slice(0, 7);
  const [, channels] = /^rgba\((.+),[^,]+\)$/u.exec(color) ?? [];
  return channels === undefined ? color : `rgb(${channels})`;
}

/** The theme, read again when VS Code changes it. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => {
      const now = readTheme();
      setTheme((held) => (JSON.stringify(held) === JSON.stringify(now) ? held : now));
    });
    const filter = { attributes: true, attributeFilter: ['class', 'style'] };
    observer.observe(document.documentElement, filter);
    observer.observe(document.body, filter);
    return () => observer.disconnect();
  }, []);
  return theme;
}
