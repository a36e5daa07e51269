import { describe, expect, it } from 'vitest';
import { builtinInfo } from '../../../../src/engine/models/capabilities';
import {
  countBody,
  ineffectiveSettings,
  messageBody,
} from '../../../../src/engine/models/requestBody';
import { parseSettings } from '../../../../src/engine/settings';
import type { ChatRequest } from '../../../../src/engine/types';
import { testEndpoint, testRequest } from '../../../helpers/modelHarness';

const anthropic = testEndpoint('https://api.anthropic.com');
const old = testEndpoint('https://api.anthropic.com', { apiVersion: '2023-06-01' });

function body(
  model: string,
  changes: Partial<ChatRequest> = {},
  settings = {},
  endpoint = anthropic,
) {
  const { capabilities } = builtinInfo(model);
  const request = testRequest({ model, ...changes });
  return messageBody(request, capabilities, endpoint, parseSettings(settings));
}

const adaptive = { type: 'adaptive', display: 'summarized' };

describe('thinking', () => {
  it('is always on, and shown, where the model knows nothing else', () => {
    for (const thinking of ['off', 'adaptive'] as const) {
      expect(body('claude-opus-5-5', { thinking })['thinking']).toEqual(adaptive);
    }
  });

  it('can be turned off in the way the model knows', () => {
    expect(body('claude-opus-5')['thinking']).toEqual(adaptive);
    expect(body('claude-opus-5', { thinking: 'off' })['thinking']).toEqual({ type: 'disabled' });
    expect(body('claude-sonnet-5-5', { thinking: 'off' })['thinking']).toEqual({
      type: 'between_tools',
    });
  });

  it('gets a budget below max_tokens on models that want one, and only when asked', () => {
    expect(body('claude-haiku-4-5')).not.toHaveProperty('thinking');
    expect(body('claude-haiku-4-5', { thinking: 'adaptive' })).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 8_192 },
      max_tokens: 4_096 + 8_192,
    });
    expect(
      body('claude-haiku-4-5', { thinking: 'adaptive' }, { reply: { thinkingAllowance: 5 } }),
    ).toMatchObject({ thinking: { budget_tokens: 1_024 }, max_tokens: 4_096 + 1_024 });
    const tight = body(
      'claude-haiku-4-5',
      { thinking: 'adaptive', maxTokens: 60_000 },
      { reply: { thinkingAllowance: 128_000 } },
    );
    expect(tight).toMatchObject({ thinking: { budget_tokens: 4_000 }, max_tokens: 64_000 });
    expect(body('claude-haiku-4-5', { thinking: 'adaptive', maxTokens: 64_000 })).toMatchObject({
      thinking: { budget_tokens: 1_024 },
      max_tokens: 64_000,
    });
  });

  it('is not mentioned to models that have none', () => {
    expect(body('llama3.2', { thinking: 'adaptive' })).not.toHaveProperty('thinking');
  });
});

describe('max_tokens', () => {
  it('is the visible reply, plus the allowance where the model thinks, within what the model can', () => {
    expect(body('claude-opus-5-5')['max_tokens']).toBe(4_096 + 8_192);
    expect(body('claude-opus-5', { thinking: 'off' })['max_tokens']).toBe(4_096);
    expect(body('claude-opus-5-5', { maxTokens: 100 })['max_tokens']).toBe(8_292);
    expect(body('claude-opus-5-5', { maxTokens: 128_000 })['max_tokens']).toBe(128_000);
    expect(body('llama3.2', { maxTokens: 100 })['max_tokens']).toBe(100);
    expect(body('claude-nova-9', { maxTokens: 100_000 })['max_tokens']).toBe(8_192);
  });
});

