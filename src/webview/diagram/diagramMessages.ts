/**
 * What the panel and the frame of one diagram say to each other. Both sides check what arrives: the frame holds a big library
 * that works on a model's text.
 */

/** Colours of the editor's theme, as "#rrggbb". */
export interface DiagramTheme {
  readonly isDark: boolean;
  readonly background: string;
  readonly foreground: string;
  readonly line: string;
  readonly fill: string;
  readonly fontFamily: string;
}

export interface DrawRequest {
  readonly type: 'draw';
  readonly source: string;
  readonly theme: DiagramTheme;
}

export type FrameReport =
  /** The frame listens. */
  | { readonly type: 'ready' }
  /** The diagram is there. Sizes in CSS pixels, of the drawing at its natural size. */
  | { readonly type: 'drawn'; readonly width: number; readonly height: number }
  | { readonly type: 'failed'; readonly problem: string };

/** Longest problem that is passed on, UTF-16 units. */
const LONGEST_PROBLEM = 300;
/** No diagram is taken to be larger, CSS pixels. */
const LARGEST = 20_000;

export function parseReport(data: unknown): FrameReport | undefined {
  if (!isRecord(data)) return undefined;
  switch (data['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'drawn': {
      const { width, height } = data;
      return isSize(width) && isSize(height) ? { type: 'drawn', width, height } : undefined;
    }
    case 'failed': {
      const { problem } = data;
      if (typeof problem !== 'string') return undefined;
      return { type: 'failed', problem: problem.slice(0, LONGEST_PROBLEM) };
    }
    default:
      return undefined;
  }
}

export function parseDrawRequest(data: unknown): DrawRequest | undefined {
  if (!isRecord(data) || data['type'] !== 'draw') return undefined;
  const { source, theme } = data;
  if (typeof source !== 'string' || !isRecord(theme)) return undefined;
  const { isDark, background, foreground, line, fill, fontFamily } = theme;
  if (typeof isDark !== 'boolean' || typeof fontFamily !== 'string') return undefined;
  if (!isColour(background) || !isColour(foreground) || !isColour(line) || !isColour(fill))
    return undefined;
  return {
    type: 'draw',
    source,
    theme: { isDark, background, foreground, line, fill, fontFamily },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= LARGEST;
}

function isColour(value: unknown): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/.test(value);
}
