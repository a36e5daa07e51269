import { beforeEach, describe, expect, it } from 'vitest';
import type { FilePort } from '../../../../src/host/context/contextPorts';
import { PathIndex } from '../../../../src/host/context/pathIndex';
import { FakeClock } from '../../../helpers/fakeClock';
import { memoryFiles } from './memoryFiles';

let clock: FakeClock;
let index: PathIndex;
let builds: number;
/** Something came or went. */
let change: () => void;

beforeEach(() => {
  clock = new FakeClock();
  builds = 0;
  const contents = memoryFiles({ 'a.ts': 'a', '.gitignore': '*.log\n', 'x.log': '' });
  const files: FilePort = {
    ...contents,
    find: (folder, options) => {
      if (options.include === '**/*') builds++;
      return contents.find(folder, options);
    },
    watch: (listener) => {
      change = listener;
      return { dispose: () => undefined };
    },
  };
  index = new PathIndex({ files, clock, onFault: (error) => expect(error).toBeUndefined() });
  return () => index.dispose();
});

describe('the index of paths', () => {
  it('holds what git does not ignore, built once', async () => {
    await index.ready();
    expect(index.current?.filePaths).toEqual(['a.ts', '.gitignore']);
    await index.ready();
    expect(builds).toBe(1);
  });

  it('is built again once after it was asked for, however much comes and goes meanwhile', async () => {
    await index.ready();
    void index.current;
    for (let count = 0; count < 20; count++) {
      change();
      await clock.advance(2_000);
    }
    expect(builds).toBe(2);
  });

  it('is built again when it is asked for and something has come or gone, and the old one answers until then', async () => {
    await index.ready();
    change();
    await clock.advance(10_000);
    expect(builds).toBe(1);
    expect(index.current?.filePaths).toEqual(['a.ts', '.gitignore']);
    await clock.advance(0);
    expect(builds).toBe(2);
  });
});
