import { describe, expect, it } from 'vitest';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import { statusText } from '../../../../src/host/status/statusText';
import { english } from '../../../../src/host/translate';
import { FakeClock } from '../../../helpers/fakeClock';
import { failedTurn, finishedTurn } from '../../../helpers/requestRecord';

function status(ok: number, failed: number, running = 0) {
  const queue = { running, queued: 0, concurrency: 10 };
  const metrics = new MetricsRecorder(new FakeClock(), queue);
  for (let i = 0; i < ok; i++) metrics.turnEnded(finishedTurn());
  for (let i = 0; i < failed; i++) metrics.turnEnded(failedTurn('overloaded'));
  const text = statusText(metrics.snapshot(), 'api.example', english);
  metrics.dispose();
  return text;
}

describe('statusText', () => {
  it('says only who it is before the first request', () => {
    expect(statusText(undefined, 'api.example', english)).toMatchObject({
      text: '$(pulse) Pulse',
      warning: false,
    });
    expect(status(0, 0).text).toBe('$(pulse) Pulse');
  });

  it('shows the median time to first token', () => {
    expect(status(3, 0)).toMatchObject({
      text: '$(pulse) 0.4 s',
      spoken: 'Pulse: median time to first token 400 ms',
      warning: false,
    });
  });

  it('marks a running request without moving the rest', () => {
    expect(status(3, 0, 1).text).toBe('$(pulse) 0.4 s …');
    expect(status(0, 0, 1).text).toBe('$(pulse) …');
  });

  it('adds the error share when it is not 0', () => {
    expect(status(19, 1)).toMatchObject({ text: '$(pulse) 0.4 s · 5 % errors', warning: false });
  });

  it('has the warning background for a bad hour, not for a bad turn', () => {
    expect(status(0, 1).warning).toBe(false);
    expect(status(3, 1).warning).toBe(true);
    expect(status(13, 1).warning).toBe(false);
  });

  it('has the rest in its tooltip', () => {
    expect(status(19, 1).tooltip.split('\n')).toEqual([
      '| Pulse, since the last reset | |',
      '| :--- | :--- |',
      String.raw`| Endpoint | api\.example |`,
      '| First token P50 / P95 | 401 ms / 401 ms |',
      String.raw`| Total P50 / P95 | 1\.4 s / 1\.4 s |`,
      String.raw`| Tokens per second | 50\.1 |`,
      '| Answered / failed / stopped | 19 / 1 / 0 |',
      '| Errors in the last hour | 5 % |',
      String.raw`| Cost | \$0\.0190 |`,
      '| Running / waiting | 0 / 0 |',
    ]);
  });
});
