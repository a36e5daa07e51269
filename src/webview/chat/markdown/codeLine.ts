import { element } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type { ColourSpan } from '../highlight/highlightQueue';

/** Longer lines are not shown to their end, UTF-16 units: a browser lays out a line as a whole. */
const LONGEST_SHOWN = 10_000;

/** Shows a line of code; of a very long one only the beginning, as the editor does: its copy button has all of it. */
export function fillLine(line: HTMLElement, settled: string, text: string): void {
  const end = text.endsWith('\n') ? '\n' : '';
  const more = settled.length + text.length - end.length - LONGEST_SHOWN;
  if (more <= 0) {
    line.textContent = settled + text;
    return;
  }
  let rest = line.querySelector('.line-rest');
  if (!rest) {
    rest = element('span', 'line-rest');
    line.replaceChildren((settled + text).slice(0, LONGEST_SHOWN), rest, end);
  }
  rest.textContent = strings.codeLineRest(more);
}

/** Colours a line whose text is `text`. */
export function showColours(line: HTMLElement, text: string, spans: readonly ColourSpan[]): void {
  if (spans.length === 0) return;
  const coloured = document.createDocumentFragment();
  let at = 0;
  for (const { start, end, className } of spans) {
    if (start > at) coloured.append(text.slice(at, start));
    coloured.append(element('span', className, text.slice(start, end)));
    at = end;
  }
  coloured.append(text.slice(at));
  line.replaceChildren(coloured);
}
