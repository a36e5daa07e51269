import { describe, expect, it } from 'vitest';
import { isShell, readInfo } from '../../../../../src/webview/chat/markdown/codeInfo';

describe('what an opening fence says', () => {
  it.each([
    ['', '', undefined],
    ['ts', 'ts', undefined],
    ['TypeScript {1,3}', 'typescript', undefined],
    ['ts src/app.ts', 'ts', 'src/app.ts'],
    ['ts title="src/my app.ts" {3}', 'ts', 'src/my app.ts'],
    ["js file='./lib/x.js'", 'js', 'lib/x.js'],
    ['python path=tools/run.py', 'python', 'tools/run.py'],
    ['python filename=run.py', 'python', 'run.py'],
    ['ts:src/app.ts', 'ts', 'src/app.ts'],
    ['12:40:src/app.ts', 'ts', 'src/app.ts'],
    ['src/app.ts', 'ts', 'src/app.ts'],
    ['src\\app.cs', 'cs', 'src\\app.cs'],
    ['app.py', 'py', 'app.py'],
    ['{.python .numberLines}', 'python', undefined],
    ['language-js', 'js', undefined],
    ['c++', 'c++', undefined],
    ['dockerfile', 'dockerfile', undefined],
    ['docker build/Dockerfile', 'docker', 'build/Dockerfile'],
    ['ts title="Example 1"', 'ts', undefined],
    ['diff a/x.ts', 'diff', 'a/x.ts'],
    ['sh https://e.com/x.sh', 'sh', undefined],
    ['js title="a\u202Egnp.js"', 'js', 'agnp.js'],
  ])('%j', (info, language, path) => {
    expect(readInfo(info)).toEqual({ language, path });
  });

  it('takes no path of endless length', () => {
    expect(readInfo(`ts src/${'x'.repeat(5_000)}.ts`).path?.length).toBeLessThan(500);
  });
});

describe('code for a terminal', () => {
  it.each(['sh', 'bash', 'zsh', 'console', 'powershell', 'ps1', 'bat', 'fish'])('is %s', (name) => {
    expect(isShell(name)).toBe(true);
  });

  it.each(['', 'ts', 'python', 'diff', 'constructor'])('is not %s', (name) => {
    expect(isShell(name)).toBe(false);
  });
});
