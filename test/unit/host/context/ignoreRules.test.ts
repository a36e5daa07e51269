import { describe, expect, it } from 'vitest';
import { IgnoreRules } from '../../../../src/host/context/ignoreRules';

function left(rules: IgnoreRules, paths: readonly string[]): string[] {
  return paths.filter((path) => !rules.ignores(path, false));
}

describe('what is left out of a folder', () => {
  it('follows nested .gitignore files, the deepest first', () => {
    const rules = new IgnoreRules([]);
    rules.add('', '*.log\n/dist/\n!keep.log\n');
    rules.add('src', '!*.log\ngenerated\n');
    expect(
      left(rules, [
        'a.log',
        'keep.log',
        'dist/a.js',
        'src/dist/a.js',
        'src/a.log',
        'src/generated/x.ts',
        'src/a.ts',
      ]),
    ).toEqual(['keep.log', 'src/dist/a.js', 'src/a.log', 'src/a.ts']);
  });

  it('lets nothing come back from an ignored folder', () => {
    const rules = new IgnoreRules([]);
    rules.add('', 'out/\n!out/keep.txt\n');
    rules.add('out', '!keep.txt\n');
    expect(left(rules, ['out/keep.txt'])).toEqual([]);
  });

  it('never shows what is git’s own', () => {
    expect(left(new IgnoreRules([]), ['.git/config', 'sub/.git/HEAD', '.gitignore'])).toEqual([
      '.gitignore',
    ]);
  });

  it('takes the globs of files.exclude: anchored, with alternatives', () => {
    const rules = new IgnoreRules(['**/node_modules', '**/*.{map,min.js}', 'build', '**/tmp/**']);
    expect(
      left(rules, [
        'a/node_modules/b/c.js',
        'x.map',
        'y.min.js',
        'y.js',
        'build/a',
        'a/build/b',
        'tmp/x',
        'a/tmp/y',
      ]),
    ).toEqual(['y.js', 'a/build/b']);
  });
});
