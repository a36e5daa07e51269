import { describe, expect, it } from 'vitest';
import { BUILTIN_MODELS, DEFAULT_MODEL } from '../../../../src/engine/models/builtinModels';
import { builtinInfo, builtinModels, serverInfo } from '../../../../src/engine/models/capabilities';

const yes = { supported: true };
const no = { supported: false };

describe('the built-in list', () => {
  it('has the default model, each model once, and room for thinking in each that thinks', () => {
    const ids = BUILTIN_MODELS.map(({ id }) => id);
    expect(ids).toContain(DEFAULT_MODEL);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { capabilities } of BUILTIN_MODELS) {
      expect(capabilities.maxOutputTokens).toBeLessThanOrEqual(capabilities.contextWindow);
    }
  });

  it('leaves out models that are gone', () => {
    const ids = (date: string) => builtinModels(Date.parse(date)).map(({ id }) => id);
    expect(ids('2026-11-22')).toContain('claude-sonnet-4-5');
    expect(ids('2026-12-01')).not.toContain('claude-sonnet-4-5');
  });

  it('knows dated names, and guesses with care what it does not know', () => {
    expect(builtinInfo('claude-haiku-4-5-20251001')).toMatchObject({
      id: 'claude-haiku-4-5-20251001',
      displayName: 'Claude Haiku 4.5',
      capabilities: { thinking: 'budget' },
    });
    expect(builtinInfo('claude-nova-9').capabilities).toMatchObject({
      thinking: 'none',
      efforts: [],
      maxTemperature: undefined,
      prefill: false,
    });
    expect(builtinInfo('llama3.2:latest')).toMatchObject({
      displayName: 'llama3.2:latest',
      capabilities: { thinking: 'none', maxTemperature: 1, prefill: true },
    });
  });
});

describe('an entry of /v1/models', () => {
  it('wins over the built-in list in what it tells', () => {
    expect(
      serverInfo({
        type: 'model',
        id: 'claude-opus-5',
        display_name: 'Opus Five',
        lifecycle: 'deprecated',
        retires_at: '2027-01-01T00:00:00Z',
        max_input_tokens: 500_000,
        max_tokens: 32_000,
        capabilities: {
          thinking: { supported: true, types: { adaptive: yes, disabled: no, between_tools: yes } },
          effort: { supported: true, low: yes, medium: yes, high: no, xhigh: null, max: yes },
        },
      }),
    ).toEqual({
      id: 'claude-opus-5',
      displayName: 'Opus Five',
      retiresAt: '2027-01-01T00:00:00Z',
      source: 'server',
      capabilities: {
        contextWindow: 500_000,
        maxOutputTokens: 32_000,
        thinking: 'optional',
        thinkingOff: 'between_tools',
        efforts: ['low', 'medium', 'max'],
        maxTemperature: undefined,
        prefill: false,
      },
    });
  });

  it.each([
    [
      { adaptive: yes, disabled: yes, between_tools: yes },
      { thinking: 'optional', thinkingOff: 'disabled' },
    ],
    [{ adaptive: yes, disabled: no, enabled: yes }, { thinking: 'always' }],
    [{ adaptive: no, enabled: yes, disabled: yes }, { thinking: 'budget' }],
  ])('with thinking types %j means %j', (types, expected) => {
    const entry = { id: 'm', capabilities: { thinking: { supported: true, types } } };
    expect(serverInfo(entry)?.capabilities).toMatchObject(expected);
  });

  it('that says no to thinking and effort is believed', () => {
    const entry = { id: 'claude-opus-5', capabilities: { thinking: no, effort: no } };
    expect(serverInfo(entry)?.capabilities).toMatchObject({ thinking: 'none', efforts: [] });
  });

  it('of another server may be an id and little else', () => {
    expect(serverInfo({ id: 'qwen3:8b', object: 'model', owned_by: 'library' })).toMatchObject({
      id: 'qwen3:8b',
      displayName: 'qwen3:8b',
      source: 'server',
    });
    expect(
      serverInfo({ id: 'local', max_model_len: 8_192, capabilities: ['completion'] })?.capabilities,
    ).toMatchObject({ contextWindow: 8_192, thinking: 'none' });
    expect(
      serverInfo({ id: 'claude-haiku-4-5', capabilities: null, max_tokens: null })?.capabilities,
    ).toMatchObject({ maxOutputTokens: 64_000, thinking: 'budget' });
  });

  it('that is retired, has no id or is no object is left out', () => {
    for (const entry of [{ id: 'x', lifecycle: 'retired' }, { id: '' }, {}, null, 'x', 7, []]) {
      expect(serverInfo(entry)).toBeUndefined();
    }
  });
});
