import { describe, expect, test } from 'vitest';
import { joinContent } from '../../../../../src/engine/requests/continuation/joinContent';

const thinking = { type: 'thinking', thinking: 'Hm.', signature: 's' } as const;
const part = { type: 'text', text: 'the second half' } as const;
const call = { type: 'tool_use', id: 't', name: 'look', input: {} } as const;
const searched = { type: 'server_tool_use', id: 'w', name: 'web_search', input: {} } as const;

describe('joinContent', () => {
  test('makes the parts one text and leaves out the thinking of a request that nobody sees again', () => {
    expect(joinContent([], 'both halves', [thinking, part])).toEqual([
      { type: 'text', text: 'both halves' },
    ]);
  });

  test('keeps the thinking in front of a tool call, as the API demands', () => {
    expect(joinContent([], 'both halves', [thinking, part, call])).toEqual([
      thinking,
      { type: 'text', text: 'both halves' },
      call,
    ]);
  });

  test('keeps what came before and the blocks of server tools in their order', () => {
    const result = { type: 'web_search_tool_result', tool_use_id: 'w', content: [] };
    expect(joinContent([searched, result], 'text', [part])).toEqual([
      searched,
      result,
      { type: 'text', text: 'text' },
    ]);
  });

  test('has no empty text', () => {
    expect(joinContent([], '', [call])).toEqual([call]);
  });
});
