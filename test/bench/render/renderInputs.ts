import { MarkedWriter, type MarkedText } from '../lib/markedText';

export const INPUT_NAMES = ['mixed', 'table', 'list', 'paragraph', 'code', 'thinking'] as const;
export type InputName = (typeof INPUT_NAMES)[number];

/** Length at least, UTF-16 units; of code, lines. 20,000 tokens are 80,000 characters. */
const FULL: Readonly<Record<InputName, number>> = {
  mixed: 150_000,
  table: 100_000,
  list: 100_000,
  paragraph: 100_000,
  code: 5_000,
  thinking: 80_000,
};

const writers: Readonly<Record<InputName, (writer: MarkedWriter, size: number) => void>> = {
  mixed: (writer, size) => {
    for (let section = 0; writer.length < size; section++) writeSection(writer, section);
  },
  table: (writer, size) => {
    writer.write('| Name | State | Share | Path | Remark |\n| :-- | --- | --: | --- | --- |\n');
    while (writer.length < size) writeRow(writer);
  },
  list: (writer, size) => {
    for (let item = 0; writer.length < size; item++) {
      writer.write(`${item % 5 > 2 ? '  ' : ''}- ${prose(writer, 14)}\n`);
    }
  },
  paragraph: (writer, size) => {
    while (writer.length < size) writer.write(`${prose(writer, 18)} `);
  },
  code: (writer, lines) => writeCode(writer, 'ts', lines),
  thinking: (writer, size) => {
    while (writer.length < size) writer.write(`${prose(writer, 60)}\n\n`);
  },
};

/** `share` (0-1] of the full size. */
export function renderInput(name: InputName, share: number, seed = 1): MarkedText {
  const writer = new MarkedWriter(seed);
  writers[name](writer, FULL[name] * share);
  return writer.done();
}

/** About 3 KB with one of everything, so that every tenth of the text has the same mixture. */
export function writeSection(writer: MarkedWriter, section: number): void {
  const language = ['ts', 'python', 'bash', 'json'][section % 4] ?? 'ts';
  writer.write(`## ${section + 1}. ${capital(writer.words(4))} §\n\n`);
  writer.write(`${prose(writer, 55)}\n\n${prose(writer, 40)}\n\n`);
  for (let item = 0; item < 5; item++) writer.write(`- ${prose(writer, 10)}\n`);
  writer.write(`  - ${prose(writer, 8)}\n\n`);
  writer.write('| Name | State | Share | Path | Remark |\n| :-- | --- | --: | --- | --- |\n');
  for (let row = 0; row < 6; row++) writeRow(writer);
  writer.write(`\n${prose(writer, 30)}\n\n`);
  writeCode(writer, language, 16);
  writer.write(`\n> ${prose(writer, 24)}\n\n`);
  for (let item = 1; item < 5; item++) writer.write(`${item}. ${prose(writer, 12)}\n`);
  writer.write('\n');
}

export function writeCode(writer: MarkedWriter, language: string, lines: number): void {
  writer.write(`\`\`\`${language}\n`);
  for (let line = 0; line < lines; line++) writer.write(codeLine(writer, language, line));
  writer.write('```\n');
}

/** A sentence with a mark every nine words, and some markup. */
export function prose(writer: MarkedWriter, words: number): string {
  const parts = [capital(writer.word())];
  for (let index = 1; index < words; index++) {
    const roll = writer.random();
    if (index % 9 === 0) parts.push('§');
    else if (roll < 0.03) parts.push(`**${writer.words(2)}**`);
    else if (roll < 0.06) parts.push(`\`${writer.word()}.${writer.word()}\``);
    else if (roll < 0.075) parts.push(`*${writer.word()}*`);
    else if (roll < 0.085) parts.push(`[${writer.words(2)}](https://example.com/${writer.word()})`);
    else parts.push(writer.word());
  }
  return `${parts.join(' ')} §.`;
}

function writeRow(writer: MarkedWriter): void {
  const share = (100 * writer.random()).toFixed(1);
  writer.write(
    `| § | ${writer.word()} | ${share} | \`src/${writer.word()}.ts\` | ${writer.words(5)} § |\n`,
  );
}

function codeLine(writer: MarkedWriter, language: string, line: number): string {
  const indent = '  '.repeat(line % 4);
  const name = writer.word();
  switch (language) {
    case 'python':
      return `${indent}§ = ${name}("${writer.word()}", ${line})  # ${writer.word()}\n`;
    case 'bash':
      return `${indent}export §="$(${name} --${writer.word()} ${line})"\n`;
    case 'json':
      return `${indent}"§": { "${name}": ${line} },\n`;
    default:
      return writer.pick([
        `${indent}const § = ${name}_(${line});\n`,
        `${indent}if (§ > ${line}) return;\n`,
        `${indent}// ${writer.words(2)} §\n`,
        `${indent}§.${name}('${writer.word()}');\n`,
      ]);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
