import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/simulator/random';
import { USUAL_SHAPE } from '../../../../src/simulator/streamShape';
import type { StreamShape } from '../../../../src/simulator/streamShape';
import { splitTokens } from '../../../../src/simulator/tokens';
import { splitInsideCharacters } from '../../../../src/simulator/wire/frameWriter';
import type { SimulatedReply } from '../../../../src/simulator/wire/reply';
import { serializeEvent } from '../../../../src/simulator/wire/serializeEvent';
import { WireEvents } from '../../../../src/simulator/wire/wireEvents';
import type { WireEvent } from '../../../../src/simulator/wire/wireEvents';
import { recordAt, textOfDeltas } from '../support';

const TEXT = 'Some words in a row, enough of them for every peculiarity to turn up. '.repeat(40);

function reply(changes: Partial<SimulatedReply> = {}): SimulatedReply {
  return {
    id: 'msg_1',
    modelId: 'simulator-fast',
    blocks: [{ type: 'text', pieces: splitTokens(TEXT) }],
    stopReason: 'end_turn',
    stopSequence: null,
    input: { inputTokens: 5, cacheReadTokens: 0, write5mTokens: 0, write1hTokens: 0 },
    ...changes,
  };
}

function events(
  shape: Partial<StreamShape>,
  changes: Partial<SimulatedReply> = {},
  seed = 1,
): WireEvent[] {
  const all = new WireEvents(reply(changes), { ...USUAL_SHAPE, ...shape }, new Random(seed)).all();
  return [...all];
}

function names(list: readonly WireEvent[]): string[] {
  return list.map(({ name }) => name);
}

function text(list: readonly WireEvent[], field = 'text'): string {
  return textOfDeltas(
    list.map(({ name, data }) => ({ event: name, data })),
    field,
  );
}

describe('WireEvents', () => {
  it.each<Partial<StreamShape>>([
    {},
    { deltaTokens: 1 },
    { pings: 'odd', emptyDeltas: true, emptyBlocks: true, unknown: true },
  ])('holds the whole text whatever the shape: %j', (shape) => {
    expect(text(events(shape))).toBe(TEXT);
  });

  it('puts so many tokens into a delta as the shape says', () => {
    const deltas = events({ deltaTokens: 3 }).filter(({ tokens }) => tokens > 0);
    expect(new Set(deltas.slice(0, -1).map(({ tokens }) => tokens))).toEqual(new Set([3]));
  });

  it('pings mostly after the first block’s start, and not in every stream', () => {
    const positions = Array.from({ length: 100 }, (_, seed) =>
      names(events({}, {}, seed)).indexOf('ping'),
    );
    const after = positions.filter((position) => position === 2).length;
    expect(after).toBeGreaterThan(75);
    expect(after).toBeLessThan(100);
    expect(new Set(positions)).toEqual(new Set([2, -1]));
  });

  it('pings at odd places when asked to, or nowhere', () => {
    const odd = names(events({ pings: 'odd' }));
    expect(odd.filter((name) => name === 'ping').length).toBeGreaterThan(10);
    expect(odd.join(' ')).toContain('ping ping');
    expect(names(events({ pings: 'none' }))).not.toContain('ping');
  });

  it('brings empty deltas, a block without any, and unknown types only when asked to', () => {
    const plain = events({});
    const odd = events({ emptyDeltas: true, emptyBlocks: true, unknown: true });
    const isEmpty = ({ data }: WireEvent): boolean =>
      data['type'] === 'content_block_delta' && recordAt(data, 'delta')['text'] === '';
    expect(plain.some(isEmpty)).toBe(false);
    expect(odd.some(isEmpty)).toBe(true);
    expect(names(odd).join(' ')).toContain('content_block_start content_block_stop');
    expect(JSON.stringify(plain)).not.toContain('unknown');
    expect(names(odd)).toContain('simulator_unknown');
    expect(JSON.stringify(odd)).toContain('"delta":{"type":"simulator_unknown"');
    expect(JSON.stringify(odd)).toContain('"content_block":{"type":"simulator_unknown"');
  });

  it('keeps thinking to itself when its display is omitted, and still counts it', () => {
    const thought = splitTokens('A thought that nobody sees.');
    const list = events(
      {},
      { blocks: [{ type: 'thinking', pieces: thought, signature: 'sig', omitted: true }] },
    );
    expect(text(list, 'thinking')).toBe('');
    expect(text(list, 'signature')).toBe('sig');
    const last = list.find(({ name }) => name === 'message_delta');
    expect(recordAt(last?.data, 'usage')).toMatchObject({
      output_tokens: thought.length,
      output_tokens_details: { thinking_tokens: thought.length },
    });
  });

  it('begins a tool’s input and ends thinking with an empty delta, as recorded streams do', () => {
    const pieces = splitTokens('{"city":"Bern"}');
    const blocks: SimulatedReply['blocks'] = [
      { type: 'thinking', pieces: splitTokens('A thought.'), signature: 'sig', omitted: false },
      { type: 'tool_use', id: 'toolu_1', name: 'a', pieces },
    ];
    const deltas = events({}, { blocks })
      .filter(({ name }) => name === 'content_block_delta')
      .map(({ data }) => recordAt(data, 'delta'));
    const kinds = deltas.map(({ type }) => type);
    expect(deltas[kinds.lastIndexOf('thinking_delta')]).toEqual({
      type: 'thinking_delta',
      thinking: '',
    });
    expect(deltas[kinds.indexOf('input_json_delta')]).toEqual({
      type: 'input_json_delta',
      partial_json: '',
    });
  });

  it('is the same for the same seed', () => {
    const shape = { pings: 'odd', emptyDeltas: true } as const;
    expect(events(shape, {}, 4)).toEqual(events(shape, {}, 4));
    expect(events(shape, {}, 4)).not.toEqual(events(shape, {}, 5));
  });
});

describe('serializeEvent', () => {
  it('pads most data lines with spaces that JSON does not mind', () => {
    const random = new Random(1);
    const stop: WireEvent = { name: 'message_stop', data: { type: 'message_stop' }, tokens: 0 };
    const lines = Array.from({ length: 200 }, () => serializeEvent(stop, true, random));
    const padded = lines.filter((line) => / +\}\n\n$/.test(line)).length;
    expect(padded).toBeGreaterThan(160);
    expect(padded).toBeLessThan(200);
    for (const line of lines) {
      expect(JSON.parse(line.split('data: ')[1] ?? '')).toEqual({ type: 'message_stop' });
    }
  });
});

describe('splitInsideCharacters', () => {
  it('cuts inside UTF-8 characters and loses nothing', () => {
    const bytes = Buffer.from('敏捷的棕色狐狸 and 😀 some ASCII at the end of it all');
    const pieces = splitInsideCharacters(bytes, new Random(1));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    const broken = pieces.filter((piece) => ((piece[0] ?? 0) & 0xc0) === 0x80);
    expect(broken.length).toBeGreaterThan(3);
  });
});
