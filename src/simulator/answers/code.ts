import { CODE_SAMPLES } from './codeSamples';
import type { CodeSample } from './codeSamples';
import { asking, fence, sizeFrom } from './topic';
import type { Answer, Topic } from './topic';

const MOST_LINES = 20_000;

function section({ title, language, code }: CodeSample): string {
  return `### ${title}\n\n${fence(language, code)}`;
}

/** One block of so many lines: for how a panel copes with a large file. */
function manyLines(lines: number): Answer {
  const body: string[] = [];
  for (let line = 1; line <= lines; line += 1) {
    const nested = line % 5;
    body.push(
      nested === 1
        ? `export function step${line}(input: number): number {`
        : nested === 0
          ? '}'
          : `  input = input * ${line} + ${nested}; // line ${line} of ${lines}`,
    );
  }
  return {
    text: `The simulator prints one block of ${lines.toLocaleString('en')} lines.\n\n${fence('ts', body.join('\n'))}`,
  };
}

function find(name: string): CodeSample | undefined {
  const wanted = name.toLowerCase();
  return CODE_SAMPLES.find(
    ({ language, aliases }) => language === wanted || aliases.includes(wanted),
  );
}

export const codeTopic: Topic = {
  ask: 'code [LANGUAGE or LINES]',
  shows: `code in ${CODE_SAMPLES.length} languages, in one, or one block of so many lines`,
  showsInChinese: '多种语言的代码，或指定语言，或指定行数的一个代码块',
  pattern: asking(
    'code(?: blocks?| samples?)?(?: in several languages)?(?: in)?(?: ([a-z]+|\\d+))?(?: lines)?',
  ),
  answer: (_context, match) => {
    const what = match[1] ?? '';
    if (/^\d+$/.test(what)) return manyLines(sizeFrom(what, 1, MOST_LINES));
    const sample = what === '' ? undefined : find(what);
    if (sample) {
      return {
        text: `A prepared sample from the simulator, in ${sample.title}:\n\n${fence(sample.language, sample.code)}`,
      };
    }
    const missing = what === '' ? '' : ` It has none in “${what}”, so here are all of them.`;
    return {
      text: `## Code\n\nThe simulator keeps one short sample for each language, written by people.${missing} Each block can be copied by its button.\n\n${CODE_SAMPLES.map(section).join('\n\n')}`,
    };
  },
};
