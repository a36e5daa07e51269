import { assertNever } from '../../../base/assertNever';
import { element } from '../../shared/dom';
import type { BlockNode, ItemNode, ListNode, QuoteNode, RowNode, TableNode } from './blockTree';
import { bringBackAll, contentOf, isSame } from '../window/parking';
import { codeBlockOf } from './codeBlock';
import { morph } from './morph';
import type { ChildList } from './openLevel';
import { PlainChildren } from './openLevel';
import type { ParseContext } from './parser';
import { Parts } from './parts';
import { listClass } from './renderBlock';
import type { BlockRenderer } from './renderBlock';

type Step = Generator<undefined, void, undefined>;

/**
 * Makes the page show exactly what a parse of the whole text says. Blocks that already do are left alone; where nothing is
 * shown yet, this is how it gets there. Stops after every small block, so that it can be spread over frames.
 */
export class Reconciler {
  readonly #renderer: BlockRenderer;
  readonly #context: ParseContext;

  constructor(renderer: BlockRenderer, context: ParseContext) {
    this.#renderer = renderer;
    this.#context = context;
  }

  *blocks(shown: ChildList, nodes: readonly BlockNode[], inItem = false): Step {
    let at = 0;
    for (const [index, node] of nodes.entries()) {
      if (node.kind === 'definition') continue;
      yield* this.#block(shown, at, node, inItem && index === 0);
      at++;
    }
    shown.truncate(at);
  }

  *#block(shown: ChildList, at: number, node: BlockNode, startsItem: boolean): Step {
    switch (node.kind) {
      case 'quote':
        return yield* this.#quote(shown, at, node);
      case 'list':
        return yield* this.#list(shown, at, node);
      case 'table':
        return yield* this.#table(shown, at, node);
      case 'code': {
        const there = shown.at(at);
        const code = there && codeBlockOf(there);
        if (code?.info === node.info) code.setContent(node.content);
        else place(shown, at, this.#renderer.block(node, this.#context));
        const placed = shown.at(at);
        if (placed) codeBlockOf(placed)?.finish();
        return yield;
      }
      case 'paragraph':
        this.#leaf(shown, at, yield* this.#renderer.paragraph(node, this.#context, startsItem));
        return yield;
      case 'heading':
      case 'rule':
      case 'footnote':
      case 'definition':
        this.#leaf(shown, at, this.#renderer.block(node, this.#context, startsItem));
        return yield;
      default:
        return assertNever(node);
    }
  }

  #leaf(shown: ChildList, at: number, fresh: Element | undefined): void {
    const there = shown.at(at);
    // What is far from the screen stays away where nothing has to be changed.
    if (there && fresh && isSame(there, fresh)) return;
    place(shown, at, fresh);
  }

  *#quote(shown: ChildList, at: number, node: QuoteNode): Step {
    let there = shown.at(at);
    if (there?.tagName !== 'BLOCKQUOTE') there = place(shown, at, element('blockquote'));
    if (there) yield* this.blocks(new Parts(there, 'blocks'), node.children);
  }

  *#list(shown: ChildList, at: number, node: ListNode): Step {
    const shell = this.#renderer.listShell(node);
    let there = shown.at(at);
    if (!there?.firstElementChild || !sameShell(there.firstElementChild, shell.firstElementChild)) {
      there = place(shown, at, shell);
    }
    if (!there) return;
    there.className = listClass(node.loose);
    const items = new Parts(there, 'list');
    for (const [index, item] of node.children.entries()) yield* this.#item(items, index, item);
    items.truncate(node.children.length);
  }

  *#item(shown: ChildList, at: number, node: ItemNode): Step {
    const there = shown.at(at) ?? place(shown, at, element('li'));
    if (there) yield* this.blocks(new PlainChildren(there), node.children, true);
  }

  *#table(shown: ChildList, at: number, node: TableNode): Step {
    const shell = this.#renderer.tableShell(node, this.#context);
    let there = shown.at(at);
    const first = there?.firstElementChild;
    const head = first && contentOf(first).querySelector(':scope > table > thead');
    head?.normalize();
    if (!head || !shell.querySelector('thead')?.isEqualNode(head)) there = place(shown, at, shell);
    if (!there) return;
    const rows = new Parts(there, 'table');
    for (const [index, row] of node.children.entries()) yield* this.#row(rows, index, row, node);
    rows.truncate(node.children.length);
  }

  *#row(shown: ChildList, at: number, row: RowNode, table: TableNode): Step {
    this.#leaf(shown, at, this.#renderer.row(row, table.aligns, this.#context));
    yield;
  }
}

/** Puts `fresh` where child `at` is, or at the end. Returns the element there. */
export function place(
  shown: ChildList,
  at: number,
  fresh: Element | undefined,
): Element | undefined {
  if (!fresh) return undefined;
  const there = shown.at(at);
  if (there) {
    bringBackAll(there);
    return morph(there, fresh);
  }
  shown.append(fresh);
  return fresh;
}

function sameShell(shown: Element, fresh: Element | null): boolean {
  return (
    shown.tagName === fresh?.tagName && shown.getAttribute('start') === fresh.getAttribute('start')
  );
}
