import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../../src/store/excerpt';
import { bestPlace } from '../../../src/store/searchPlaces';
import { findUnits, parseQuery, toFtsQuery } from '../../../src/store/searchQuery';
import { addTerms, fold, scanSegments } from '../../../src/store/searchWords';

function termsOf(text: string, limit = 1_000): string[] {
  const terms = new Set<string>();
  addTerms(text, terms, limit);
  return [...terms].toSorted();
}

function segmentsOf(text: string): string[] {
  const segments: string[] = [];
  scanSegments(text, (start, end, kind) => {
    segments.push(`${kind} ${text.slice(start, end)}`);
    return true;
  });
  return segments;
}

/** What the query marks in the text. */
function marked(query: string, text: string): string[] {
  return findUnits(text, parseQuery(query), 9).map(({ start, end }) => text.slice(start, end));
}

describe('the words of a text', () => {
  it.each([
    ['Hello, world_1!', ['plain Hello', 'word world_1']],
    ['getUserById v2', ['word getUserById', 'plain v2']],
    ['Crème brûlée', ['word Crème', 'word brûlée']],
    ['用TypeScript写代码。', ['unspaced 用', 'word TypeScript', 'unspaced 写代码']],
    ['カタカナとひらがな、漢字', ['unspaced カタカナとひらがな', 'unspaced 漢字']],
    ['𠮷野家 a𠮷b', ['unspaced 𠮷野家', 'word a', 'unspaced 𠮷', 'word b']],
    ['한국어2개', ['unspaced 한국어', 'plain 2', 'unspaced 개']],
    ['🙂 — “x”', ['word x']],
    ['ไทย', ['unspaced ไทย']],
    ['', []],
  ])('of %j are told apart by their scripts', (text, segments) => {
    expect(segmentsOf(text)).toEqual(segments);
  });

  it('cover every letter and digit of any text, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let last = 0;
        let between = '';
        scanSegments(text, (start, end) => {
          between += text.slice(last, start);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
          return true;
        });
        between += text.slice(last);
        expect(between).not.toMatch(/[\p{L}\p{N}]/u);
      }),
    );
  });

  it('end where the visitor wants it', () => {
    const seen: number[] = [];
    scanSegments('a 中 é b', (start) => {
      seen.push(start);
      return start < 4;
    });
    expect(seen).toEqual([0, 2, 4]);
  });
});

describe('the terms of the index', () => {
  it('are words without case, accents, width and underscores', () => {
    expect(termsOf('Crème ＡＢＣ ﬁn STRASSE ΟΔΟΣ')).toEqual([
      'abc',
      'creme',
      'fin',
      'strasse',
      'οδοσ',
    ]);
  });

  it('are an identifier from each of its parts on', () => {
    expect(termsOf('getUserById')).toEqual(
      ['byid', 'by', 'get', 'getuserbyid', 'id', 'user', 'userbyid'].toSorted(),
    );
    expect(termsOf('HTTP_SERVER parseHTTPRequest')).toEqual(
      [
        'http',
        'httprequest',
        'httpserver',
        'parse',
        'parsehttprequest',
        'request',
        'server',
      ].toSorted(),
    );
  });

  it('are pairs of characters where no spaces part the words', () => {
    expect(termsOf('数据库')).toEqual(['数据', '据库', '库'].toSorted());
  });

  it('are not made of what is no word', () => {
    const base64 = `${'aB'.repeat(200)}==`;
    expect(termsOf(base64)).toEqual(['ab'.repeat(20)]);
    expect(termsOf('one two three four', 2)).toHaveLength(2);
  });

  it('mean nothing to the index but themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        for (const term of termsOf(text)) expect(term).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
        const query = toFtsQuery(parseQuery(text));
        expect(query).toMatch(/^(?:"[\p{L}\p{N}\p{M}]+"(?: \*)?(?: AND |$))*$/u);
      }),
    );
  });

  it('are those that a query for any of its words asks for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (text) => {
        const terms = termsOf(text);
        for (const part of toFtsQuery(parseQuery(text)).split(' AND ')) {
          const wanted = part.replaceAll(/"| \*/g, '');
          if (part.endsWith('*')) expect(terms.some((term) => term.startsWith(wanted))).toBe(true);
          else if (wanted !== '') expect(terms).toContain(wanted);
        }
      }),
    );
  });
});

describe('the place of a word in a text', () => {
  it.each([
    ['user', 'getUserById', ['User']],
    ['userbyid', 'get_user_by_id', ['user_by_id']],
    ['creme', 'Crème brûlée', ['Crème']],
    ['bru', 'Crème brûlée', ['brû']],
    ['数据', '关系数据库', ['数据']],
    ['server http', 'HTTP server, an HTTPServer', ['HTTP', 'server', 'HTTP', 'Server']],
    ['ab', 'ＡＢ', ['ＡＢ']],
  ])('of %j in %j is marked', (query, text, places) => {
    expect(marked(query, text)).toEqual(places);
  });

  it('is always inside the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        (query, text) => {
          for (const { start, end } of findUnits(text, parseQuery(query), 20)) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(end).toBeLessThanOrEqual(text.length);
          }
        },
      ),
    );
  });

  it('is found wherever the text is searched for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        const units = parseQuery(text);
        if (units.length > 0) expect(bestPlace([text], units)).toBeDefined();
      }),
    );
  });

  it('must be there for every word, in one of the texts', () => {
    const units = parseQuery('anchor chain');
    expect(bestPlace(['an anchor', 'a chain'], units)).toMatchObject({ closeness: 0.5 });
    expect(bestPlace(['an anchor', 'a rope'], units)).toBeUndefined();
    expect(bestPlace(['x', 'anchor and chain'], units)).toMatchObject({ closeness: 1 });
    expect(bestPlace(['anything'], [])).toBeUndefined();
  });
});

describe('an excerpt', () => {
  const excerpt = (query: string, text: string) =>
    excerptOf(text, findUnits(text, parseQuery(query), 50));

  it('is the stretch that holds the most of the words, on one line', () => {
    const text = `anchor ${'lorem ipsum '.repeat(40)}\n\tthe anchor\n  and chain ${'dolor '.repeat(40)}`;
    const { text: line, matches, found } = excerpt('anchor chain', text);
    expect(line).toMatch(/^….* the anchor and chain dolor .*…$/);
    expect(line.length).toBeLessThan(200);
    expect(matches.map(([start, end]) => line.slice(start, end))).toEqual(['anchor', 'chain']);
    expect(found).toBe(2);
  });

  it('is a short text whole', () => {
    expect(excerpt('end', 'Some words and the end')).toMatchObject({
      text: 'Some words and the end',
    });
  });

  it('marks what it holds, and cuts no character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
        fc.string({ unit: 'grapheme', maxLength: 900 }),
        (word, around) => {
          const text = `${around} ${word} ${around}`;
          const matches = findUnits(text, parseQuery(word), 50);
          if (matches.length === 0) return;
          const { text: line, matches: ranges } = excerptOf(text, matches);
          expect(line.isWellFormed()).toBe(true);
          expect(line).not.toMatch(/[\n\r\t]/);
          let last = 0;
          for (const [start, end] of ranges) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeLessThanOrEqual(line.length);
            last = end;
          }
        },
      ),
    );
  });
});

it('folding is done once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const folded = fold(text.toWellFormed());
      expect(fold(folded)).toBe(folded);
    }),
  );
});
