import { describe, expect, it } from 'vitest';
import { estimateTokens } from '../../../../src/engine/models/tokenEstimate';
import { testRequest } from '../../../helpers/modelHarness';

function estimate(content: Parameters<typeof testRequest>[0] & object): number {
  return estimateTokens(testRequest(content));
}

describe('estimateTokens', () => {
  it('counts UTF-8 bytes, three a token, over system prompt, messages and tools', () => {
    expect(estimate({ messages: [{ role: 'user', content: 'x'.repeat(300) }] })).toBe(104);
    expect(estimate({ messages: [{ role: 'user', content: '汉'.repeat(300) }] })).toBe(304);
    expect(estimate({ messages: [], system: ['x'.repeat(30), '汉'] })).toBe(11);
    const all = { system: 'x'.repeat(30), tools: [{ name: 'x'.repeat(30) }] };
    expect(estimate({ messages: [], ...all })).toBe(20);
    expect(
      estimate({ messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(26) }] }] }),
    ).toBe(14);
  });

  it('does not take the bytes of images and documents for text', () => {
    const data = 'A'.repeat(900_000);
    const image = { type: 'image', source: { type: 'base64', data } };
    const pdf = { type: 'document', source: { type: 'base64', data } };
    expect(estimate({ messages: [{ role: 'user', content: [image] }] })).toBe(1_604);
    expect(estimate({ messages: [{ role: 'user', content: [pdf] }] })).toBe(20_004);
    const shown = { type: 'tool_result', tool_use_id: 't', content: [image, pdf] };
    expect(estimate({ messages: [{ role: 'user', content: [shown] }] })).toBe(21_604);
    const text = { type: 'document', source: { type: 'text', data: 'x'.repeat(300) } };
    // With the names of its kinds.
    expect(estimate({ messages: [{ role: 'user', content: [text] }] })).toBe(108);
  });
});
