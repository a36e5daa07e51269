import type { Token } from 'markdown-it';
import { element, icon } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type { FormulaFactory } from './formula';

const TAGS = new Map<string, 'em' | 'strong' | 's'>([
  ['em_open', 'em'],
  ['strong_open', 'strong'],
  ['s_open', 's'],
]);

/** Whether a destination may become a link: everything else in a reply is only text. */
export function isSafeLink(href: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(href);
}

/** Inline tokens as nodes. Text reaches the page only as text. */
export function renderInline(
  tokens: readonly Token[],
  makeFormula: FormulaFactory,
): DocumentFragment {
  const root = document.createDocumentFragment();
  const open: Node[] = [root];
  for (const token of tokens) {
    const parent = open.at(-1) ?? root;
    if (token.nesting < 0) {
      if (open.length > 1) open.pop();
      continue;
    }
    const node = inlineNode(token, makeFormula);
    parent.appendChild(node);
    if (token.nesting > 0) open.push(node);
  }
  return root;
}

function inlineNode(token: Token, makeFormula: FormulaFactory): Node {
  switch (token.type) {
    case 'text':
      return document.createTextNode(token.content);
    case 'softbreak':
      return document.createTextNode('\n');
    case 'hardbreak':
      return document.createElement('br');
    case 'code_inline':
      return element('code', '', token.content);
    case 'link_open':
      return link(String(token.attrGet('href') ?? ''), String(token.attrGet('title') ?? ''));
    case 'image':
      return imageLink(token);
    case 'math':
      return makeFormula(token.content, token.markup);
    case 'footnote_ref':
      return footnoteReference(Number(token.meta?.['number']));
    default:
      return document.createElement(TAGS.get(token.type) ?? 'span');
  }
}

function link(href: string, title: string): HTMLElement {
  const shown = title === '' ? href : `${title}\n${href}`;
  if (!isSafeLink(href)) {
    const plain = element('span', 'not-a-link');
    plain.title = shown;
    return plain;
  }
  const made = element('a');
  made.href = href;
  made.title = shown;
  return made;
}

/** An image would be loaded from where the reply says: it is shown as a link to there. */
function imageLink(token: Token): HTMLElement {
  const source = String(token.attrGet('src') ?? '');
  const made = link(source, String(token.attrGet('title') ?? ''));
  made.append(icon('file-media'), ' ', token.content === '' ? strings.image : plainText(token));
  return made;
}

function footnoteReference(number: number): HTMLElement {
  const button = element('button', 'footnote-ref', String(number));
  button.type = 'button';
  button.ariaLabel = strings.footnoteReference(number);
  button.dataset['footnote'] = String(number);
  return element('sup', '', button);
}

function plainText(token: Token): string {
  const parts = token.children?.map((child) =>
    child.type === 'softbreak' ? ' ' : child.children ? plainText(child) : child.content,
  );
  return parts?.join('') ?? token.content;
}
