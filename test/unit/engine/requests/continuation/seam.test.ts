import { describe, expect, test } from 'vitest';
import { chooseAnchor } from '../../../../../src/engine/requests/continuation/anchor';
import { splitPartial } from '../../../../../src/engine/requests/continuation/partialText';
import { Seam } from '../../../../../src/engine/requests/continuation/seam';

/** What the seam gives out for a continuation that arrives in pieces of `size`. */
function follow(partial: string, continuation: string, style: 'ask' | 'prefill', size = 3): string {
  const anchor = chooseAnchor(splitPartial(partial).shown);
  const seam = new Seam({ partial, style, anchor });
  let given = '';
  for (let at = 0; at < continuation.length; at += size) {
    given += seam.push(continuation.slice(at, at + size));
  }
  return given + seam.flush();
}

interface Case {
  readonly name: string;
  readonly partial: string;
  readonly continuation: string;
  readonly follows: string;
  readonly style?: 'prefill';
}

const RETRY = 'When the endpoint answers with 529, the request waits. The retry waits four sec';
const TS = 'Here it is:\n\n```ts\nexport function twice(n: number): number {\n  const result = n';

/** Three times the same 500 characters. */
const SAME = Array.from(
  { length: 30 },
  (_, word) => `sentence ${word % 10} says something else about the next word. `,
)
  .join('')
  .trim();

