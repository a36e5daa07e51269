import type { ContentBlock } from '../../engine/types';
import type { CitationView } from '../../protocol/turn';

/** More sources than anyone reads below an answer, and of each no more than tells what was cited. UTF-16 units. */
const MOST = 50;
const LONGEST_TITLE = 200;
const LONGEST_QUOTE = 300;

/**
 * The sources that the text of a reply cites, each once, in the order of their first mention. Citations of the Messages API: of
 * documents (`document_title`), of search results (`source`) and of pages on the web (`url`). What is of another form is left out.
 */
export function citationsIn(content: readonly ContentBlock[]): CitationView[] {
  const found = new Map<string, CitationView>();
  for (const block of content) {
    const citations: unknown = block.type === 'text' ? Reflect.get(block, 'citations') : undefined;
    if (!Array.isArray(citations)) continue;
    for (const citation of citations) {
      const view = isRecord(citation) ? viewOf(citation) : undefined;
      const key = view && `${view.title}\n${view.href ?? ''}\n${view.quote}`;
      if (view && key !== undefined && !found.has(key)) found.set(key, view);
      if (found.size === MOST) return [...found.values()];
    }
  }
  return [...found.values()];
}

function viewOf(citation: Readonly<Record<string, unknown>>): CitationView | undefined {
  const source = textIn(citation, 'url') || textIn(citation, 'source');
  const href = /^https?:\/\//i.test(source) ? source : undefined;
  const title = oneLine(
    textIn(citation, 'title') || textIn(citation, 'document_title') || source,
    LONGEST_TITLE,
  );
  const quote = oneLine(textIn(citation, 'cited_text'), LONGEST_QUOTE);
  if (title === '' && quote === '') return undefined;
  return { title, quote, ...(href === undefined ? {} : { href }) };
}

function textIn(record: Readonly<Record<string, unknown>>, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

function oneLine(text: string, longest: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
