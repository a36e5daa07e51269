import { codeBlockOf } from '../markdown/codeBlock';
import { Parts } from '../markdown/parts';
import type { Panel } from '../panel';
import type { TurnModel } from '../turnModel';
import { bringIntoView } from '../window/bringIntoView';
import type { Screen } from '../window/bringIntoView';
import { drawNow } from '../window/drawNow';
import type { Hit, TurnPart } from './findIndex';
import type { Origin } from './findSearch';
import { bringMatch, rangesIn } from './pageText';

/** A text that is still written may be in other blocks on the page than a whole parse says: so far around is looked, too. */
const NEIGHBOURS = [0, -1, 1, -2, 2] as const;

/** Brings a hit into the page and into sight, opening what it is in. `undefined` where the page does not show it. */
export function reveal(panel: Panel, screen: Screen, hit: Hit, pattern: RegExp): Range | undefined {
  const turn = panel.store.turns.find(({ id }) => id === hit.turnId);
  if (!turn) return undefined;
  if (!screen.window.elementOf(turn.id)) screen.window.goTo({ turnId: turn.id, offset: 0 });
  if (hit.part === 'thinking') drawNow(() => turn.ui.set({ isThinkingOpen: true }));
  const find = (): Range | undefined => {
    const root = rootOf(screen, turn, hit.part);
    const range = root ? rangeIn(root, hit, pattern) : undefined;
    if (range) openCode(range);
    return range;
  };
  if (hit.part === 'question' && isCut(find()))
    drawNow(() => turn.ui.set({ isQuestionOpen: true }));
  return bringIntoView(screen, find);
}

/** Where a hit is on the page, if it is there now. */
export function rangeOnPage(
  panel: Panel,
  screen: Screen,
  { turnId, part, block, index }: Hit,
  pattern: RegExp,
): Range | undefined {
  const turn = panel.store.turns.find(({ id }) => id === turnId);
  const root = turn && rootOf(screen, turn, part);
  const element = part === 'question' ? root : root && new Parts(root, 'blocks').inPage(block);
  return element ? rangesIn(element, pattern, index + 1).at(index) : undefined;
}

/** Where the reader is, as a place among hits. */
export function originAt(
  { scroller, window }: Screen,
  turns: readonly TurnModel[],
): Origin | undefined {
  const turn = turns[window.topIndex];
  if (!turn) return undefined;
  const top = scroller.getBoundingClientRect().top;
  const answer = turn.answer.element;
  if (!answer || answer.getBoundingClientRect().top >= top) {
    return { turnId: turn.id, part: 'question', block: 0 };
  }
  const shown = window.anchorElement;
  const block = shown && answer.contains(shown) ? new Parts(answer, 'blocks').indexOf(shown) : 0;
  return { turnId: turn.id, part: 'answer', block: Math.max(0, block) };
}

/** The elements of a turn's texts that are in the page. */
export function rootsIn(content: Element): readonly Element[] {
  return [
    ...content.querySelectorAll('.question-text, .thinking-text > .markdown, .answer > .markdown'),
  ];
}

function rootOf({ window }: Screen, turn: TurnModel, part: TurnPart): Element | null | undefined {
  const element = window.elementOf(turn.id);
  if (part === 'answer') return turn.answer.element;
  return element?.querySelector(
    part === 'question' ? '.question-text' : '.thinking-text > .markdown',
  );
}

function rangeIn(root: Element, { part, block, index }: Hit, pattern: RegExp): Range | undefined {
  if (part === 'question') return bringMatch(root, pattern, index);
  const blocks = new Parts(root, 'blocks');
  for (const away of NEIGHBOURS) {
    const element = blocks.bring(block + away);
    const range = element && bringMatch(element, pattern, index);
    if (range) return range;
  }
  return undefined;
}

/** Long code is folded, and that of a diagram is not shown. */
function openCode(range: Range): void {
  const holder = range.startContainer.parentElement?.closest('.code-block');
  const block = holder && codeBlockOf(holder);
  if (block?.isFolded === true) block.setFolded(false);
  if (holder?.classList.contains('drawn') === true) block?.setSourceShown(true);
}

/** Long questions are shown cut until somebody opens them. */
function isCut(range: Range | undefined): boolean {
  const box = range?.startContainer.parentElement;
  if (!range || !box) return false;
  return range.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom + 1;
}
