import { describe, expect, it } from 'vitest';
import { newFileName } from '../../../../src/host/codeActions/newFileName';
import { safePath } from '../../../../src/host/workspacePath';

describe('the name of a new file', () => {
  it.each([
    ['class Cart {}', 'ts', 'src/cart.ts', 'src/cart.ts'],
    ['export abstract class Cart {}', 'typescript', undefined, 'Cart.ts'],
    ['print(1)', 'python', undefined, 'untitled.py'],
    ['FROM node', 'dockerfile', undefined, 'Dockerfile'],
    ['x', 'klingon', undefined, 'untitled.txt'],
    ['x', 'constructor', undefined, 'untitled.txt'],
    ['x', 'json', '../../.ssh/config', 'untitled.json'],
  ])('of %s in %s is right', (code, language, path, name) => {
    expect(newFileName(code, language, path)).toBe(name);
  });
});

describe('a path that a reply names', () => {
  it.each(['/etc/passwd', '~/x', 'a/../../b', 'C:\\x', 'a\u0000b', 'a/', '', 'a|b'])(
    'is refused where it is %j',
    (path) => {
      expect(safePath(path)).toBeUndefined();
    },
  );

  it('is made the same on every system', () => {
    expect(safePath('.\\src\\a.ts ')).toBe('src/a.ts');
    expect(safePath('./a b.ts')).toBe('a b.ts');
  });
});
