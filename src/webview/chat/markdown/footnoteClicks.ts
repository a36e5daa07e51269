import { bringBack, contentOf } from '../window/parking';

/** Goes from a footnote's number in the text to the footnote, and back; `false` where the click is on neither. */
export function footnoteClick(target: Element): boolean {
  const reference = target.closest<HTMLElement>('.footnote-ref');
  const back = target.closest('.footnote-back')?.closest<HTMLElement>('.footnote');
  const number = (reference ?? back)?.dataset['footnote'];
  const body = target.closest('.markdown');
  if (!body || number === undefined) return false;
  // Definitions come last, references early.
  const found = reference
    ? find(body, `.footnote[data-footnote="${number}"]`, true)
    : find(body, `.footnote-ref[data-footnote="${number}"]`, false);
  found?.scrollIntoView({ block: 'nearest' });
  found?.focus({ preventScroll: true });
  return true;
}

/** The first or last match, brought back into the page if it is away. */
function find(root: Element, selector: string, fromEnd: boolean): HTMLElement | undefined {
  const content = contentOf(root);
  const matches = [...content.querySelectorAll<HTMLElement>(`${selector}, .away`)];
  if (fromEnd) matches.reverse();
  for (const match of matches) {
    const found = match.matches(selector) ? match : find(match, selector, fromEnd);
    if (!found) continue;
    if (root instanceof HTMLElement) bringBack(root);
    return found;
  }
  return undefined;
}
