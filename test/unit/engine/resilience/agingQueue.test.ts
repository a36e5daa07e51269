import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgingQueue, agingPriority } from '../../../../src/engine/resilience/agingQueue';

const runs = (): Promise<unknown> => Promise.resolve();

/** The names of all that is left, in the order in which they come out. */
function drain(queue: AgingQueue, names: ReadonlyMap<unknown, string>): (string | undefined)[] {
  const order: (string | undefined)[] = [];
  for (let run = queue.dequeue(); run !== undefined; run = queue.dequeue()) {
    order.push(names.get(run));
  }
  return order;
}

describe('agingPriority', () => {
  test('is equal for a chat and for a batch task that came 45 s earlier', () => {
    expect(agingPriority('batch', 1_000)).toBe(agingPriority('chat', 46_000));
    expect(agingPriority('live', 0)).toBeGreaterThan(agingPriority('batch', 14_999 - 15_000 + 1));
  });
});

describe('AgingQueue', () => {
  test('gives out the highest priority first, equal ones as they came, whatever is removed or moved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ priority: fc.integer({ min: 0, max: 5 }), drop: fc.boolean() })),
        fc.integer({ min: 0, max: 5 }),
        (entries, moved) => {
          const queue = new AgingQueue();
          const names = new Map<unknown, string>();
          const expected: { readonly name: string; priority: number }[] = [];
          entries.forEach(({ priority }, index) => {
            const run = (): Promise<unknown> => runs();
            names.set(run, String(index));
            queue.enqueue(run, { priority, id: String(index) });
            expected.push({ name: String(index), priority });
          });
          queue.remove('no such task');
          const [first] = expected;
          if (first) {
            queue.setPriority(first.name, moved);
            first.priority = moved;
          }
          const left = expected.filter(({ name }) => entries[Number(name)]?.drop === false);
          for (const { name } of expected)
            if (!left.some((each) => each.name === name)) queue.remove(name);
          expect(queue.size).toBe(left.length);
          expect(queue.filter({ priority: moved })).toHaveLength(
            left.filter(({ priority }) => priority === moved).length,
          );
          const sorted = left.toSorted((one, other) => other.priority - one.priority);
          expect(drain(queue, names)).toEqual(sorted.map(({ name }) => name));
          expect(queue.size).toBe(0);
        },
      ),
      { seed: 3 },
    );
  });

  test('holds 50,000 and lets go of any of them', () => {
    const queue = new AgingQueue();
    const many = 50_000;
    const names = new Map<unknown, string>();
    for (let each = 0; each < many; each++) {
      const run = (): Promise<unknown> => runs();
      names.set(run, String(each));
      queue.enqueue(run, { id: String(each), priority: each % 7 });
    }
    // From the far end: a list that is searched for each would not be done within the test's time limit.
    for (let each = many - 1; each > 0; each -= 2) queue.remove(String(each));
    expect(queue.size).toBe(many / 2);
    const order = drain(queue, names).map(Number);
    expect(order.slice(0, 3)).toEqual([6, 20, 34]);
    expect(order.at(-1)).toBe(49_994);
    expect(new Set(order).size).toBe(many / 2);
  });
});
