// @vitest-environment jsdom
import { tests as examples } from 'commonmark-spec';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../helpers/seededRandom';
import { MarkdownPage, wholeParse, writeInPieces } from '../../helpers/markdownPage';

const sections = [...new Set(examples.map((example) => example.section))];

const LINES = [
  'para one two\n', 'para\nsecond line\n', '\n', '\n', '# head\n', 'set\n===\n', '---\n', '- a\n', '- b\n',
  '  - c\n', '    - d\n', '  cont\n', '1. one\n', '2) two\n', '   three\n', '> q\n', '> > qq\n', '> - ql\n',
  '>   ql2\n', '>\n', 'lazy\n', '```ts\n', 'let a = 1;\n', '```\n', '  ```js\n', '   x\n', '  ```\n', '> ```\n',
  '> code\n', '~~~~\n', '~~~~\n', '| a | b |\n', '|---|:-:|\n', '| 1 | 2 |\n', '  | a | b |\n', '  |---|---|\n',
  '    indented\n', '\tindented tab\n', '-\ttab item\n', '- [ ] task\n', '- [x] done\n', '**bold** and `code`\n',
  '[link](http://x.y "t")\n', '1. ```sh\n', '      nested\n', '\r\n', 'a\rb\n', '***\n', '+ plus\n',
  '- - nested\n', '> 1. x\n', '-\n', '10. ten\n', '<div>\n', '&amp; http://auto.link/x?y=1\n', '\\* esc\n', '  \n',
  'a $x_1^2$ b $5 and $6\n', '$$\n', 'x *a* - b\n', '$$ y $$\n', '\\[\n', '\\]\n', 'in \\(z\\) line\n', '$$ open\n',
  '> $$\n', '  $$\n', '[^1]: note\n', '[^n]: $a$ *note*\n', 'see[^1] and [^n]\n', '    more\n', '[^1]: again\n',
]; // prettier-ignore

function randomDocument(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) text += LINES[Math.floor(random() * LINES.length)] ?? '';
  return text;
}

describe('a text that came in pieces ends as one parse of the whole', () => {
  it.each(sections)('for the examples of the CommonMark specification: %s', (section) => {
    for (const { markdown, number } of examples.filter((example) => example.section === section)) {
      const text = markdown.replaceAll('→', '\t');
      const page = new MarkdownPage();
      writeInPieces(page, text, 4, seededRandom(number));
      page.correct();
      expect(page.html, `example ${String(number)}`).toBe(wholeParse(text));
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('for random documents, seed %d', (seed) => {
    const random = seededRandom(seed);
    for (let document = 0; document < 12; document++) {
      const text = randomDocument(random, 150);
      const page = new MarkdownPage();
      writeInPieces(page, text, seed * 4, random);
      page.correct();
      expect(page.html, JSON.stringify(text)).toBe(wholeParse(text));
    }
  });

  it.each([11, 12])('for long documents that are cut inside of their blocks, seed %d', (seed) => {
    const random = seededRandom(seed);
    const text = randomDocument(random, 4_000);
    const page = new MarkdownPage();
    writeInPieces(page, text, 60, random);
    page.correct();
    expect(page.html).toBe(wholeParse(text));
  });
});

/** Pieces of markup that mean something together, and a few long ones: those are taken up before their line ends. */
const FRAGMENTS = [
  ...LINES, '*', '**', '_', '`', '``', '[', ']', '](', '](<x> "', '!', '~', '~~', '$', '$$', '\\(', '\\)', '\\', '<', '>', '&', '|',
  '#', '-', '=', '+', '1', '. ', ' ', '  ', '    ', '\t', 'x', '字', '😀', '\n', '\n\n', '[^1]', '[a]', ': ', 'https://e.com/',
  'www.e.com', 'word '.repeat(45), 'x'.repeat(230), `- ${'item '.repeat(45)}`, `> ${'quote '.repeat(45)}`, '* '.repeat(101),
  '```', '~~~', `\`\`\` ${'info '.repeat(41)}`, '|---|---|\n', '[a]: /url\n', '\0',
]; // prettier-ignore

describe('any split of any prefix of any text', () => {
  it('ends as one parse of the whole', () => {
    const documents = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 30 });
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(documents, shares, shares, (parts, cuts, firstCuts) => {
        const text = parts.join('');
        const page = new MarkdownPage();
        const write = (source: string, at: readonly number[]): void => {
          const places = [
            0,
            ...at.map((share) => Math.round(share * source.length)),
            source.length,
          ];
          places.sort((a, b) => a - b);
          for (const [index, place] of places.entries())
            page.write(source.slice(place, places[index + 1]));
        };
        // The first part ends as an answer that was cut does, and is gone on with.
        const prefix = text.slice(0, Math.floor(text.length * (firstCuts[0] ?? 0)));
        write(prefix, firstCuts);
        page.correct();
        expect(page.html).toBe(wholeParse(prefix));
        write(text.slice(prefix.length), cuts);
        page.correct();
        expect(page.html).toBe(wholeParse(text));
      }),
      { numRuns: 150, seed: 20_261_128 },
    );
  }, 60_000);
});

describe('a text that came in pieces shows the same even before it is put right', () => {
  it.each([21, 22, 23, 24])('for random documents without late definitions, seed %d', (seed) => {
    const random = seededRandom(seed);
    for (let document = 0; document < 12; document++) {
      const text = randomDocument(random, 120).replaceAll('[^', '[');
      const page = new MarkdownPage();
      writeInPieces(page, text, 12, random);
      expect(page.html, JSON.stringify(text)).toBe(wholeParse(text));
    }
  });
});
