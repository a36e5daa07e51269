import { describe, expect, it } from 'vitest';
import { terminalText } from '../../../../src/host/codeActions/terminalText';

describe('text for the terminal', () => {
  it('stays as it is when all of it can be seen', () => {
    const command = 'for f in *.ts; do\n\techo "$f – ü 你好 🎉"\ndone';
    expect(terminalText(command)).toEqual({ command, removed: 0 });
  });

  it.each([
    ['escape sequences', 'ls \u001B[8m; rm -rf ~\u001B[0m', 'ls [8m; rm -rf ~[0m', 2],
    ['carriage returns that hide what is before', 'rm -rf ~\rls', 'rm -rf ~ls', 1],
    ['direction marks', 'echo \u202Etxt.exe\u202C', 'echo txt.exe', 2],
    ['characters without width', 'l\u200Bs\uFEFF\u2060', 'ls', 3],
    ['tags', 'ls\u{E0041}', 'ls', 1],
    ['C1 control characters', 'ls\u009B31m', 'ls31m', 1],
    ['line separators', 'ls\u2028rm', 'lsrm', 1],
  ])('loses %s', (_what, code, command, removed) => {
    expect(terminalText(code)).toEqual({ command, removed });
  });

  it('keeps Windows line ends as line ends, without counting them', () => {
    expect(terminalText('a\r\nb\r\n')).toEqual({ command: 'a\nb', removed: 0 });
  });

  it('loses prompts, and the output between them', () => {
    expect(terminalText('$ npm test\n12 passed\n$ git push').command).toBe('npm test\ngit push');
    expect(terminalText('echo $ HOME').command).toBe('echo $ HOME');
  });
});
