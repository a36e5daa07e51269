import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { packagesIn, staticClosure } from '../../scripts/lib/metafiles.mjs';

const output = (
  imports: Metafile['outputs'][string]['imports'],
  inputs: Record<string, { bytesInOutput: number }> = {},
): Metafile['outputs'][string] => ({ bytes: 1, imports, exports: [], inputs });

const metafile: Metafile = {
  inputs: {},
  outputs: {
    'dist/extension.js': output([
      { path: 'dist/chunks/shared.js', kind: 'import-statement' },
      { path: 'dist/chunks/late.js', kind: 'dynamic-import' },
      { path: 'vscode', kind: 'import-statement', external: true },
    ]),
    'dist/chunks/shared.js': output([{ path: 'dist/chunks/deep.js', kind: 'import-statement' }]),
    'dist/chunks/deep.js': output([{ path: 'dist/chunks/shared.js', kind: 'import-statement' }]),
    'dist/chunks/late.js': output([], {
      'node_modules/@scope/a/node_modules/b/index.js': { bytesInOutput: 10 },
      'node_modules/@scope/a/index.js': { bytesInOutput: 10 },
      'node_modules/shaken-away/index.js': { bytesInOutput: 0 },
      'src/late.ts': { bytesInOutput: 10 },
    }),
  },
};

describe('what activation loads', () => {
  it('is the entry and all that it imports statically, at any depth', () => {
    expect([...staticClosure(metafile, 'dist/extension.js')].toSorted()).toEqual([
      'dist/chunks/deep.js',
      'dist/chunks/shared.js',
      'dist/extension.js',
    ]);
  });

  it('is asked about an output that exists', () => {
    expect(() => staticClosure(metafile, 'dist/other.js')).toThrow('dist/other.js');
  });
});

describe('the packages of a bundle', () => {
  it('are those with code in it, nested ones by themselves', () => {
    expect([...packagesIn(metafile)].toSorted()).toEqual([
      'node_modules/@scope/a',
      'node_modules/@scope/a/node_modules/b',
    ]);
  });

  it('can be asked for some outputs only', () => {
    const activation = staticClosure(metafile, 'dist/extension.js');
    expect([...packagesIn(metafile, activation)]).toEqual([]);
  });
});
