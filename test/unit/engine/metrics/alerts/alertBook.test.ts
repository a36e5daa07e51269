import { beforeEach, describe, expect, it } from 'vitest';
import { AlertBook } from '../../../../../src/engine/metrics/alerts/alertBook';
import type { SavedAlerts } from '../../../../../src/engine/metrics/alerts/alertBook';
import type { Condition } from '../../../../../src/engine/metrics/alerts/condition';
import { FakeClock } from '../../../../helpers/fakeClock';

type Kind = Condition['state']['kind'];

const rule = {
  id: 'mine',
  metric: 'errorShare',
  window: 'fiveMinutes',
  side: 'above',
  limit: 0.25,
} as const;
let clock: FakeClock;
let book: AlertBook;

beforeEach(() => {
  clock = new FakeClock();
  book = new AlertBook(clock, undefined);
});

function condition(kind: Kind, value = 0.5, more: Partial<Condition> = {}): Condition {
  const detail = {
    kind: 'threshold',
    rule,
    model: undefined,
    value,
    ratioOf: undefined,
    breakers: [],
  } as const;
  const state = kind === 'crossed' || kind === 'between' ? { kind, detail } : { kind };
  return { key: 'mine', level: 'warning', forMs: 0, state, ...more };
}

/** Looks once and says what was told. */
function look(...conditions: Condition[]): string[] {
  return book.evaluate(conditions).map(({ kind, alert }) => `${kind} ${alert.key}`);
}

describe('AlertBook', () => {
  it('tells once that an alert is raised, and once that it is cleared', () => {
    expect(look(condition('between'))).toEqual([]);
    expect(look(condition('crossed'))).toEqual(['raised mine']);
    expect(look(condition('crossed'))).toEqual([]);
    expect(look(condition('between'))).toEqual([]);
    expect(look(condition('crossed'))).toEqual([]);
    expect(look(condition('clear'))).toEqual(['cleared mine']);
    expect(look(condition('clear'))).toEqual([]);
    expect(book.active).toEqual([]);
  });

  it('tells one again that was snoozed, also when its figure is not known just then', async () => {
    look(condition('crossed', 0.5));
    book.snooze('mine', 60_000);
    await clock.advance(60_000);
    expect(look(condition('unknown'))).toEqual(['reminded mine']);
    expect(book.active).toMatchObject([{ snoozedUntil: undefined, detail: { value: 0.5 } }]);
  });

  it('keeps since when it is there, with the value of now', async () => {
    look(condition('crossed', 0.5));
    await clock.advance(60_000);
    look(condition('between', 0.24));
    expect(book.active).toMatchObject([{ since: clock.wallStart, detail: { value: 0.24 } }]);
  });

  it('raises one that has to last only when it has lasted, without a break', async () => {
    const lasting = (kind: Kind) => condition(kind, 0.5, { forMs: 60_000 });
    expect(look(lasting('crossed'))).toEqual([]);
    await clock.advance(59_000);
    expect(book.nextInMs).toBe(1_000);
    expect(look(lasting('between'))).toEqual([]);
    expect(book.nextInMs).toBeUndefined();
    expect(look(lasting('crossed'))).toEqual([]);
    await clock.advance(60_000);
    expect(look(lasting('crossed'))).toEqual(['raised mine']);
  });

  it('leaves an alert that nothing can be told of, and clears one that is not looked at any more', () => {
    look(condition('crossed'));
    expect(look(condition('unknown'))).toEqual([]);
    expect(book.active).toHaveLength(1);
    expect(look()).toEqual(['cleared mine']);
  });

  it('reminds of a snoozed one that is still there, and of none that is not', async () => {
    look(condition('crossed'));
    book.snooze('mine', 60_000);
    expect(book.active).toMatchObject([{ snoozedUntil: clock.wallStart + 60_000 }]);
    expect(book.nextInMs).toBe(60_000);
    await clock.advance(59_999);
    expect(look(condition('crossed'))).toEqual([]);
    await clock.advance(1);
    expect(look(condition('crossed'))).toEqual(['reminded mine']);
    expect(book.active).toMatchObject([{ snoozedUntil: undefined }]);
    book.snooze('mine', 60_000);
    look(condition('clear'));
    await clock.advance(60_000);
    expect(look(condition('clear'))).toEqual([]);
  });

  it('does not tell of one that comes again while it is snoozed', () => {
    look(condition('crossed'));
    book.snooze('mine', 60_000);
    expect(look(condition('clear'))).toEqual(['cleared mine']);
    expect(look(condition('crossed'))).toEqual([]);
    expect(book.active).toHaveLength(1);
  });

  describe('after a reload', () => {
    let saved: SavedAlerts;

    beforeEach(() => {
      look(condition('crossed'));
      book.snooze('other', 60_000);
      saved = book.saved;
      book = new AlertBook(clock, saved);
    });

    it('tells nothing again that is still there, crossed or not quite, and says since when', async () => {
      await clock.advance(5_000);
      expect(look(condition('unknown'))).toEqual([]);
      expect(book.saved).toEqual(saved);
      expect(look(condition('between'))).toEqual([]);
      expect(book.active).toMatchObject([{ key: 'mine', since: clock.wallStart }]);
      expect(look(condition('clear'))).toEqual(['cleared mine']);
    });

    it('forgets what is not there any more', () => {
      expect(look(condition('clear'))).toEqual([]);
      expect(look(condition('crossed'))).toEqual(['raised mine']);
    });

    it('still snoozes', () => {
      const other = condition('crossed', 1, { key: 'other' });
      expect(look(condition('crossed'), other)).toEqual([]);
      expect(book.active.map(({ key }) => key)).toEqual(['mine', 'other']);
    });
  });
});
