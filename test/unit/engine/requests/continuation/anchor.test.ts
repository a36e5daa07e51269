import { describe, expect, test } from 'vitest';
import { chooseAnchor } from '../../../../../src/engine/requests/continuation/anchor';

const PARAGRAPH =
  'The first sentence of a paragraph is long enough to be told from all of the others in it. The second one says something else.';

describe('chooseAnchor', () => {
  test('takes the last words, from the beginning of one', () => {
    const text = `${PARAGRAPH} The third sentence breaks off in the middle of a wo`;
    expect(chooseAnchor(text)).toBe('sentence breaks off in the middle of a wo');
  });

  test('takes a whole short text', () => {
    expect(chooseAnchor('Hi, the')).toBe('Hi, the');
  });

  test('begins with the line where that is near', () => {
    const text =
      '```ts\nexport function run() {\n  const values = await Promise.all(tasks.map(start));\n  if (';
    expect(chooseAnchor(text)).toBe(
      '  const values = await Promise.all(tasks.map(start));\n  if (',
    );
  });

  test('goes back until it is the only one of its kind', () => {
    const again = 'and the same words come here for another time';
    const text = `First: ${again}. Second: ${again}`;
    const anchor = chooseAnchor(`${PARAGRAPH} ${text}`);
    expect(anchor).toBe(`Second: ${again}`);
  });

  test('ends at 240 characters where all is the same', () => {
    expect(chooseAnchor('tick tock '.repeat(100).trim()).length).toBeLessThanOrEqual(240);
  });

  test('cuts text without white space between two characters', () => {
    const text =
      '断路器保护一个已经出现问题的服务🔥。'.repeat(3) + '当失败的比例超过阈值时，它会打开';
    const anchor = chooseAnchor(text);
    expect(text.endsWith(anchor)).toBe(true);
    expect(anchor.length).toBeGreaterThanOrEqual(40);
    expect(encodeURIComponent(anchor)).not.toBe('');
  });
});
