import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LineWriter } from '../../../src/headless/lineWriter';
import type { OutputLine } from '../../../src/headless/outputLine';
import { settle } from '../../helpers/fakeClock';

/** A reader that takes one write at a time, when told to. */
class SlowReader extends Writable {
  readonly written: string[] = [];
  #release: ((error?: Error) => void) | undefined;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  override _write(chunk: string, _: string, done: (error?: Error) => void): void {
    this.written.push(chunk);
    this.#release = done;
  }

  async release(error?: Error): Promise<void> {
    const release = this.#release;
    // Node takes a second call for an error.
    this.#release = undefined;
    release?.(error);
    await settle();
  }
}

const text = (value: string): OutputLine => ({ type: 'text', text: value });
const line = (value: OutputLine): string => `${JSON.stringify(value)}\n`;

describe('LineWriter', () => {
  test('merges text that the reader is too slow for, and keeps the order of the rest', async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader, () => {});
    const tool: OutputLine = { type: 'tool_use', id: '1', name: 'n', input: {} };
    const thought: OutputLine = { type: 'thinking', text: 'hm' };
    for (const each of ['a', 'b', 'c']) writer.write(text(each));
    writer.write(tool);
    writer.write(thought);
    for (const each of ['d', 'e']) writer.write(text(each));
    const finished = writer.finish();
    for (let step = 0; step < 8; step++) await reader.release();
    await finished;
    const lines = [text('a'), text('bc'), tool, thought, text('de')].map(line);
    expect(reader.written.filter((chunk) => chunk !== '')).toEqual(lines);
  });

  test('marks the lines of several requests, and merges the text of each by itself', async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader, () => {});
    const tool: OutputLine = { type: 'tool_use', id: 'toolu_1', name: 'n', input: {} };
    writer.write(text('first'), 'a');
    for (const [index, id] of ['a', 'b', 'a', 'b', 'a'].entries())
      writer.write(text(`${index}`), id);
    writer.write(tool, 'a');
    writer.write(text('5'), 'a');
    writer.write(text('6'), 'b');
    const finished = writer.finish();
    for (let step = 0; step < 8; step++) await reader.release();
    await finished;
    expect(reader.written.join('')).toBe(
      [
        '{"type":"text","id":"a","text":"first"}',
        '{"type":"text","id":"a","text":"024"}',
        '{"type":"text","id":"b","text":"136"}',
        '{"type":"tool_use","id":"a","toolUseId":"toolu_1","name":"n","input":{}}',
        '{"type":"text","id":"a","text":"5"}',
        '',
      ].join('\n'),
    );
  });

  test('finishes only when everything has been taken', async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader, () => {});
    writer.write(text('a'));
    writer.write(text('b'));
    let finished = false;
    const done = writer.finish().then(() => {
      finished = true;
    });
    await reader.release();
    expect(finished).toBe(false);
    await reader.release();
    await reader.release();
    await done;
    expect(finished).toBe(true);
  });

  test('tells once that nobody reads, and drops the rest', async () => {
    const reader = new SlowReader();
    let broken = 0;
    const writer = new LineWriter(reader, () => broken++);
    writer.write(text('a'));
    writer.write(text('b'));
    const finished = writer.finish();
    await reader.release(new Error('EPIPE'));
    await finished;
    writer.write(text('c'));
    await writer.finish();
    expect(broken).toBe(1);
    expect(reader.written).toEqual([line(text('a'))]);
  });
});
