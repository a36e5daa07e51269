import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../../src/engine/bench/benchResult';
import { estimateBench } from '../../../../src/engine/bench/estimate';
import { Pricing } from '../../../../src/engine/metrics/pricing';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import type { ModelInfo, ThinkingSupport } from '../../../../src/engine/types';

const LATENCY: Scenario = { kind: 'latency', requests: 10, maxTokens: 50 };

function model(id: string, thinking: ThinkingSupport = 'none'): ModelInfo {
  return {
    id,
    displayName: id,
    capabilities: {
      contextWindow: 200_000,
      maxOutputTokens: 64_000,
      thinking,
      efforts: ['low'],
      maxTemperature: undefined,
      prefill: false,
    },
    retiresAt: undefined,
    source: 'server',
  };
}

const pricing = new Pricing({ cheap: { input: 1, output: 10 }, dear: { input: 2, output: 20 } });

describe('the estimate', () => {
  it('counts requests, tokens and cost of every scenario with every model', () => {
    const one = estimateBench([LATENCY], [model('cheap')], DEFAULT_SETTINGS, pricing);
    expect(one).toMatchObject({ requests: 10, outputTokens: 500 });
    expect(one.inputTokens).toBeGreaterThan(200);
    expect(one.costUSD).toBeCloseTo((one.inputTokens + 10 * 500) / 1e6, 9);
    const models = [model('cheap'), model('dear')];
    const all = estimateBench([LATENCY, LATENCY], models, DEFAULT_SETTINGS, pricing);
    expect(all).toMatchObject({ requests: 40, outputTokens: 2_000 });
    expect(all.costUSD).toBeCloseTo(6 * (one.costUSD ?? 0), 9);
  });

  it('multiplies by the endpoints, each of which is measured with everything', () => {
    const one = estimateBench([LATENCY], [model('cheap')], DEFAULT_SETTINGS, pricing);
    const three = estimateBench([LATENCY], [model('cheap')], DEFAULT_SETTINGS, pricing, 3);
    expect(three).toMatchObject({ requests: 30, outputTokens: 1_500 });
    expect(three.inputTokens).toBe(3 * one.inputTokens);
    expect(three.costUSD).toBeCloseTo(3 * (one.costUSD ?? 0), 9);
    const strange = estimateBench([LATENCY], [model('strange')], DEFAULT_SETTINGS, pricing, 2);
    expect(strange).toMatchObject({ requests: 20, costUSD: undefined });
  });

  it('reckons with the thinking of a model that always thinks', () => {
    const thinking = estimateBench(
      [LATENCY],
      [model('cheap', 'always')],
      DEFAULT_SETTINGS,
      pricing,
    );
    expect(thinking.outputTokens).toBe(10 * (50 + 4_096));
  });

  it('knows no cost where one price is not known, and none where nobody is paid', () => {
    const models = [model('cheap'), model('strange')];
    const unknown = estimateBench([LATENCY], models, DEFAULT_SETTINGS, pricing);
    expect(unknown).toMatchObject({ requests: 20, costUSD: undefined });
    expect(estimateBench([LATENCY], models, DEFAULT_SETTINGS, undefined).costUSD).toBe(0);
  });
});
