import { describe, expect, it } from 'vitest';
import { builtinInfo } from '../../../../src/engine/models/capabilities';
import type { ModelInfo } from '../../../../src/engine/types';
import {
  effectiveModel,
  effortOptions,
  effortRequest,
  modelOptions,
  parseChoice,
} from '../../../../src/host/models/modelChoice';
import { english } from '../../../../src/host/translate';

const NOVEMBER = Date.UTC(2026, 10, 22);

function server(id: string, over: Partial<ModelInfo> = {}): ModelInfo {
  return { ...builtinInfo(id), source: 'server', ...over };
}

function efforts(id: string): string[] {
  return effortOptions(builtinInfo(id).capabilities, english).map((option) => option.id);
}

describe('models', () => {
  it('that retire soon or have retired are marked', () => {
    const models = [
      server('a', { retiresAt: '2026-11-30' }),
      server('b', { retiresAt: '2026-11-01' }),
      server('c', { retiresAt: '2028-01-01' }),
      server('d', { retiresAt: 'soon' }),
    ];
    expect(modelOptions(models, NOVEMBER, english).map(({ description }) => description)).toEqual([
      'retires 2026-11-30',
      'retired 2026-11-01',
      undefined,
      undefined,
    ]);
  });

  it('in use: the one chosen before, else the setting, else what the server has', () => {
    const listed = [server('x'), server('y')];
    expect(effectiveModel({ model: 'chosen' }, 'y', listed)).toBe('chosen');
    expect(effectiveModel({}, 'y', listed)).toBe('y');
    expect(effectiveModel({}, 'claude-z', listed)).toBe('x');
    expect(effectiveModel({}, 'claude-z', [])).toBe('claude-z');
    expect(effectiveModel({}, 'claude-z', [builtinInfo('x')])).toBe('claude-z');
  });
});

describe('effort', () => {
  it('offers what the model has', () => {
    expect(efforts('claude-fable-5-1')).toEqual([
      'default',
      'low',
      'medium',
      'high',
      'xhigh',
      'max',
    ]);
    expect(efforts('claude-haiku-4-5')).toEqual(['default', 'no-thinking']);
    expect(efforts('llama3')).toEqual([]);
  });

  it('sends only what the model takes', () => {
    const opus = builtinInfo('claude-opus-5').capabilities;
    const always = builtinInfo('claude-fable-5-1').capabilities;
    expect(effortRequest('high', opus)).toEqual({ effort: 'high', thinking: undefined });
    expect(effortRequest('no-thinking', opus)).toEqual({ effort: undefined, thinking: 'off' });
    expect(effortRequest('no-thinking', always).thinking).toBeUndefined();
    expect(effortRequest('default', opus)).toEqual({ effort: undefined, thinking: undefined });
    const haiku = builtinInfo('claude-haiku-5-5').capabilities;
    expect(effortRequest('max', haiku).effort).toBeUndefined();
    expect(effortRequest('max', undefined)).toEqual({ effort: undefined, thinking: undefined });
  });
});

describe('parseChoice', () => {
  it('takes back what was remembered and nothing else', () => {
    expect(parseChoice({ model: 'm', effort: 'high', more: 1 })).toEqual({
      model: 'm',
      effort: 'high',
    });
    for (const value of [undefined, null, 'm', { model: 1 }, { model: '' }]) {
      expect(parseChoice(value)).toEqual({});
    }
  });
});
