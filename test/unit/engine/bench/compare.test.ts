import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../../../src/engine/bench/benchResult';
import { compareResults } from '../../../../src/engine/bench/compare';
import { answers, around, benchResult, failures, measured } from '../../../helpers/benchResults';

/** Judgements by figure. */
function judged(before: Measurement, after: Measurement): Record<string, string> {
  const changes = compareResults(benchResult([before]), benchResult([after]));
  return Object.fromEntries(changes.map(({ figure, judgement }) => [figure, judgement]));
}

describe('comparing two results', () => {
  it('calls a first token that takes clearly longer worse, and one that comes sooner better', () => {
    const fast = measured('latency', answers(around(500, 40)));
    const slow = measured('latency', answers(around(800, 40)));
    const unmoved = { firstTokenP99: 'unsure', tokensPerSecond: 'noise' };
    expect(judged(fast, slow)).toEqual({
      firstTokenP50: 'worse',
      firstTokenP95: 'worse',
      ...unmoved,
    });
    expect(judged(slow, fast)).toMatchObject({ firstTokenP50: 'better', firstTokenP95: 'better' });
  });

  it('takes a small difference for noise', () => {
    const before = measured('latency', answers(around(500, 40)));
    const after = measured('latency', answers(around(503, 40)));
    expect(judged(before, after)).toMatchObject({ firstTokenP50: 'noise', firstTokenP95: 'noise' });
  });

  it('does not judge a handful of requests', () => {
    const before = measured('latency', answers(around(500, 5)));
    const after = measured('latency', answers(around(900, 5)));
    expect(new Set(Object.values(judged(before, after)))).toEqual(new Set(['unsure']));
  });

  it('tells more failures from a stray one', () => {
    const well = measured('availability', answers(around(500, 60)));
    const stray = measured('availability', [...answers(around(500, 59)), ...failures(1)]);
    const bad = measured('availability', [...answers(around(500, 45)), ...failures(15)]);
    expect(judged(well, stray)).toEqual({ answeredShare: 'noise' });
    expect(judged(well, bad)).toEqual({ answeredShare: 'worse' });
    expect(judged(bad, well)).toEqual({ answeredShare: 'better' });
  });

  it('tells another throughput from noise', () => {
    const before = measured('throughput', answers(around(500, 100)));
    const more = measured('throughput', answers(around(500, 180)));
    expect(judged(before, more)).toMatchObject({ requestsPerSecond: 'better' });
    const same = measured('throughput', answers(around(500, 105)));
    expect(judged(before, same)).toMatchObject({ requestsPerSecond: 'noise' });
  });

  it('compares what both measured in the same way only', () => {
    const samples = answers(around(500, 40));
    const baseline = benchResult([measured('latency', samples, 'a')]);
    const other = measured('latency', samples, 'b');
    const longer: Measurement = {
      ...measured('latency', samples, 'a'),
      scenario: { kind: 'latency', requests: 40, maxTokens: 999 },
    };
    const now = benchResult([other, longer, measured('availability', samples, 'a')]);
    expect(compareResults(baseline, now)).toEqual([]);
  });
});
