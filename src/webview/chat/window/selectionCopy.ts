import { toDisposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { isField } from '../../shared/dom';
import { formulaOf } from '../markdown/formula';
import type { Panel } from '../panel';
import { turnText } from './conversationText';
import { SelectedText } from './selectedText';
import type { Boundary } from './selectedText';

/** One end of the selection: a turn, and where in it; the whole of it without `at`. */
interface End {
  readonly index: number;
  readonly at: Boundary | undefined;
}

/**
 * Copies what is selected in the conversation, also across turns that are not in the page, and Ctrl+A (Cmd+A) selects all of it.
 * `content` holds the turns and gaps.
 */
export function handleSelection(
  scroller: HTMLElement,
  content: HTMLElement,
  panel: Panel,
): DisposableLike {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey === event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== 'a' || isField(event.target)) return;
    event.preventDefault();
    document.getSelection()?.selectAllChildren(content);
  };
  const onCopy = (event: ClipboardEvent): void => {
    if (event.defaultPrevented || isField(event.target)) return;
    const range = selectedRange(content);
    const copied = range && copiedFrom(range, content, panel);
    if (!copied || copied.text === '') return;
    event.clipboardData?.setData('text/plain', copied.text);
    if (copied.html !== undefined) event.clipboardData?.setData('text/html', copied.html);
    event.preventDefault();
  };
  scroller.addEventListener('keydown', onKey);
  document.addEventListener('copy', onCopy);
  return toDisposable(() => {
    scroller.removeEventListener('keydown', onKey);
    document.removeEventListener('copy', onCopy);
  });
}

interface Copied {
  readonly text: string;
  /** For programs that keep bold and lists, where all of it is in the page. */
  readonly html: string | undefined;
}

function copiedFrom(range: Range, content: HTMLElement, panel: Panel): Copied | undefined {
  const { turns } = panel.store;
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const start = endAt({ node: startContainer, offset: startOffset }, content, panel, true);
  const end = endAt({ node: endContainer, offset: endOffset }, content, panel, false);
  if (start.index === end.index && start.at && end.at) {
    const element = elementOf(content, turns[start.index]?.id);
    // Figures, names of files and errors are copied as the browser does.
    if (!element || !touchesText(range, element)) return undefined;
    const text = new SelectedText(start.at, end.at).of(element);
    return { text, html: htmlOf(range) };
  }
  const texts: string[] = [];
  for (let index = start.index; index <= end.index; index++) {
    const turn = turns[index];
    if (!turn) continue;
    const from = index === start.index ? start.at : undefined;
    const to = index === end.index ? end.at : undefined;
    const element = from || to ? elementOf(content, turn.id) : undefined;
    texts.push(element ? new SelectedText(from, to).of(element) : turnText(panel, turn));
  }
  return { text: texts.filter((text) => text !== '').join('\n\n'), html: undefined };
}

function selectedRange(content: HTMLElement): Range | undefined {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  return range.intersectsNode(content) ? range : undefined;
}

/** Which turn a place is in. Outside of the conversation and in gaps it is the first or last that is there. */
function endAt(at: Boundary, content: HTMLElement, panel: Panel, isStart: boolean): End {
  const { turns } = panel.store;
  const children = [...content.children];
  const child = children.find((one) => one.contains(at.node));
  const index = turns.findIndex(({ id }) => id === idOf(child));
  if (index >= 0) return { index, at };
  const place = child ? children.indexOf(child) : at.node === content ? at.offset : -1;
  if (place < 0) return { index: isStart ? 0 : turns.length - 1, at: undefined };
  // All turns before the place are above it, gaps count with what follows them.
  const before = children.slice(0, place).findLast((one) => idOf(one) !== undefined);
  const after = children
    .slice(child && !isStart ? place + 1 : place)
    .find((one) => idOf(one) !== undefined);
  if (isStart)
    return { index: turns.findIndex(({ id }) => id === idOf(before)) + 1, at: undefined };
  const next = turns.findIndex(({ id }) => id === idOf(after));
  return { index: (next < 0 ? turns.length : next) - 1, at: undefined };
}

function idOf(element: Element | undefined): string | undefined {
  return element instanceof HTMLElement ? element.dataset['turn'] : undefined;
}

function elementOf(content: HTMLElement, id: string | undefined): Element | undefined {
  return [...content.children].find((child) => id !== undefined && idOf(child) === id);
}

function touchesText(range: Range, turn: Element): boolean {
  const texts = [...turn.querySelectorAll('.question-text, .markdown')];
  return texts.some((text) => range.intersectsNode(text));
}

function htmlOf(range: Range): string | undefined {
  const { commonAncestorContainer: common } = range;
  const root = common instanceof Element ? common : common.parentElement;
  const away = [...(root?.querySelectorAll('.away') ?? [])];
  if (away.some((unit) => range.intersectsNode(unit))) return undefined;
  const formulas = [...(root?.querySelectorAll('.formula') ?? [])].filter((formula) =>
    range.intersectsNode(formula),
  );
  const holder = document.createElement('div');
  holder.append(range.cloneContents());
  for (const [index, copy] of holder.querySelectorAll('.formula').entries()) {
    const formula = formulas[index];
    copy.replaceWith((formula && formulaOf(formula)?.source) ?? copy.textContent);
  }
  for (const ours of holder.querySelectorAll('button, .code-head, .visually-hidden')) ours.remove();
  for (const element of holder.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) {
      if (!['href', 'start', 'colspan'].includes(name)) element.removeAttribute(name);
    }
  }
  return holder.innerHTML;
}
