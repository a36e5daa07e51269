import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { EventParser } from '../../../../src/engine/models/eventParser';
import { seededRandom } from '../../../helpers/seededRandom';

type Seen = readonly ['piece', string, number, string] | readonly ['event', unknown, string];

function parse(...chunks: readonly (string | Uint8Array)[]): Seen[] {
  const seen: Seen[] = [];
  const parser = new EventParser({
    piece: (kind, index, text) => seen.push(['piece', kind, index, text]),
    event: (data, name) => seen.push(['event', data, name]),
  });
  const encoder = new TextEncoder();
  for (const chunk of chunks) {
    parser.push(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
  }
  parser.end();
  return seen;
}

function delta(text: string, index = 0, padding = ''): string {
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(text)}}${padding}}\n\n`;
}

/** Both ways of telling a text: the short one and the general one. */
function texts(seen: readonly Seen[]): string[] {
  return seen.map((each) => {
    if (each[0] === 'piece') return each[3];
    const data: unknown = each[1];
    return JSON.stringify(data).replace(/.*"text":("(?:[^"\\]|\\.)*").*/, (_all, literal: string) =>
      String(JSON.parse(literal)),
    );
  });
}

describe('EventParser', () => {
  it('tells text, thinking and tool input in the usual shape as pieces', () => {
    const thinking = delta('t').replace('text_delta","text"', 'thinking_delta","thinking"');
    const input = delta('{"a"', 12).replace(
      'text_delta","text"',
      'input_json_delta","partial_json"',
    );
    expect(parse(delta('a', 3), thinking, input)).toEqual([
      ['piece', 'text', 3, 'a'],
      ['piece', 'thinking', 0, 't'],
      ['piece', 'input', 12, '{"a"'],
    ]);
  });

  it('reads escapes, quotes and characters beyond the basic plane in a piece', () => {
    const words = [
      '"',
      '\\',
      '\\"',
      'a\\\\"b',
      'tab\there',
      '\u0000',
      '汉字',
      '😀 \ud83d',
      '}}',
      'é',
    ];
    expect(parse(words.map((word) => delta(word)).join(''))).toEqual(
      words.map((word) => ['piece', 'text', 0, word]),
    );
  });

  it('takes padding after and between the closing braces', () => {
    expect(parse(delta('a', 0, '      '), delta('b', 0, ' ').replace('\n\n', '   \n\n'))).toEqual([
      ['piece', 'text', 0, 'a'],
      ['piece', 'text', 0, 'b'],
    ]);
  });

  it('hands on an extra field, another order or another spacing through the general way', () => {
    const extra = delta('a').replace('}}\n', '},"extra":1}\n');
    const inside = delta('a').replace('"}}\n', '","extra":1}}\n');
    const spaced = delta('a').replaceAll(':{', ': {');
    for (const each of [extra, inside, spaced]) {
      const seen = parse(each);
      expect(seen).toHaveLength(1);
      expect(seen[0]?.[0]).toBe('event');
      expect(texts(seen)).toEqual(['a']);
    }
  });

  it('takes a text whose event has another data line for one event', () => {
    const seen = parse(delta('a').replace('\n\n', '\ndata: \n\n'), delta('b'));
    expect(seen).toHaveLength(2);
    expect(texts(seen)).toEqual(['a', 'b']);
    expect(() => parse(delta('a').replace('\n\n', '\ndata: x\n\n'))).toThrow(EngineError);
  });

  it('accepts LF, CRLF, CR and a mix of them, however they are split', () => {
    const body = 'event: a\ndata: {"n":1}\n\ndata: {"n":2}\n\n';
    for (const end of ['\n', '\r\n', '\r']) {
      const bytes = new TextEncoder().encode(body.replaceAll('\n', end));
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      expect(parse(bytes)).toEqual([
        ['event', { n: 1 }, 'a'],
        ['event', { n: 2 }, ''],
      ]);
      expect(parse(...single)).toEqual(parse(bytes));
    }
    expect(parse('data: 1\r\n\r', '\ndata: 2\n\r\n')).toEqual([
      ['event', 1, ''],
      ['event', 2, ''],
    ]);
  });

  it('joins several data lines, ignores comments, other fields and events without data', () => {
    expect(
      parse(': hello\nid: 7\nretry: 10\nevent: x\n\ndata:{\ndata:  "a":1}\nfoo\n:\n\ndatax: 1\n\n'),
    ).toEqual([['event', { a: 1 }, '']]);
    expect(parse('data\n\n', 'event: gone\n\ndata: 1\n\n')).toEqual([['event', 1, '']]);
  });

  it('takes away a byte order mark at the start only', () => {
    expect(parse('\ufeffdata: "a"\n\n', 'data: "\ufeffb"\n\n')).toEqual([
      ['event', 'a', ''],
      ['event', '\ufeffb', ''],
    ]);
  });

  it('hands on the last event without its blank line, and drops half an event', () => {
    expect(parse('data: {"a":1}')).toEqual([['event', { a: 1 }, '']]);
    expect(parse('data: {"a":1}\n')).toEqual([['event', { a: 1 }, '']]);
    expect(parse('data: 1\n\ndata: {"a":')).toEqual([['event', 1, '']]);
  });

  it('passes over [DONE]', () => {
    expect(parse('data: [DONE]\n\n')).toEqual([]);
  });

  it('reports data that is not JSON as a protocol error, without quoting it', () => {
    for (const bad of ['data: {"secret"\n\n', delta('secret').replace('}}', '}}}')]) {
      try {
        parse(bad);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
        expect(error).toMatchObject({ kind: 'protocol', retryable: false });
        expect(JSON.stringify([String(error), (error as EngineError).cause])).not.toContain(
          'secret',
        );
      }
    }
  });

  it('reads a line of 40 KB in pieces of any size', () => {
    const long = '字x'.repeat(20_000);
    const bytes = new TextEncoder().encode(delta(long) + delta('end'));
    const random = seededRandom(1);
    for (const size of [1_000_000, 7, () => 1 + Math.floor(random() * 2_000)]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + (typeof size === 'number' ? size : size());
        chunks.push(bytes.slice(at, end));
        at = end;
      }
      expect(texts(parse(...chunks))).toEqual([long, 'end']);
    }
  });

  it('refuses a line without end', () => {
    const chunk = new Uint8Array(8 * 1024 * 1024).fill(97);
    expect(() => parse(chunk, chunk, chunk, chunk, chunk)).toThrow(EngineError);
  });

  it('tells any texts in any split in their order', () => {
    const random = seededRandom(42);
    const alphabet = [
      'a',
      '"',
      '\\',
      '\n',
      '\r',
      '汉',
      '😀',
      '}',
      '{',
      ' ',
      'data: ',
      '\u2028',
      '',
    ];
    for (let round = 0; round < 200; round++) {
      const words = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
        Array.from(
          { length: Math.floor(random() * 6) },
          () => alphabet[Math.floor(random() * alphabet.length)],
        ).join(''),
      );
      const body = words
        .map((word) => delta(word, Math.floor(random() * 3), ' '.repeat(Math.floor(random() * 3))))
        .join(random() < 0.3 ? ': ping\n\n' : '');
      const bytes = new TextEncoder().encode(body);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + Math.floor(random() * 90);
        chunks.push(bytes.slice(at, end));
        at = end;
      }
      expect(texts(parse(...chunks))).toEqual(words);
    }
  });
});
