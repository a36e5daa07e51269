import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecord } from '../../../../src/simulator/json';
import type { JsonRecord } from '../../../../src/simulator/json';
import { ask, parseEvents, recordAt, simulator } from '../support';
import type { SseEvent } from '../support';

/** Streams of the real API, recorded by others; beside the repository, never in it. */
const FOLDER = resolve(import.meta.dirname, '../../../../../shared/wire/sse');
const recorded = existsSync(FOLDER);
if (!recorded) console.log(`No recordings in ${FOLDER}: the comparison with them is skipped.`);

function recordings(): SseEvent[][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sse'))
    .map((name) => parseEvents(readFileSync(join(FOLDER, name), 'utf8')));
}

/** `content_block_delta:text_delta`, `content_block_start:thinking`, `ping`. */
function kindOf({ event, data }: SseEvent): string {
  if (event === 'content_block_delta') {
    return `${event}:${String(recordAt(data, 'delta')['type'])}`;
  }
  if (event === 'content_block_start') {
    return `${event}:${String(recordAt(data, 'content_block')['type'])}`;
  }
  return event;
}

/** Dotted paths of all fields. What a model or a tool puts into a tool's input is not the API's. */
function paths(value: unknown, prefix = ''): string[] {
  if (!isRecord(value) || prefix.endsWith('.input')) return [prefix];
  const entries = Object.entries(value);
  if (entries.length === 0) return [prefix];
  return entries.flatMap(([key, inner]) => paths(inner, `${prefix}.${key}`));
}

function fieldsByKind(streams: readonly SseEvent[][]): Map<string, Set<string>> {
  const fields = new Map<string, Set<string>>();
  for (const event of streams.flat()) {
    const known = fields.get(kindOf(event)) ?? new Set();
    for (const path of paths(event.data)) known.add(path);
    fields.set(kindOf(event), known);
  }
  return fields;
}

/** "A > B": which kind of event follows which. */
function neighbours(streams: readonly SseEvent[][]): Set<string> {
  const pairs = new Set<string>();
  for (const stream of streams) {
    const kinds = stream.map(kindOf);
    kinds.forEach((kind, index) => pairs.add(`${kinds[index - 1] ?? 'start'} > ${kind}`));
  }
  return pairs;
}

/** What must hold in every stream, whoever sends it. */
function checkOrder(stream: readonly SseEvent[]): void {
  const kinds = stream.filter(({ event }) => event !== 'ping').map(({ event }) => event);
  const order = kinds
    .join(' ')
    .replaceAll('content_block_', '')
    .replaceAll(/start(?: delta)* stop/g, 'block');
  expect(order).toMatch(/^message_start(?: block)* message_delta message_stop$/);
  const indexes = stream
    .filter(({ event }) => event === 'content_block_start')
    .map(({ data }) => data['index']);
  expect(indexes).toEqual(indexes.map((_, position) => position));
}

const TOOL = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};

/** A text, a tool call, thinking with text, thinking with a tool call, each a few times. */
async function simulated(): Promise<{ streams: SseEvent[][]; texts: string[] }> {
  const server = await simulator();
  const bodies: JsonRecord[] = [
    { model: 'simulator-fast' },
    { model: 'simulator-fast', max_tokens: 20 },
    { model: 'simulator-fast', stop_sequences: ['local'] },
    { model: 'simulator-fast', tools: [TOOL] },
    { model: 'simulator-deep' },
    { model: 'simulator-deep', tools: [TOOL] },
  ];
  const streams: SseEvent[][] = [];
  const texts: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    for (const body of bodies) {
      const response = await ask(server, `tool question ${round}`, { body });
      const text = await response.text();
      texts.push(text);
      streams.push(parseEvents(text));
    }
  }
  return { streams, texts };
}

function without(part: ReadonlySet<string>, whole: ReadonlySet<string> | undefined): string[] {
  return [...part].filter((item) => !whole?.has(item));
}

describe.skipIf(!recorded)('compared with recorded streams', () => {
  it('has their order of events', async () => {
    const whole = recordings().filter((stream) => stream.at(-1)?.event === 'message_stop');
    expect(whole.length).toBeGreaterThan(50);
    for (const stream of whole) checkOrder(stream);
    for (const stream of (await simulated()).streams) checkOrder(stream);
  });

  it('puts no event after another where none was recorded', async () => {
    const { streams } = await simulated();
    expect(without(neighbours(streams), neighbours(recordings()))).toEqual([]);
  });

  it('has no field that none of them has', async () => {
    const theirs = fieldsByKind(recordings());
    for (const [kind, fields] of fieldsByKind((await simulated()).streams)) {
      expect(without(fields, theirs.get(kind)), kind).toEqual([]);
    }
  });

  it('has every field that they all have', async () => {
    const { streams } = await simulated();
    const all = recordings();
    for (const [kind, ours] of fieldsByKind(streams)) {
      const examples = all.flat().filter((event) => kindOf(event) === kind);
      const [first, ...rest] = examples.map(({ data }) => new Set(paths(data)));
      const common = [...(first ?? [])].filter((path) => rest.every((other) => other.has(path)));
      expect(common.length, kind).toBeGreaterThan(0);
      expect(without(new Set(common), ours), kind).toEqual([]);
    }
  });

  it('pads as many lines as they do, in the same places', async () => {
    const share = (texts: readonly string[]): number => {
      const lines = texts.join('').match(/^data: .*\S$/gm) ?? [];
      const padded = lines.filter((line) => / +\}$/.test(line));
      return padded.length / lines.length;
    };
    const theirs = readdirSync(FOLDER).map((name) => readFileSync(join(FOLDER, name), 'utf8'));
    const { texts } = await simulated();
    expect(Math.abs(share(texts) - share(theirs))).toBeLessThan(0.15);
  });
});
