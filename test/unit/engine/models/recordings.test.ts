import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../../src/engine/models/baseModel';
import { EventParser } from '../../../../src/engine/models/eventParser';
import { MessageAssembler } from '../../../../src/engine/models/messageAssembler';
import type { Usage } from '../../../../src/engine/types';
import { seededRandom } from '../../../helpers/seededRandom';
import { haveRecordings, readPlainly, recordings } from '../../../helpers/wireRecordings';

interface Read {
  readonly assembler: MessageAssembler;
  readonly events: readonly ModelEvent[];
  readonly usage: Usage | undefined;
}

function read(chunks: Iterable<Uint8Array>): Read {
  const events: ModelEvent[] = [];
  let usage: Usage | undefined;
  const assembler = new MessageAssembler({
    onEvent: (event) => events.push(event),
    onUsage: (told) => {
      usage = told;
    },
    onServerError: () => {
      throw new Error('no error is in the recordings');
    },
  });
  const parser = new EventParser(assembler);
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return { assembler, events, usage };
}

function* pieces(bytes: Buffer, size: () => number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + size());
    yield bytes.subarray(at, end);
    at = end;
  }
}

function joined(events: readonly ModelEvent[], type: 'text' | 'thinking'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('');
}

describe.runIf(haveRecordings)('recorded streams', () => {
  it('are there', () => {
    expect(recordings().length).toBeGreaterThanOrEqual(57);
  });

  it.each(recordings().map(({ name, bytes }) => [name, bytes] as const))(
    '%s reads the same in one piece, byte by byte and in random pieces',
    (_name, bytes) => {
      const expected = readPlainly(bytes);
      const random = seededRandom(bytes.length);
      const splits = [
        () => bytes.length,
        () => 1,
        ...Array.from({ length: 5 }, () => () => 1 + Math.floor(random() * 300)),
      ];
      for (const size of splits) {
        const { assembler, events, usage } = read(pieces(bytes, size));
        expect(joined(events, 'text')).toBe(expected.text);
        expect(assembler.text).toBe(expected.text);
        expect(joined(events, 'thinking')).toBe(expected.thinking);
        expect(
          events.flatMap((event) =>
            event.type === 'tool_use'
              ? [{ id: event.id, name: event.name, input: event.input }]
              : [],
          ),
        ).toEqual(expected.tools);
        expect(assembler.content.map(({ type }) => type)).toEqual(expected.blockTypes);
        expect(assembler.stopReason).toBe(expected.stopReason);
        expect(assembler.model).toBe(expected.model);
        expect(assembler.complete).toBe(true);
        expect(usage).toEqual({
          inputTokens: expected.usage['input_tokens'],
          outputTokens: expected.usage['output_tokens'],
          cacheReadTokens: expected.usage['cache_read_input_tokens'] ?? 0,
          cacheWriteTokens: expected.usage['cache_creation_input_tokens'] ?? 0,
        });
      }
    },
  );

  it('keep the signatures of thinking and the citations of text', () => {
    const blocks = recordings().flatMap(({ bytes }) => read([bytes]).assembler.content);
    const thinking = blocks.filter(({ type }) => type === 'thinking');
    expect(thinking.length).toBeGreaterThan(0);
    for (const block of thinking) {
      expect('signature' in block && String(block.signature).length > 0).toBe(true);
    }
    expect(blocks.some((block) => 'citations' in block && Array.isArray(block['citations']))).toBe(
      true,
    );
  });
});