describe('the allowance for thinking', () => {
  it.each([
    ['low', 4_096],
    ['medium', 8_192],
    ['high', 16_384],
    ['xhigh', 32_768],
    ['max', 128_000 - 4_096],
  ] as const)('at effort %s is %i tokens on top of the reply', (effort, allowance) => {
    expect(body('claude-opus-5-5', { effort })['max_tokens']).toBe(4_096 + allowance);
  });

  it('goes by the level that the model gets, and stays as set where none is sent', () => {
    expect(body('claude-opus-4-6', { effort: 'xhigh' })['max_tokens']).toBe(4_096 + 16_384);
    expect(body('claude-haiku-4-5', { effort: 'max', thinking: 'adaptive' })).toMatchObject({
      thinking: { budget_tokens: 8_192 },
    });
  });

  it('is within what the model can, and leaves a budget model room for the reply', () => {
    const large = { reply: { thinkingAllowance: 100_000 } };
    expect(body('claude-opus-5-5', { effort: 'xhigh' }, large)['max_tokens']).toBe(128_000);
    expect(body('claude-opus-4-5', { effort: 'high', thinking: 'adaptive' }, large)).toMatchObject({
      thinking: { budget_tokens: 64_000 - 4_096 },
      max_tokens: 64_000,
    });
  });

  it('at effort low is not below 1,024 nor above the setting', () => {
    const at = (thinkingAllowance: number) =>
      body('claude-opus-5-5', { effort: 'low' }, { reply: { thinkingAllowance } })['max_tokens'];
    expect(at(1_500)).toBe(4_096 + 1_024);
    expect(at(600)).toBe(4_096 + 600);
    expect(at(0)).toBe(4_096);
  });

  it('is not added where the model does not think, whatever the effort', () => {
    expect(body('claude-opus-5', { effort: 'max', thinking: 'off' })['max_tokens']).toBe(4_096);
  });
});

describe('temperature', () => {
  it('is sent only where it is taken, within what is taken', () => {
    expect(body('claude-opus-5-5', { temperature: 0.2 }, {}, old)).not.toHaveProperty(
      'temperature',
    );
    expect(body('claude-nova-9', { temperature: 0.2 }, {}, old)).not.toHaveProperty('temperature');
    expect(body('claude-haiku-4-5', { temperature: 0.2 }, {}, old)['temperature']).toBe(0.2);
    expect(body('claude-haiku-4-5', { temperature: 1.7 }, {}, old)['temperature']).toBe(1);
    expect(body('claude-haiku-4-5', {}, {}, old)['temperature']).toBe(0.7);
    expect(body('llama3.2', { temperature: 0 }, {}, old)['temperature']).toBe(0);
  });

  it('is not sent under the version that refuses it, nor together with thinking', () => {
    expect(body('claude-haiku-4-5', { temperature: 0.2 })).not.toHaveProperty('temperature');
    expect(body('my-gateway-alias', { temperature: 0.2 })).not.toHaveProperty('temperature');
    expect(
      body('claude-haiku-4-5', { temperature: 0.2, thinking: 'adaptive' }, {}, old),
    ).not.toHaveProperty('temperature');
  });
});

describe('effort', () => {
  it.each([
    ['claude-opus-5-5', 'max', {}, { effort: 'max' }],
    ['claude-opus-4-6', 'xhigh', {}, { effort: 'high' }],
    ['claude-opus-4-5', 'max', {}, { effort: 'high' }],
    ['claude-sonnet-5-5', 'max', { thinking: 'off' }, { effort: 'high' }],
    ['claude-haiku-4-5', 'low', {}, undefined],
    ['llama3.2', 'low', {}, undefined],
  ] as const)('of %s asked for %s is a level it has', (model, effort, changes, expected) => {
    expect(body(model, { effort, ...changes })['output_config']).toEqual(expected);
  });

  it('is not sent when nobody asked for one', () => {
    expect(body('claude-opus-5-5')).not.toHaveProperty('output_config');
  });
});

