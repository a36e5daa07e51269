import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../../../src/engine/bench/benchResult';
import { targetsOf } from '../../../../src/engine/bench/targets';
import { answers, around, failures, measured } from '../../../helpers/benchResults';

function verdicts(measurement: Measurement, isLocal = false): Record<string, string> {
  const results = targetsOf(measurement, isLocal);
  return Object.fromEntries(results.map(({ target, verdict }) => [target, verdict]));
}

describe('the targets', () => {
  it('want each percentile of the first token below two seconds', () => {
    const times = [...around(500, 97), 2_500, 2_500, 2_500];
    expect(verdicts(measured('latency', answers(times)))).toEqual({
      p50: 'met',
      p95: 'met',
      p99: 'missed',
    });
  });

  it('are missed where nothing was answered', () => {
    expect(verdicts(measured('latency', failures(10)))).toEqual({
      p50: 'missed',
      p95: 'missed',
      p99: 'missed',
    });
    expect(verdicts(measured('throughput', failures(10)), true)).toEqual({
      requestsPerSecond: 'missed',
    });
  });

  it('want a hundred requests per second of a local server, of others none', () => {
    const fast = measured('throughput', answers(around(5, 1_001), 0, 20));
    const slow = measured('throughput', answers(around(5, 1_000), 0, 20));
    expect(verdicts(fast, true)).toEqual({ requestsPerSecond: 'met' });
    expect(verdicts(slow, true)).toEqual({ requestsPerSecond: 'missed' });
    expect(verdicts(slow, false)).toEqual({});
  });

  it('say nothing of a throughput that such long answers could not reach', () => {
    // Ten at once of half a second each are twenty in a second at most; waits of Pulse's own are no excuse.
    const long = measured('throughput', answers(around(5, 150), 0, 495));
    expect(verdicts(long, true)).toEqual({ requestsPerSecond: 'untold' });
    const queued = measured('throughput', answers(around(5, 150), 480, 495));
    expect(verdicts(queued, true)).toEqual({ requestsPerSecond: 'missed' });
  });

  it('call an availability proven only after enough requests', () => {
    expect(verdicts(measured('availability', answers(around(5, 60))))).toEqual({
      availability: 'unproven',
    });
    expect(verdicts(measured('availability', answers(around(5, 5_000))))).toEqual({
      availability: 'met',
    });
    const failed = [...answers(around(5, 59)), ...failures(1)];
    expect(verdicts(measured('availability', failed))).toEqual({ availability: 'missed' });
  });
});
