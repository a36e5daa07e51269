import type { DiagramTheme } from './diagramMessages';

type Rgb = readonly [red: number, green: number, blue: number];

/** Colours of the editor's theme as they are on the page now. */
export function readTheme(): DiagramTheme {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const { classList } = document.body;
  const isDark = classList.contains('vscode-dark') || isDarkContrast(classList);
  const isContrast = classList.contains('vscode-high-contrast');
  const colour = (names: readonly string[], fallback: string, under?: Rgb): Rgb => {
    const variables = names.reduceRight(
      (inner, name) => `var(--vscode-${name}, ${inner})`,
      fallback,
    );
    probe.style.color = variables;
    return parseColour(getComputedStyle(probe).color, under);
  };
  const background = colour(
    ['interactive-result-editor-background-color', 'editor-background'],
    isDark ? '#1f1f1f' : '#ffffff',
  );
  const foreground = colour(['editor-foreground', 'foreground'], isDark ? '#cccccc' : '#3b3b3b');
  const line = isContrast
    ? colour(['contrastBorder'], isDark ? '#6fc3df' : '#0f4a85', background)
    : mixed(background, foreground, 0.55);
  const { fontFamily } = getComputedStyle(document.body);
  probe.remove();
  return {
    isDark,
    background: hex(background),
    foreground: hex(foreground),
    line: hex(line),
    fill: hex(isContrast ? background : mixed(background, foreground, 0.1)),
    fontFamily: fontFamily.replace(/[;{}<>]/g, ''),
  };
}

function isDarkContrast(classes: DOMTokenList): boolean {
  return (
    classes.contains('vscode-high-contrast') && !classes.contains('vscode-high-contrast-light')
  );
}

/** A computed colour: "rgb(1, 2, 3)", "rgba(1, 2, 3, 0.5)", "color(srgb 0.1 0.2 0.3 / 0.5)". What is see-through lies on `under`. */
function parseColour(text: string, under: Rgb = [128, 128, 128]): Rgb {
  const scale = text.startsWith('color(') ? 255 : 1;
  const [red = 128, green = 128, blue = 128, alpha = 1] = Array.from(
    text.matchAll(/\d*\.?\d+(?:e-?\d+)?/g),
    ([number]) => Number(number),
  );
  return mixed(under, [red * scale, green * scale, blue * scale], alpha);
}

function mixed([r, g, b]: Rgb, [red, green, blue]: Rgb, share: number): Rgb {
  const part = (from: number, to: number): number => from + (to - from) * share;
  return [part(r, red), part(g, green), part(b, blue)];
}

function hex(colour: Rgb): string {
  const pair = (value: number): string =>
    Math.round(Math.max(0, Math.min(255, value)))
      .toString(16)
      .padStart(2, '0');
  return `#${colour.map(pair).join('')}`;
}
