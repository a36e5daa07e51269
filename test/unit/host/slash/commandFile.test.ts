import { describe, expect, it } from 'vitest';
import { filesNamedIn, fillIn, parseCommandFile } from '../../../../src/host/slash/commandFile';

describe('a command in a markdown file', () => {
  it('says what it is in its front matter', () => {
    const file = parseCommandFile(
      '---\ndescription: "Checks: a release"\nargument-hint: [version]\ntags:\n  - x\n---\n\nCheck $1.\n',
    );
    expect(file).toEqual({
      description: 'Checks: a release',
      argumentHint: '[version]',
      body: 'Check $1.',
    });
  });

  it('is described by its first line where it has none', () => {
    expect(parseCommandFile('\uFEFF# Ship it\n\nNow.')).toEqual({
      description: 'Ship it',
      argumentHint: '',
      body: '# Ship it\n\nNow.',
    });
  });

  it('takes a rule in the text for text', () => {
    expect(parseCommandFile('Text\n---\nmore\n---\n').body).toBe('Text\n---\nmore\n---');
  });

  it('reads files with Windows line ends', () => {
    expect(parseCommandFile('---\r\ndescription: D\r\n---\r\nBody').description).toBe('D');
  });
});

describe('arguments', () => {
  it('go where the body wants all of them', () => {
    expect(fillIn('Look at $ARGUMENTS now', 'a "b c"')).toBe('Look at a "b c" now');
  });

  it('go one by one, quotes holding words together, missing ones empty', () => {
    expect(fillIn('$2 before $1, $3', 'one "two words"')).toBe('two words before one, ');
  });

  it('follow a body that has no place for them', () => {
    expect(fillIn('Translate this.', 'Hallo')).toBe('Translate this.\n\nHallo');
    expect(fillIn('Translate this.', '')).toBe('Translate this.');
  });

  it('are not taken for places themselves', () => {
    expect(fillIn('Say $ARGUMENTS', '$1 costs $ARGUMENTS')).toBe('Say $1 costs $ARGUMENTS');
    expect(fillIn('It costs $10', '')).toBe('It costs $10');
  });
});

describe('files named in a body', () => {
  it('are found once each, in order; addresses of people are none', () => {
    expect(
      filesNamedIn('See @docs/style.md and @src/a.ts, @docs/style.md; write to me@example.org'),
    ).toEqual(['docs/style.md', 'src/a.ts']);
  });
});
