import { describe, expect, it } from 'vitest';
import { Completer } from '../../../../src/host/context/completer';
import { PathIndex } from '../../../../src/host/context/pathIndex';
import { english } from '../../../../src/host/translate';
import { FakeClock } from '../../../helpers/fakeClock';
import { memoryFiles } from './memoryFiles';

function completerOf(contents: Record<string, string>, opened: readonly string[] = []) {
  const clock = new FakeClock();
  const files = memoryFiles(contents);
  const index = new PathIndex({ files, clock, onFault: (error) => expect(error).toBeUndefined() });
  const editors = {
    selection: () => undefined,
    openFiles: () => opened.map((path) => `file:///w/${path}`),
    recentFiles: () => [],
    diagnostics: () => [],
    symbols: async () => [
      { name: 'runAll', container: 'Suite', uri: 'file:///w/src/a.ts', line: 4 },
    ],
    symbolLines: async () => undefined,
    open: () => undefined,
    openText: () => undefined,
  };
  const completer = new Completer({ files, editors, index, clock, translate: english });
  const complete = (query: string) => completer.complete(query, new AbortController().signal);
  const sources = async (query: string) => (await complete(query)).map(({ source }) => source);
  return { complete, completer, sources, clock, index };
}
const FILES = {
  '.gitignore': 'dist\n',
  'src/problem.ts': '',
  'src/deep/turn.ts': '',
  'dist/turn.js': '',
  'turn.md': '',
};

describe('what @ offers', () => {
  it('begins with what is always there, then the files that are open', async () => {
    const { sources, index } = completerOf(FILES, ['src/deep/turn.ts']);
    const all = await sources('');
    expect(all.slice(0, 2)).toEqual(['selection', 'editors']);
    expect(all.at(-1)).toBe('file:src/deep/turn.ts');
    index.dispose();
  });

  it('filters both by what is typed, without what git ignores, and tells the places', async () => {
    const { complete, sources, index, clock } = completerOf(FILES);
    expect(await sources('probl')).toEqual(['problems', 'file:src/problem.ts']);
    expect(await sources('turn')).toEqual(['file:turn.md', 'file:src/deep/turn.ts']);
    expect((await complete('turn'))[1]).toMatchObject({
      label: 'turn.ts',
      detail: 'src/deep',
      matches: [0, 1, 2, 3],
    });
    expect(clock.pending).toBe(0);
    index.dispose();
  });

  it('goes on with folders, symbols and addresses', async () => {
    const { complete, sources, index } = completerOf(FILES);
    expect((await complete('fold'))[0]).toMatchObject({ continues: 'folder:' });
    expect(await sources('folder:')).toEqual(['folder:src']);
    expect(await sources('folder:dee')).toEqual(['folder:src/deep']);
    expect(await sources('symbol:run')).toEqual(['symbol:4:runAll:file:///w/src/a.ts']);
    expect(await sources('url:example.com/a')).toEqual(['url:https://example.com/a']);
    expect(await sources('url:x')).toEqual([]);
    index.dispose();
  });

  it('puts a file that is open before others of its name', async () => {
    const { sources, index } = completerOf(FILES, ['src/deep/turn.ts']);
    expect((await sources('turn'))[0]).toBe('file:src/deep/turn.ts');
    index.dispose();
  });

  it('has nothing to say when aborted', async () => {
    const { completer, index } = completerOf(FILES);
    expect(await completer.complete('turn', AbortSignal.abort())).toEqual([]);
    index.dispose();
  });
});
