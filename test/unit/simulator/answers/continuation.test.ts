import { describe, expect, it } from 'vitest';
import { continuationText } from '../../../../src/simulator/answers/continuation';
import type { ContinuationStyle } from '../../../../src/simulator/answers/continuation';
import { Random } from '../../../../src/simulator/random';

const PROSE = 'One two three four five six seven eight nine ten eleven twelve thir';
const CODE = 'Look:\n\n```ts\nconst a = 1;\nconst b = 2;\nconst c';
const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

function go(
  style: ContinuationStyle,
  written: string,
  rest: string,
  seed: number,
  instruction = 'Please continue.',
): string {
  return continuationText({ style, written, rest, instruction, random: new Random(seed) });
}

/** What stands before the rest, for many seeds. */
function leads(style: ContinuationStyle, written: string, instruction?: string): string[] {
  return SEEDS.map((seed) => {
    const text = go(style, written, '|REST', seed, instruction);
    expect(text.endsWith('|REST')).toBe(true);
    return text.slice(0, -5);
  });
}

describe('continuationText', () => {
  it('exact: goes on with the next character', () => {
    expect(new Set(leads('exact', PROSE))).toEqual(new Set(['']));
  });

  it('repeat: the last words or lines to the letter, then the rest', () => {
    const all = leads('repeat', `${PROSE}\nand the last line of`);
    for (const lead of all) {
      expect(lead).not.toBe('');
      expect(`${PROSE}\nand the last line of`.endsWith(lead)).toBe(true);
    }
    expect(new Set(all).size).toBeGreaterThan(5);
  });

  it('repeat: never a whole long paragraph', () => {
    const longest = Math.max(
      ...leads('repeat', 'word '.repeat(20_000)).map(({ length }) => length),
    );
    expect(longest).toBeLessThan(700);
  });

  it('rephrase: words of its own, then mostly the last words in another form', () => {
    const all = leads('rephrase', PROSE);
    expect(all.every((lead) => /^(?:Continuing|Sure|Picking|Here).*[:.]\n\n/.test(lead))).toBe(
      true,
    );
    const repeats = all.map((lead) => lead.slice(lead.indexOf('\n\n') + 2));
    const some = repeats.filter((repeat) => repeat !== '');
    expect(some.length).toBeGreaterThan(120);
    expect(some.length).toBeLessThan(180);
    const plain = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, '');
    expect(some.every((repeat) => plain(PROSE).endsWith(plain(repeat)))).toBe(true);
    expect(some.some((repeat) => !PROSE.endsWith(repeat))).toBe(true);
  });

  it('reopen: the fence with its language, then the cut line or from the last whole one', () => {
    const all = new Set(leads('reopen', CODE));
    expect(all).toEqual(
      new Set([
        '```ts\nconst c',
        '\n```ts\nconst c',
        '```ts\nconst b = 2;\nconst c',
        '\n```ts\nconst b = 2;\nconst c',
      ]),
    );
  });

  it('reopen: after a whole line it repeats that', () => {
    const all = new Set(leads('reopen', '~~~python\na = 1\nb = 2\n'));
    expect(all).toEqual(new Set(['~~~python\nb = 2\n', '\n~~~python\nb = 2\n']));
  });

  it.each(['```ts\nconst a;\n```\n\nAnd then some more text follows', PROSE, '```ts\nx\n```'])(
    'reopen: outside of code it repeats: %j',
    (written) => {
      for (const lead of leads('reopen', written)) expect(written.endsWith(lead)).toBe(true);
    },
  );

  it('reopen: a fence of four backticks is not closed by three', () => {
    const [lead] = leads('reopen', '````md\n```js\nx\n```\nstill insi');
    expect(lead).toContain('````md\n');
  });

  it('mixed: each of them, by seed', () => {
    const all = leads('mixed', CODE);
    expect(leads('mixed', CODE)).toEqual(all);
    expect(all.filter((lead) => lead === '').length).toBeGreaterThan(25);
    expect(all.filter((lead) => lead.trimStart().startsWith('```ts')).length).toBeGreaterThan(25);
    expect(all.filter((lead) => /^[CSPH]\w+ .*\n\n/.test(lead)).length).toBeGreaterThan(25);
  });
});

describe('an instruction that quotes the last words', () => {
  it.each([
    'Continue. Begin with exactly "eleven twelve thir" and go on.',
    'Please go on; repeat “eleven twelve thir” first.',
    'Continue, starting with `eleven twelve thir`.',
  ])('is mostly obeyed: %s', (instruction) => {
    for (const style of ['repeat', 'rephrase', 'reopen'] as const) {
      const obeyed = leads(style, PROSE, instruction).filter(
        (lead) => lead === 'eleven twelve thir',
      );
      expect(obeyed.length).toBeGreaterThan(155);
      expect(obeyed.length).toBeLessThan(190);
    }
  });

  it('takes quotations over several lines and as JSON, with the space after them', () => {
    const written = 'He said "no" and\nwent home. \n\n';
    const quoted = `Continue and begin with ${JSON.stringify('said "no" and\nwent home.')}`;
    const all = leads('rephrase', written, quoted);
    expect(all).toContain('said "no" and\nwent home. \n\n');
  });

  it('counts only when the words are the last ones', () => {
    const all = leads('repeat', PROSE, 'Continue. Begin with "three four five" as said.');
    expect(all).not.toContain('three four five');
  });

  it('does not change an exact continuation', () => {
    expect(new Set(leads('exact', PROSE, 'Begin with "eleven twelve thir"'))).toEqual(
      new Set(['']),
    );
  });
});
