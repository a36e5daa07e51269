import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import type { ModelEvent } from '../../../../src/engine/models/baseModel';
import { MessageAssembler } from '../../../../src/engine/models/messageAssembler';
import type { Usage } from '../../../../src/engine/types';

function assemble(...events: readonly unknown[]): {
  readonly assembler: MessageAssembler;
  readonly told: readonly ModelEvent[];
  readonly usages: readonly Usage[];
} {
  const told: ModelEvent[] = [];
  const usages: Usage[] = [];
  const assembler = new MessageAssembler({
    onEvent: (event) => told.push(event),
    onUsage: (usage) => usages.push(usage),
    onServerError: (body) => new EngineError('overloaded', JSON.stringify(body)),
  });
  for (const event of events) assembler.event(event, '');
  return { assembler, told, usages };
}

const start = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const ending = (stop_reason: string) => ({ type: 'message_delta', delta: { stop_reason } });
const end = { type: 'message_stop' };

describe('MessageAssembler', () => {
  it('keeps blocks as they came: signatures, citations, redacted thinking, server tools, unknown ones', () => {
    const redacted = { type: 'redacted_thinking', data: 'opaque' };
    const future = { type: 'hologram', shape: { sides: 4 } };
    const { assembler } = assemble(
      start(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      delta(0, { type: 'signature_delta', signature: 'sig==' }),
      stop(0),
      start(1, redacted),
      stop(1),
      start(2, { type: 'text', text: '', citations: null }),
      delta(2, { type: 'citations_delta', citation: { url: 'a' } }),
      delta(2, { type: 'text_delta', text: 'Hi' }),
      delta(2, { type: 'citations_delta', citation: { url: 'b' } }),
      stop(2),
      start(3, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(3, { type: 'input_json_delta', partial_json: '{"query":' }),
      delta(3, { type: 'input_json_delta', partial_json: '"x"}' }),
      stop(3),
      start(4, future),
      delta(4, { type: 'hologram_delta', light: 1 }),
      stop(4),
      start(5, { type: 'compaction', content: null }),
      delta(5, { type: 'compaction_delta', content: 'summary' }),
      stop(5),
      ending('end_turn'),
      end,
    );
    expect(assembler.content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 'sig==' },
      redacted,
      { type: 'text', text: 'Hi', citations: [{ url: 'a' }, { url: 'b' }] },
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
      future,
      { type: 'compaction', content: 'summary' },
    ]);
    expect(assembler.stopReason).toBe('end_turn');
  });

  it('tells a tool use once, whole, at the end of its block; a server tool never', () => {
    const { told } = assemble(
      start(0, { type: 'tool_use', id: 't', name: 'read', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '' }),
      delta(0, { type: 'input_json_delta', partial_json: '{"path":"a"}' }),
      stop(0),
      start(1, { type: 'tool_use', id: 'u', name: 'now', input: {} }),
      stop(1),
      start(2, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      stop(2),
    );
    expect(told).toEqual([
      { type: 'tool_use', id: 't', name: 'read', input: { path: 'a' } },
      { type: 'tool_use', id: 'u', name: 'now', input: {} },
    ]);
  });

  it('leaves out a tool use that max_tokens cut off in its input', () => {
    const { assembler, told } = assemble(
      start(0, { type: 'text', text: 'Let me' }),
      stop(0),
      start(1, { type: 'tool_use', id: 't', name: 'write', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '{"text":"unfin' }),
      stop(1),
      ending('max_tokens'),
      end,
    );
    expect(assembler.content).toEqual([{ type: 'text', text: 'Let me' }]);
    expect(told).toEqual([{ type: 'text', text: 'Let me' }]);
  });

  it('calls the input of a finished tool use that is not JSON a protocol error', () => {
    expect(() =>
      assemble(
        start(0, { type: 'tool_use', id: 't', name: 'write', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"text":' }),
        stop(0),
        ending('tool_use'),
        end,
      ),
    ).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });

  it('merges usage: the last figure told counts, null and absent ones change nothing', () => {
    const { usages } = assemble(
      {
        type: 'message_start',
        message: {
          usage: {
            input_tokens: 10,
            output_tokens: 1,
            cache_read_input_tokens: 5,
            cache_creation_input_tokens: null,
          },
        },
      },
      {
        type: 'message_delta',
        delta: {},
        usage: { output_tokens: 42, input_tokens: null, server_tool_use: { web: 1 } },
      },
      { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: -1 } },
    );
    expect(usages.at(-1)).toEqual({
      inputTokens: 10,
      outputTokens: 42,
      cacheReadTokens: 5,
      cacheWriteTokens: 0,
    });
  });

  it('passes over unknown events, nonsense and empty deltas, and counts everything but pings', () => {
    const { assembler, told } = assemble(
      { type: 'ping' },
      null,
      7,
      ['x'],
      { type: 'hologram' },
      {},
      start(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: '' }),
      delta(0, { type: 'text_delta' }),
      delta(9, { type: 'signature_delta', signature: 'x' }),
      { type: 'content_block_delta', index: 'x' },
      stop(5),
    );
    expect(told).toEqual([]);
    expect(assembler.events).toBe(8);
  });

  it('never loses words of a block whose start or end did not come', () => {
    const { assembler, told } = assemble(
      delta(0, { type: 'text_delta', text: 'lost?' }),
      ending('end_turn'),
      end,
    );
    expect(told).toEqual([{ type: 'text', text: 'lost?' }]);
    expect(assembler.content).toEqual([{ type: 'text', text: 'lost?' }]);
  });

  it('uses the name of the event line where the data has no type', () => {
    const { assembler } = assemble();
    assembler.event({}, 'message_stop');
    expect(assembler.complete).toBe(true);
  });

  it('throws the error that the server reports in the stream', () => {
    expect(() => assemble({ type: 'error', error: { type: 'overloaded_error' } })).toThrow(
      expect.objectContaining({ kind: 'overloaded' }),
    );
  });
});
