import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TurnTree } from '../../../../src/host/chat/turnTree';
import type { TreeTurn } from '../../../../src/host/chat/turnTree';

function turn(id: string, ordinal: number, parentId?: string): TreeTurn {
  return { id, ordinal, parentId };
}

function path(tree: TurnTree<TreeTurn>): string {
  return tree.path.map(({ id }) => id).join(' ');
}

/** a ─ b ─ c, and beside b: d ─ e. */
const BRANCHED = [
  turn('a', 0),
  turn('b', 1, 'a'),
  turn('c', 2, 'b'),
  turn('d', 3, 'a'),
  turn('e', 4, 'd'),
];

describe('TurnTree', () => {
  it('shows the newest branch, or the one that is named', () => {
    expect(path(new TurnTree(BRANCHED, undefined))).toBe('a d e');
    expect(path(new TurnTree(BRANCHED, 'b'))).toBe('a b c');
    expect(path(new TurnTree(BRANCHED, 'gone'))).toBe('a d e');
    expect(path(new TurnTree<TreeTurn>([], 'x'))).toBe('');
  });

  it('knows the versions of a turn, and shows another one with what followed it', () => {
    const tree = new TurnTree(BRANCHED, undefined);
    const [, shown] = tree.path;
    if (!shown) throw new Error('nothing shown');
    const versions = tree.versions(shown);
    expect(versions.map(({ id }) => id)).toEqual(['b', 'd']);
    if (versions[0]) tree.show(versions[0]);
    expect(path(tree)).toBe('a b c');
    expect(tree.head).toBe('c');
  });

  it('takes a turn out with all that follows, and puts it back', () => {
    const tree = new TurnTree(BRANCHED, undefined);
    const d = tree.find('d');
    if (!d) throw new Error('not there');
    const removed = tree.remove(d);
    expect(path(tree)).toBe('a b c');
    expect(tree.head).toBeUndefined();
    tree.putBack(removed);
    expect(path(tree)).toBe('a d e');
  });

  it('takes a turn for a first question whose parent is not there or comes after it', () => {
    const tree = new TurnTree(
      [turn('a', 0), turn('b', 1, 'gone'), turn('c', 2, 'd'), turn('d', 3)],
      'c',
    );
    expect(path(tree)).toBe('c');
    expect(tree.versions(tree.path[0] ?? turn('', 0)).map(({ id }) => id)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('keeps its promises whatever is added, shown and taken out', () => {
    const step = fc.record({
      at: fc.nat(30),
      kind: fc.constantFrom('add', 'beside', 'show', 'remove', 'undo'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tree = new TurnTree<TreeTurn>([], undefined);
        let removed: readonly TreeTurn[] = [];
        for (const { at, kind } of steps) {
          const all = [...tree.all];
          const chosen = all[at % Math.max(1, all.length)];
          const next = tree.nextOrdinal;
          if (kind === 'add') tree.add(turn(`t${next}`, next, tree.last?.id));
          if (kind === 'beside') tree.add(turn(`t${next}`, next, chosen?.parentId));
          if (kind === 'show' && chosen) tree.show(chosen);
          if (kind === 'remove' && chosen) removed = tree.remove(chosen);
          if (kind === 'undo' && removed.length > 0 && removed.every(({ id }) => !tree.find(id))) {
            tree.putBack(removed);
            removed = [];
          }
          const shown = tree.path;
          // From a first question on, each after the one that it follows, to the end of a branch.
          shown.forEach((one, index) => {
            if (index > 0) expect(one.parentId).toBe(shown[index - 1]?.id);
            expect(tree.versions(one)).toContain(one);
          });
          if (tree.last) expect(tree.below(tree.last)).toEqual([tree.last]);
          expect(shown.length > 0).toBe([...tree.all].length > 0);
          // What is remembered leads back to the same path.
          expect(path(new TurnTree([...tree.all], tree.head))).toBe(path(tree));
        }
      }),
    );
  });
});
