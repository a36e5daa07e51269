import { CODE_SAMPLES } from './codeSamples';
import { asking, fence, sizeFrom } from './topic';
import type { Topic } from './topic';

/** Texts of any size, in KB of 1,024 characters. The same size gives the same text. */
const MOST_KB = 2_000;

const SENTENCES: readonly string[] = [
  'The panel draws what is finished once and leaves it alone.',
  'Only the end of the text is still moving, so only the end is worth the work.',
  'Scroll up and it stays where you put it; scroll to the end and it follows again.',
  'A reply of this length is where other panels begin to stutter.',
  'Stop works at any moment, and what has arrived so far stays.',
  'The figures under the answer count *tokens*, **time** and `cost`; here the cost is nothing.',
  'None of this was generated: the simulator repeats a handful of sentences in turn.',
  'Selecting and copying should work across everything that is on the page, and beyond it.',
];

function sentence(index: number): string {
  return SENTENCES[index % SENTENCES.length] ?? '';
}

/** Adds parts until the text has the size; cut to it exactly, after a whole line where `lines`. */
function grow(intro: string, kilobytes: number, next: (index: number) => string): string {
  const size = kilobytes * 1_024;
  const parts = [intro];
  let length = intro.length;
  for (let index = 0; length < size; index += 1) {
    const part = next(index);
    parts.push(part);
    length += part.length;
  }
  return parts.join('').trimEnd();
}

function paragraph(index: number): string {
  return [0, 1, 2, 3].map((offset) => sentence(index * 3 + offset)).join(' ');
}

function list(index: number): string {
  return [0, 1, 2]
    .map(
      (offset) =>
        `${offset + 1}. ${sentence(index + offset)}\n   - ${sentence(index + offset + 1)}`,
    )
    .join('\n');
}

function table(index: number): string {
  const rows = [1, 2, 3, 4].map(
    (row) => `| ${index}.${row} | ${sentence(index + row)} | ${row * 17} |`,
  );
  return `| Row | Remark | Value |\n| :-- | :-- | --: |\n${rows.join('\n')}`;
}

function code(index: number): string {
  const sample = CODE_SAMPLES[index % CODE_SAMPLES.length];
  return sample ? fence(sample.language, sample.code) : '';
}

const MIX = [paragraph, paragraph, list, paragraph, table, paragraph, code] as const;

/** `salt` makes another text of it. */
function mixed(index: number, salt: number): string {
  const make = MIX[(index + salt) % MIX.length] ?? paragraph;
  const heading =
    index % MIX.length === 0 ? `\n\n## Part ${Math.floor(index / MIX.length) + 1}` : '';
  return `${heading}\n\n${make(index + salt)}`;
}

export const longTopic: Topic = {
  ask: 'long [KB] [seed=N]',
  shows: 'a long mixed answer, 150 KB unless you say otherwise; another for each seed',
  showsInChinese: '混合内容的长回答，默认 150 KB，seed 不同则内容不同',
  pattern: asking(
    '(?:very )?long(?: (?:answer|reply|text))?(?: (\\d+))?(?: ?kb)?(?: seed=(\\d{1,9}))?',
  ),
  answer: (_context, match) => {
    const size = sizeFrom(match[1], 150, MOST_KB);
    const seed = match[2];
    const title = seed === undefined ? 'A long answer' : `A long answer, number ${seed}`;
    const intro = `# ${title}\n\nThe simulator sends ${size} KB of prepared text. It stops sooner where the limit for replies (\`max_tokens\`) is smaller: then ask it to continue.`;
    const salt = Number(seed ?? 0);
    return { text: grow(intro, size, (index) => mixed(index, salt)) };
  },
};

export const tableTopic: Topic = {
  ask: 'table [KB]',
  shows: 'one table, as big as you like',
  showsInChinese: '一个表格，大小任选',
  pattern: asking('(?:big |large )?table(?: (\\d+))?(?: ?kb)?'),
  answer: (_context, match) => {
    const size = sizeFrom(match[1], 4, MOST_KB);
    const intro = `One table, ${size} KB of it, made up by the simulator:\n\n| No. | Model | First token | Remark | Cost |\n| --: | :-- | --: | :-- | :-: |\n`;
    const row = (index: number): string =>
      `| ${index + 1} | \`simulator-${['fast', 'balanced', 'deep'][index % 3] ?? ''}\` | ${180 + ((index * 37) % 900)} ms | ${sentence(index)} | $0 |\n`;
    return { text: grow(intro, size, row) };
  },
};

export const listTopic: Topic = {
  ask: 'list [KB]',
  shows: 'one nested list',
  showsInChinese: '一个嵌套列表',
  pattern: asking('(?:long )?list(?: (\\d+))?(?: ?kb)?'),
  answer: (_context, match) => {
    const size = sizeFrom(match[1], 4, MOST_KB);
    const item = (index: number): string => `${'  '.repeat(index % 3)}- ${sentence(index)}\n`;
    return { text: grow(`One list of ${size} KB from the simulator:\n\n`, size, item) };
  },
};

export const paragraphTopic: Topic = {
  ask: 'paragraph [KB]',
  shows: 'one paragraph without a break',
  showsInChinese: '一个不换行的长段落',
  pattern: asking('(?:long )?paragraph(?: (\\d+))?(?: ?kb)?'),
  answer: (_context, match) => {
    const size = sizeFrom(match[1], 4, MOST_KB);
    const intro = `This single paragraph of ${size} KB was put together by the simulator. `;
    return { text: grow(intro, size, (index) => `${sentence(index)} `) };
  },
};
