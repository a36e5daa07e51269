// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../helpers/seededRandom';
import { gfmExamples } from '../../helpers/gfmExamples';
import { MarkdownPage, wholeParse, writeInPieces } from '../../helpers/markdownPage';

describe("GitHub's additions to CommonMark", () => {
  it.each(gfmExamples)('$section: $markdown', ({ markdown, shows }) => {
    const page = new MarkdownPage();
    writeInPieces(page, markdown, 3, seededRandom(markdown.length));
    page.correct();
    expect(page.html).toBe(wholeParse(markdown));
    const counts = Object.keys(shows).map((selector) => [
      selector,
      page.root.querySelectorAll(selector).length,
    ]);
    expect(Object.fromEntries(counts)).toEqual(shows);
  });
});
