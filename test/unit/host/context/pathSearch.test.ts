import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathSearch, pathTable, SlicePause } from '../../../../src/host/context/pathSearch';
import { FakeClock } from '../../../helpers/fakeClock';

const signal = new AbortController().signal;

async function searchOf(paths: readonly string[]) {
  const clock = new FakeClock();
  const table = await pathTable(paths, new SlicePause(clock), signal);
  if (!table) throw new Error('aborted');
  const search = new PathSearch(table, clock);
  const find = async (query: string, bonus = new Map<string, number>()): Promise<string[]> =>
    ((await search.search(query, 50, bonus, signal)) ?? []).map(({ index }) => paths[index] ?? '');
  return { search, find };
}

describe('a search of paths', () => {
  it('puts a file’s name before its folders, and the whole name before a part', async () => {
    const { find } = await searchOf([
      'chat/index.ts',
      'src/myChat.ts',
      'src/chat.ts',
      'src/chatView.ts',
    ]);
    expect(await find('chat')).toEqual([
      'src/chat.ts',
      'src/chatView.ts',
      'src/myChat.ts',
      'chat/index.ts',
    ]);
  });

  it('finds initials at word starts before letters that lie about', async () => {
    const { find } = await searchOf(['src/accost.ts', 'src/chatSession.ts']);
    expect((await find('cse'))[0]).toBe('src/chatSession.ts');
  });

  it('takes folders with a slash, and several words in any order', async () => {
    const { find } = await searchOf([
      'host/chat/turn.ts',
      'webview/chat/turn.tsx',
      'host/status/item.ts',
    ]);
    expect(await find('host/chat')).toEqual(['host/chat/turn.ts']);
    expect(await find('turn host')).toEqual(['host/chat/turn.ts']);
    expect(await find('turn nothing')).toEqual([]);
  });

  it('prefers what was opened before', async () => {
    const { find } = await searchOf(['a/turn.ts', 'b/turn.ts']);
    expect(await find('turn')).toEqual(['a/turn.ts', 'b/turn.ts']);
    expect(await find('turn', new Map([['b/turn.ts', 20]]))).toEqual(['b/turn.ts', 'a/turn.ts']);
  });

  it('tells the places in the name, which are the letters typed', async () => {
    const { search } = await searchOf(['src/chatSession.ts']);
    expect(search.placesInName('chse', 0)).toEqual([0, 1, 4, 5]);
  });

  it('finds the same while a query grows as when it is asked at once', async () => {
    const path = fc.array(
      fc.string({
        unit: fc.constantFrom('a', 'b', 'C', '/', '.', '_', '-', '1'),
        minLength: 1,
        maxLength: 12,
      }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', ' '), minLength: 1, maxLength: 5 }),
        async (paths, query) => {
          const growing = await searchOf(paths);
          for (let n = 1; n < query.length; n++) await growing.find(query.slice(0, n));
          const fresh = await searchOf(paths);
          expect(await growing.find(query)).toEqual(await fresh.find(query));
        },
      ),
    );
  });

  it('finds everything again when the query shrinks or changes', async () => {
    const { find } = await searchOf(['a/one.ts', 'a/two.ts', 'a/three.ts', 'a/four.ts']);
    expect(await find('two')).toEqual(['a/two.ts']);
    expect(await find('thr')).toEqual(['a/three.ts']);
    expect(await find('a/t')).toEqual(['a/two.ts', 'a/three.ts', 'a/one.ts', 'a/four.ts']);
  });

  it('ends when it is aborted', async () => {
    const paths = Array.from({ length: 2_000 }, (_, index) => `src/file${index}.ts`);
    let now = 0;
    // Each look at the clock finds a slice used up.
    const clock = Object.assign(new FakeClock(), { now: () => (now += 10) });
    const table = await pathTable(paths, new SlicePause(clock), signal);
    if (!table) throw new Error('aborted');
    const stop = new AbortController();
    const search = new PathSearch(table, clock).search('file', 50, new Map(), stop.signal);
    stop.abort();
    expect(await search).toBeUndefined();
  });
});
