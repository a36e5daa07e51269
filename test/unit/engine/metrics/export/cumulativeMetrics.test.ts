import { describe, expect, it } from 'vitest';
import { CumulativeMetrics } from '../../../../../src/engine/metrics/export/cumulativeMetrics';
import type { MetricFamily } from '../../../../../src/engine/metrics/export/metricFamily';
import { failedRequest, measuredRequest } from '../../../../helpers/measuredRequest';

const START = Date.UTC(2026, 0, 1);

function family(metrics: CumulativeMetrics, name: string): MetricFamily {
  const found = metrics.families().find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

describe('CumulativeMetrics', () => {
  it('counts turns by how they ended, with their tokens, cost and retries', () => {
    const metrics = new CumulativeMetrics(START);
    metrics.add(measuredRequest());
    metrics.add(measuredRequest({ attempts: 3 }));
    metrics.add(failedRequest('overloaded'));
    metrics.add(measuredRequest({ costUSD: undefined }));
    const place = { endpoint: 'api.example', model: 'model-a' };
    const chat = { ...place, action: 'chat' };
    expect(family(metrics, 'pulse_requests_total').series).toEqual([
      { labels: { ...chat, outcome: 'ok', error: '', served: '' }, value: 3 },
      { labels: { ...chat, outcome: 'failed', error: 'overloaded', served: '' }, value: 1 },
    ]);
    expect(family(metrics, 'pulse_retries_total').series).toEqual([{ labels: place, value: 2 }]);
    expect(family(metrics, 'pulse_tokens_total').series).toEqual([
      { labels: { ...place, type: 'input' }, value: 30 },
      { labels: { ...place, type: 'output' }, value: 150 },
      { labels: { ...place, type: 'cache_read' }, value: 9 },
      { labels: { ...place, type: 'cache_write' }, value: 6 },
    ]);
    expect(family(metrics, 'pulse_cost_usd_total').series).toEqual([
      { labels: place, value: 0.002 },
    ]);
    expect(family(metrics, 'pulse_unpriced_requests_total').series).toEqual([
      { labels: place, value: 1 },
    ]);
  });

  it('puts a time at a bound into the bucket below it', () => {
    const metrics = new CumulativeMetrics(START);
    const at = (firstTokenMs: number) =>
      measuredRequest({ timing: { ...measuredRequest().timing, firstTokenMs, totalMs: 999_999 } });
    for (const ms of [2_000, 2_001, 500_000]) metrics.add(at(ms));
    const found = family(metrics, 'pulse_time_to_first_token_seconds');
    const value = found.kind === 'histogram' ? found.series[0]?.value : undefined;
    expect(value?.counts[value.bounds.indexOf(2)]).toBe(1);
    expect(value?.counts[value.bounds.indexOf(3)]).toBe(1);
    expect(value?.counts.at(-1)).toBe(1);
    expect(value).toMatchObject({ count: 3, sum: 504.001 });
  });

  it('takes no times from kept answers, and no rate from a reply in one piece', () => {
    const metrics = new CumulativeMetrics(START);
    metrics.add(measuredRequest({ servedFrom: 'disk' }));
    expect(family(metrics, 'pulse_request_duration_seconds').series).toEqual([]);
    const { timing } = measuredRequest();
    metrics.add(measuredRequest({ timing: { ...timing, firstTokenMs: 1_390 } }));
    expect(family(metrics, 'pulse_request_duration_seconds').series).toHaveLength(1);
    expect(family(metrics, 'pulse_output_token_rate').series).toEqual([]);
    metrics.add(measuredRequest());
    expect(family(metrics, 'pulse_output_token_rate').series).toMatchObject([
      { value: { count: 1, sum: 50 } },
    ]);
  });

  it('does not count what ended before it began', () => {
    const metrics = new CumulativeMetrics(START + 1);
    metrics.add(measuredRequest());
    expect(metrics.families().filter(({ series }) => series.length > 0)).toEqual([]);
  });

  it('keeps 200 series of a metric: what comes after them is counted as other', () => {
    const metrics = new CumulativeMetrics(START);
    for (let model = 0; model < 1_000; model++) {
      metrics.add(measuredRequest({ model: `${model}-${'x'.repeat(500)}` }));
    }
    metrics.add(measuredRequest({ model: `0-${'x'.repeat(500)}` }));
    const { series } = family(metrics, 'pulse_cost_usd_total');
    expect(series).toHaveLength(200);
    expect(series[0]).toMatchObject({ labels: { model: `0-${'x'.repeat(118)}` }, value: 0.002 });
    expect(series.at(-1)?.labels).toEqual({ endpoint: 'other', model: 'other' });
    expect(series.at(-1)?.value).toBeCloseTo(0.801);
  });
});
