import MarkdownIt from 'markdown-it';

/** What begins a stretch of raw HTML that only this ends, over blank lines. Source: CommonMark 0.31.2, HTML blocks 1 to 5. */
const HTML_BLOCKS: readonly (readonly [begin: RegExp, end: string])[] = [
  [/^ {0,3}<!--/u, '-->'],
  [/^ {0,3}<\?/u, '?>'],
  [/^ {0,3}<!\[CDATA\[/u, ']]>'],
  [/^ {0,3}<![A-Za-z]/u, '>'],
  [/^ {0,3}<script(?:\s|>|$)/iu, '</script>'],
  [/^ {0,3}<pre(?:\s|>|$)/iu, '</pre>'],
  [/^ {0,3}<style(?:\s|>|$)/iu, '</style>'],
  [/^ {0,3}<textarea(?:\s|>|$)/iu, '</textarea>'],
];

type Open =
  | { readonly kind: 'fence'; readonly close: string; readonly isEnd: RegExp }
  | { readonly kind: 'html'; readonly end: string };

/** Nobody waits for a parser over more than this; UTF-16 units. */
const MAX_PARSED = 500_000;
const MAY_STAY_OPEN = /```|~~~|<[!?]|<(?:script|pre|style|textarea)\b/iu;

/** Blocks alone: what a text leaves open is seen by where a heading behind it ends up. */
const parser = new MarkdownIt({ html: true });
parser.core.ruler.enableOnly(['normalize', 'block']);

/**
 * A text of markdown so that nothing behind it belongs to it: as it is where that is so, else with what it leaves open closed (a reply
 * that was cut inside of its code), and as a quote where that does not help.
 */
export function containedMarkdown(text: string): string {
  if (text.length > MAX_PARSED) return MAY_STAY_OPEN.test(text) ? quotedMarkdown(text) : text;
  if (standsAlone(text)) return text;
  const closed = closedMarkdown(text);
  return standsAlone(closed) ? closed : quotedMarkdown(text);
}

/** Whatever a quote begins ends with it. */
export function quotedMarkdown(text: string): string {
  return text
    .split(/\r?\n/u)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

function standsAlone(text: string): boolean {
  const heading = parser.parse(`${text}\n\n# x`, {}).at(-3);
  return heading?.type === 'heading_open' && heading.level === 0;
}

/** With the last fence or stretch of raw HTML closed, as far as that can be told line by line. */
function closedMarkdown(text: string): string {
  let open: Open | undefined;
  for (const line of text.split(/\r?\n/u)) open = open ? stillOpen(open, line) : opened(line);
  if (!open) return text;
  const separator = text.endsWith('\n') ? '' : '\n';
  return text + separator + (open.kind === 'fence' ? open.close : open.end);
}

function opened(line: string): Open | undefined {
  const fence = /^( {0,3})(?:(`{3,})[^`]*|(~{3,}).*)$/u.exec(line);
  if (fence) {
    const mark = fence[2] ?? fence[3] ?? '';
    const isEnd = new RegExp(`^ {0,3}${mark}${mark[0] ?? ''}*[ \\t]*$`, 'u');
    // With the same indent: inside of a list it is closed there, too.
    return { kind: 'fence', close: `${fence[1] ?? ''}${mark}`, isEnd };
  }
  for (const [begin, end] of HTML_BLOCKS) {
    const found = begin.exec(line)?.[0];
    if (found !== undefined) return stillOpen({ kind: 'html', end }, line.slice(found.length));
  }
  return undefined;
}

function stillOpen(open: Open, line: string): Open | undefined {
  if (open.kind === 'fence') return open.isEnd.test(line) ? undefined : open;
  return line.toLowerCase().includes(open.end.toLowerCase()) ? undefined : open;
}

/** A text as a block of code that nothing in it ends. */
export function fenced(code: string, language = ''): string {
  const mark = '`'.repeat(Math.max(3, longestRun(code) + 1));
  const body = code === '' || code.endsWith('\n') ? code : `${code}\n`;
  return `${mark}${language.replaceAll(/[`\s]/gu, '')}\n${body}${mark}`;
}

/** A text as code inside of a line. */
export function inlineCode(text: string): string {
  const flat = onOneLine(text);
  const mark = '`'.repeat(longestRun(flat) + 1);
  const pad = /^[` ]|[` ]$/u.test(flat) ? ' ' : '';
  return `${mark}${pad}${flat}${pad}${mark}`;
}

/** A text inside of a line that means nothing but itself. */
export function plainInline(text: string): string {
  return onOneLine(text).replaceAll(/[\\`*_<>[\]]/gu, String.raw`\$&`);
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/gu)) longest = Math.max(longest, run.length);
  return longest;
}
