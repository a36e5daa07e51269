/** What may stand around a quotation in an instruction. */
const OPENING = /["“”'‘`«>「]/g;
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '”': '”',
  "'": "'",
  '‘': '’',
  '`': '`',
  '«': '»',
  '>': '<',
  '「': '」',
};
const ASKS_TO_BEGIN = /\b(?:begin|start|repeat|repeating|starting|beginning|first)\b/i;
const SHORTEST = 3;
const LONGEST = 2_000;
const MOST_QUOTES = 60;

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** A quotation that was written as JSON, as it was before. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  try {
    const parsed: unknown = JSON.parse(`"${text}"`);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}

/**
 * The last words of `written` that the instruction quotes and wants to see repeated first; the longest where it quotes several.
 * White space may differ. `undefined` when there are none.
 */
export function anchorIn(instruction: string, written: string): string | undefined {
  if (!ASKS_TO_BEGIN.test(instruction)) return undefined;
  const end = squeezed(written.slice(-LONGEST * 2));
  let anchor: string | undefined;
  for (const { 0: opening, index } of [...instruction.matchAll(OPENING)].slice(0, MOST_QUOTES)) {
    const closing = CLOSING[opening] ?? opening;
    let close = instruction.indexOf(closing, index + 1);
    for (; close > 0 && close - index <= LONGEST; close = instruction.indexOf(closing, close + 1)) {
      const quoted = instruction.slice(index + 1, close);
      if (quoted.trim().length < SHORTEST) continue;
      for (const text of [quoted, unescaped(quoted)]) {
        const fits = end.endsWith(squeezed(text));
        if (fits && text.length > (anchor?.length ?? 0)) anchor = text;
      }
    }
  }
  return anchor;
}
