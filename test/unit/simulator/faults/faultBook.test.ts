import { describe, expect, it } from 'vitest';
import { FaultBook } from '../../../../src/simulator/faults/faultBook';
import type { FaultSubject } from '../../../../src/simulator/faults/faultBook';
import { parseFaults } from '../../../../src/simulator/faults/faultSpec';
import { Random } from '../../../../src/simulator/random';

function subject(asked: string, changes: Partial<FaultSubject> = {}): FaultSubject {
  return {
    endpoint: 'messages',
    conversation: 'one',
    asked: parseFaults(asked),
    random: new Random(1),
    ...changes,
  };
}

function kinds(book: FaultBook, of: FaultSubject): string[] {
  return book.choose(of).map(({ text }) => text);
}

describe('FaultBook', () => {
  it('lets the request after N failures through, and starts again', () => {
    const book = new FaultBook([]);
    const met = Array.from({ length: 6 }, () => book.choose(subject('overload times=2')).length);
    expect(met).toEqual([1, 1, 0, 1, 1, 0]);
  });

  it('counts each conversation by itself', () => {
    const book = new FaultBook([]);
    expect(book.choose(subject('overload times=1'))).toHaveLength(1);
    expect(book.choose(subject('overload times=1', { conversation: 'two' }))).toHaveLength(1);
    expect(book.choose(subject('overload times=1'))).toHaveLength(0);
  });

  it('gives scripted faults to the next requests, one each', () => {
    const book = new FaultBook([]);
    book.addNext(['overload', undefined, 'reset']);
    const met = Array.from({ length: 4 }, () => kinds(book, subject('')));
    expect(met).toEqual([['overload'], [], ['reset'], []]);
  });

  it('keeps general faults from other endpoints unless their scope is all', () => {
    const book = new FaultBook([]);
    book.setAlways('overload; html scope=all');
    expect(kinds(book, subject(''))).toEqual(['overload', 'html scope=all']);
    expect(kinds(book, subject('', { endpoint: 'other' }))).toEqual(['html scope=all']);
    book.setAlways(undefined);
    expect(kinds(book, subject(''))).toEqual([]);
  });

  it('meets a rate over many requests, the same ones with the same seed', () => {
    const book = new FaultBook([{ rate: 0.2, fault: 'overload' }]);
    const run = (): number[] =>
      Array.from(
        { length: 1_000 },
        (_, index) => book.choose(subject('', { random: new Random(index) })).length,
      );
    const first = run();
    expect(run()).toEqual(first);
    const failed = first.filter((count) => count === 1).length;
    expect(failed).toBeGreaterThan(150);
    expect(failed).toBeLessThan(250);
  });
});