const CASES: Case[] = [
  {
    name: 'the very next character',
    partial: RETRY,
    continuation: 'onds, then',
    follows: 'onds, then',
  },
  {
    name: 'the last words first',
    partial: RETRY,
    continuation: 'The retry waits four seconds.',
    follows: 'onds.',
  },
  {
    name: 'the whole partial first',
    partial: RETRY,
    continuation: `${RETRY}onds.`,
    follows: 'onds.',
  },
  {
    name: 'other white space, case and quotation marks',
    partial: 'He said “wait a little” and the retry\nwaited for ',
    continuation: 'he said "wait a little" and  the Retry waited for four seconds.',
    follows: 'four seconds.',
  },
  {
    name: 'a lead-in and the last words',
    partial: RETRY,
    continuation: 'Sure, here is the rest:\n\nThe retry waits four seconds.',
    follows: 'onds.',
  },
  {
    name: 'a greeting, a lead-in and the last words',
    partial: RETRY,
    continuation:
      'Of course!\n\nContinuing from where I left off:\n\nthe retry waits four seconds.',
    follows: 'onds.',
  },
  {
    name: 'a lead-in in other words, with the anchor behind it',
    partial: RETRY,
    continuation: `My reply was too long, so once more from the last sentence.\n${chooseAnchor(RETRY)}onds.`,
    follows: 'onds.',
  },
  {
    name: 'a lead-in and the anchor on one line, quoted',
    partial: RETRY,
    continuation: `The reply ended with "${chooseAnchor(RETRY)}" onds.`,
    follows: ' onds.',
  },
  {
    name: 'the anchor in the tags of the question',
    partial: `${RETRY}onds.`,
    continuation: `<last_words>${chooseAnchor(`${RETRY}onds.`)}</last_words>\nThen it goes on.`,
    follows: 'Then it goes on.',
  },
  {
    name: 'a lead-in and nothing repeated',
    partial: `${RETRY}onds. `,
    continuation: 'Continuing where the reply stopped:\n\nThen it goes on.',
    follows: 'Then it goes on.',
  },
  {
    name: 'a lead-in and the white space that the text lacks',
    partial: `${RETRY}onds.`,
    continuation: 'Here is the rest:\n\n\n\nA new paragraph.',
    follows: '\n\nA new paragraph.',
  },
  {
    name: 'a sentence of the reply that only looks like a lead-in',
    partial: `${RETRY}onds.`,
    continuation: '\n\nHere is the rest of the file:\n\n```ts\n',
    follows: '\n\nHere is the rest of the file:\n\n```ts\n',
  },
  {
    name: 'an announcement of code, which is no lead-in',
    partial: `${RETRY}onds.\n\n`,
    continuation: 'Here is the code:\n\n```ts\n',
    follows: 'Here is the code:\n\n```ts\n',
  },
  {
    name: 'a space that both have',
    partial: 'The word foo ',
    continuation: ' bar',
    follows: 'bar',
  },
  {
    name: 'a space that only the partial has',
    partial: 'The word foo ',
    continuation: 'bar',
    follows: 'bar',
  },
  {
    name: 'a space that only the continuation has',
    partial: 'The word foo',
    continuation: ' bar',
    follows: ' bar',
  },
  {
    name: 'one line end of two',
    partial: 'A paragraph.\n',
    continuation: '\n\nNext',
    follows: '\nNext',
  },
  {
    name: 'a line end that both have',
    partial: 'A line\n',
    continuation: '\nnext',
    follows: 'next',
  },
  {
    name: 'half of the indentation',
    partial: 'if x:\n  ',
    continuation: '\n    return',
    follows: '  return',
  },
  {
    name: 'white space behind the anchor',
    partial: 'The word foo ',
    continuation: 'The word foo bar',
    follows: 'bar',
  },
  {
    name: 'no white space but a line end',
    partial: 'The word foo ',
    continuation: '\n\nbar',
    follows: '\n\nbar',
  },
  {
    name: 'an accidental overlap of one letter',
    partial: 'First comes the',
    continuation: 'ory, then practice',
    follows: 'ory, then practice',
  },
  {
    name: 'an overlap inside of a word',
    partial: 'and so is the',
    continuation: 'e end',
    follows: 'e end',
  },
  {
    name: 'a word that repeats itself',
    partial: 'She spoke in a mur',
    continuation: 'mur.',
    follows: 'mur.',
  },
  {
    name: 'a word that begins like its end',
    partial: 'They hired an ass',
    continuation: 'assin.',
    follows: 'assin.',
  },
  {
    name: 'a number in the middle',
    partial: 'It was 10',
    continuation: '10 times',
    follows: '10 times',
  },
  {
    name: 'a broken word, written again as a whole',
    partial: 'A breaker guards the connec',
    continuation: 'connection, and',
    follows: 'tion, and',
  },
  {
    name: 'a short word that the text knows',
    partial: 'The cause of it is one of many, first of',
    continuation: 'of all',
    follows: ' all',
  },
  {
    name: 'the rest of a line of code',
    partial: TS,
    continuation: ' * 2;\n  return result;\n}\n```',
    follows: ' * 2;\n  return result;\n}\n```',
  },
  {
    name: 'the code block opened again with the last line',
    partial: TS,
    continuation: '```ts\n  const result = n * 2;\n  return result;\n}\n```',
    follows: ' * 2;\n  return result;\n}\n```',
  },
  {
    name: 'the code block opened again with other marks and a lead-in',
    partial: TS,
    continuation: 'Sure, continuing:\n\n```typescript\n  const result = n * 2;\n}\n```',
    follows: ' * 2;\n}\n```',
  },
  {
    name: 'the code block opened again with all that was in it',
    partial: TS,
    continuation: `\`\`\`ts\n${TS.slice(TS.indexOf('export'))} * 2;`,
    follows: ' * 2;',
  },
  {
    name: 'the code block opened again with the next line',
    partial: `${TS} * 2;`,
    continuation: '```ts\n  return result;\n}\n```',
    follows: '\n  return result;\n}\n```',
  },
  {
    name: 'the code block opened again before anything was in it',
    partial: 'Here it is:\n\n```ts',
    continuation: '```ts\nconst a = 1;',
    follows: '\nconst a = 1;',
  },
  {
    name: 'the end of the code block, which opens nothing',
    partial: `${TS} * 2;\n}\n`,
    continuation: '```\n\nThat is all.',
    follows: '```\n\nThat is all.',
  },
  {
    name: 'the end of the code block without the line end before it',
    partial: `${TS} * 2;\n}`,
    continuation: '```\n\nThat is all.',
    follows: '\n```\n\nThat is all.',
  },
  {
    name: 'a code block inside of a longer one',
    partial: '````md\n# Title\n\n',
    continuation: '```js\nrun();\n```\n````',
    follows: '```js\nrun();\n```\n````',
  },
  {
    name: 'a new code block behind a closed one',
    partial: '```ts\nrun();\n```\n\nAnd in Python:\n\n',
    continuation: '```python\nrun()\n```',
    follows: '```python\nrun()\n```',
  },
  {
    name: 'a line of code that is really there twice',
    partial: '```ts\nreset();\nconsole.log("tick");',
    continuation: '\nconsole.log("tick");\nstop();',
    follows: '\nconsole.log("tick");\nstop();',
  },
  {
    name: 'a line of code repeated that is really there twice',
    partial: '```ts\nreset();\nconsole.log("tick");\n',
    continuation: 'reset();\nconsole.log("tick");\nconsole.log("tick");\nstop();',
    follows: 'console.log("tick");\nstop();',
  },
  {
    name: 'the next row of a table',
    partial: '| a | b |\n|---|---|\n| one | two |',
    continuation: '| three | four |',
    follows: '\n| three | four |',
  },
  {
    name: 'a row of a table broken in the middle',
    partial: '| a | b |\n|---|---|\n| number one | num',
    continuation: '| number one | number two |',
    follows: 'ber two |',
  },
  {
    name: 'Chinese, repeated',
    partial: '断路器保护一个已经出现问题的服务。当失败的比例',
    continuation: '当失败的比例超过阈值时，它会打开。',
    follows: '超过阈值时，它会打开。',
  },
  {
    name: 'Chinese words that double',
    partial: '我们来研究',
    continuation: '研究这个',
    follows: '研究这个',
  },
  {
    name: 'half a character',
    partial: 'It is on 🔥'.slice(0, -1),
    continuation: ' 🔥 now',
    follows: '🔥 now'.slice(1),
  },
  {
    name: 'half a character behind the anchor',
    partial: 'It is on 🔥'.slice(0, -1),
    continuation: 'It is on 🔥 now',
    follows: '🔥 now'.slice(1),
  },
  {
    name: 'a prefill that goes on in a text that repeats itself',
    partial: 'and on and on and',
    continuation: ' on and on and on and on',
    follows: ' on and on and on and on',
    style: 'prefill',
  },
  {
    name: 'a prefill with a word of its own',
    partial: 'the brown',
    continuation: 'brown fox',
    follows: 'brown fox',
    style: 'prefill',
  },
  {
    name: 'a prefill that repeats all the same',
    partial: RETRY,
    continuation: 'the request waits. The retry waits four seconds. When the endpoint',
    follows: 'onds. When the endpoint',
    style: 'prefill',
  },
  {
    name: 'a text that says the same again and again',
    partial: SAME.slice(0, 900),
    continuation: SAME.slice(900),
    follows: SAME.slice(900),
  },
  {
    name: 'a text that says the same again and again, broken between two words',
    partial: SAME.slice(0, SAME.indexOf(' ', 900)),
    continuation: SAME.slice(SAME.indexOf(' ', 900)),
    follows: SAME.slice(SAME.indexOf(' ', 900)),
  },
  {
    name: 'a text that says the same again and again, with the anchor',
    partial: SAME.slice(0, 900),
    continuation: chooseAnchor(SAME.slice(0, 900)) + SAME.slice(900),
    follows: SAME.slice(900),
  },
  {
    name: 'a text that says the same again and again, with its last words',
    partial: SAME.slice(0, 700),
    continuation: SAME.slice(SAME.lastIndexOf(' ', 670) + 1),
    follows: SAME.slice(700),
  },
  {
    name: 'a prefill in a text that says the same again and again',
    partial: SAME.slice(0, 900),
    continuation: SAME.slice(900),
    follows: SAME.slice(900),
    style: 'prefill',
  },
  { name: 'nothing at all', partial: RETRY, continuation: '', follows: '' },
  { name: 'white space only', partial: 'A line\n', continuation: '\n \n', follows: ' \n' },
  {
    name: 'less than the anchor',
    partial: RETRY,
    continuation: 'The retry wai',
    follows: 'The retry wai',
  },
];