describe('prompt caching', () => {
  const mark = { type: 'ephemeral' };
  const long = 'Rules. '.repeat(600);
  const inline = { action: 'inline' } as const;
  const chat = { action: 'chat' } as const;
  const model = 'claude-opus-5-5';

  it('moves with the end of a chat', () => {
    expect(body(model, chat)['cache_control']).toEqual(mark);
    expect(body(model, inline)).not.toHaveProperty('cache_control');
    const hour = { promptCache: { ttl: '1h' } };
    expect(body(model, chat, hour)['cache_control']).toEqual({ ...mark, ttl: '1h' });
  });

  it.each(['chat', 'inline', 'live', 'batch'] as const)(
    'marks the stable system prompt of a %s where it is long enough',
    (action) => {
      expect(body(model, { action, system: [long, long, 'Today.'] })['system']).toEqual([
        { type: 'text', text: `${long}\n\n` },
        { type: 'text', text: `${long}\n\n`, cache_control: mark },
        { type: 'text', text: 'Today.' },
      ]);
      expect(body(model, { action, system: long })['system']).toEqual([
        { type: 'text', text: long, cache_control: mark },
      ]);
      expect(body(model, { action, system: ['Short.', long] })['system']).toBe(`Short.\n\n${long}`);
    },
  );

  it('marks the end of long tools, which come before the system prompt', () => {
    const tools = [{ name: 'a' }, { name: 'b', description: long }];
    expect(body(model, { ...inline, tools, system: ['Short.', 'Today.'] })).toMatchObject({
      tools: [{ name: 'a' }, { name: 'b', description: long, cache_control: mark }],
      system: [
        { type: 'text', text: 'Short.\n\n', cache_control: mark },
        { type: 'text', text: 'Today.' },
      ],
    });
    expect(body(model, { ...chat, tools: [{ name: 'a' }] })['tools']).toEqual([{ name: 'a' }]);
  });

  it('never has more than four marks', () => {
    const tools = [{ name: 'a', description: long }];
    const text = JSON.stringify(body(model, { ...chat, tools, system: [long, long, long] }));
    expect(text.match(/cache_control/g)).toHaveLength(3);
  });

  it('leaves a request with marks of its own alone', () => {
    const block = { type: 'text', text: 'x', cache_control: mark };
    const messages = [{ role: 'user', content: [block] }] as const;
    const own = body(model, { ...chat, messages, system: long });
    expect(own).not.toHaveProperty('cache_control');
    expect(own['system']).toBe(long);
    const tools = [{ name: 'a', cache_control: mark }];
    expect(body(model, { ...chat, tools })).not.toHaveProperty('cache_control');
  });

  it('can be turned off', () => {
    const off = { promptCache: { enabled: false } };
    const asked = body(model, { ...chat, system: [long, 'b'] }, off);
    expect(asked).not.toHaveProperty('cache_control');
    expect(asked['system']).toBe(`${long}\n\nb`);
  });

  it.each([
    ['https://api.anthropic.com', '2023-06-01', true],
    ['https://eu.api.anthropic.com:443/x', '2026-10-21', true],
    ['http://127.0.0.1:8080', '2026-10-21', true],
    ['http://localhost:8080/', '2026-12-01', true],
    ['http://[::1]:8080', '2026-10-21', true],
    ['http://127.0.0.1:11434', '2023-06-01', false],
    ['https://evil-anthropic.com', '2026-10-21', false],
    ['https://anthropic.com.x', '2026-10-21', false],
    ['https://x/?anthropic.com', '2026-10-21', false],
    ['http://127.0.0.1.example.com', '2026-10-21', false],
    ['https://gateway.example.com', '2026-10-21', false],
  ])('at %s with version %s: %s', (baseURL, apiVersion, expected) => {
    const asked = body(model, chat, {}, testEndpoint(baseURL, { apiVersion }));
    expect('cache_control' in asked).toBe(expected);
  });
});

describe('the system prompt', () => {
  it('is one text with blank lines between its segments, without empty ones', () => {
    const system = ['a', '', ' ', 'b'];
    expect(body('claude-opus-5-5', { system })['system']).toBe('a\n\nb');
    expect(body('claude-opus-5-5', { system: ['', ' '] })).not.toHaveProperty('system');
    const { capabilities } = builtinInfo('claude-opus-5-5');
    expect(countBody(testRequest({ system }), capabilities)['system']).toBe('a\n\nb');
  });
});

describe('ineffectiveSettings', () => {
  it.each([
    ['claude-opus-5-5', { thinking: 'off', effort: 'low' }, anthropic, ['temperature', 'thinking']],
    ['claude-opus-5', { thinking: 'off', effort: 'max' }, anthropic, ['temperature']],
    ['claude-haiku-4-5', { effort: 'low' }, old, ['effort']],
    ['claude-haiku-4-5', { thinking: 'adaptive' }, old, ['temperature']],
    ['llama3.2', { thinking: 'adaptive' }, old, ['thinking']],
    ['llama3.2', { thinking: 'off' }, old, []],
  ] as const)('of %s with %o', (model, changes, endpoint, expected) => {
    const request = testRequest({ model, ...changes });
    const { capabilities } = builtinInfo(model);
    expect(ineffectiveSettings(request, capabilities, endpoint)).toEqual(expected);
  });
});

describe('the body for counting', () => {
  it('has what is input and nothing else', () => {
    const request = testRequest({ model: 'claude-opus-5-5', system: 's', tools: [{ name: 't' }] });
    const { capabilities } = builtinInfo(request.model);
    expect(countBody(request, capabilities)).toEqual({
      model: 'claude-opus-5-5',
      system: 's',
      messages: request.messages,
      thinking: adaptive,
      tools: [{ name: 't' }],
    });
    const haiku = testRequest({ model: 'claude-haiku-4-5', thinking: 'adaptive' });
    expect(countBody(haiku, builtinInfo(haiku.model).capabilities)).not.toHaveProperty('thinking');
  });
});