describe('Seam', () => {
  for (const { name, partial, continuation, follows, style } of CASES) {
    test(`joins ${name}`, () => {
      for (const size of [1, 3, 7, 1_000]) {
        expect(follow(partial, continuation, style ?? 'ask', size)).toBe(follows);
      }
    });
  }

  test('gives out a continuation that is clearly exact at once', () => {
    const seam = new Seam({ partial: RETRY, style: 'ask', anchor: chooseAnchor(RETRY) });
    expect(seam.push('onds')).toBe('onds');
    expect(seam.decided).toBe(true);
    expect(seam.push(', The retry waits four sec')).toBe(', The retry waits four sec');
    expect(seam.flush()).toBe('');
  });

  test('holds back no more than the anchor and 600 characters', () => {
    const anchor = chooseAnchor(RETRY);
    const seam = new Seam({ partial: RETRY, style: 'ask', anchor });
    const text = `Something:\n${'Sure, the rest:\n'.repeat(4)}${'Ordinary words. '.repeat(100)}`;
    let pushed = 0;
    let given = '';
    for (const character of text) {
      given += seam.push(character);
      pushed++;
      if (seam.decided) break;
      expect(pushed).toBeLessThanOrEqual(anchor.length + 600);
    }
    expect(given).toBe(text.slice(0, pushed));
  });

  test('holds back a long repetition until it is over', () => {
    const code = Array.from({ length: 60 }, (_, line) => `  step${line}(value, ${line * 7});`).join(
      '\n',
    );
    const partial = `Here:\n\n\`\`\`ts\n${code}\n  sto`;
    expect(follow(partial, `\`\`\`ts\n${code}\n  stop();`, 'ask')).toBe('p();');
  });
});
