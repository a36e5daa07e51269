import { describe, expect, it } from 'vitest';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import type { EngineHealth } from '../../../../src/engine/health';
import type { MetricsSnapshot } from '../../../../src/engine/metrics/snapshot';
import { DEFAULT_STATUS_FIELDS, STATUS_FIELDS } from '../../../../src/host/contributions';
import type { StatusField } from '../../../../src/host/contributions';
import { statusText } from '../../../../src/host/status/statusText';
import { english } from '../../../../src/host/translate';
import {
  breakerHealth,
  endpointHealth,
  engineHealth,
  limitHealth,
  openBreaker,
} from '../../../helpers/engineHealth';
import { FakeClock } from '../../../helpers/fakeClock';
import { failedTurn, finishedTurn } from '../../../helpers/requestRecord';

const NOW = new Date(2026, 0, 1, 14, 5, 2).getTime();

function look(
  metrics: MetricsSnapshot | undefined,
  health?: EngineHealth,
  fields: readonly StatusField[] = DEFAULT_STATUS_FIELDS,
) {
  const shown = { metrics, health, alert: undefined, fields, endpoint: 'api.example', now: NOW };
  return statusText(shown, english);
}

function status(ok: number, failed: number, running = 0, health?: EngineHealth) {
  const queue = { running, queued: 0, concurrency: 10 };
  const metrics = new MetricsRecorder(new FakeClock(), queue);
  for (let i = 0; i < ok; i++) metrics.turnEnded(finishedTurn());
  for (let i = 0; i < failed; i++) metrics.turnEnded(failedTurn('overloaded'));
  const text = look(metrics.snapshot(), health);
  metrics.dispose();
  return text;
}

describe('statusText', () => {
  it('says only who it is before the first request', () => {
    expect(look(undefined)).toMatchObject({
      text: '$(pulse) Pulse',
      tone: 'usual',
    });
    expect(status(0, 0).text).toBe('$(pulse) Pulse');
  });

  it('shows the median time to first token', () => {
    expect(status(3, 0)).toMatchObject({
      text: '$(pulse) 0.4 s',
      spoken: 'Pulse: median time to first token 400 ms',
      tone: 'usual',
    });
  });

  it('marks a running request without moving the rest', () => {
    expect(status(3, 0, 1).text).toBe('$(pulse) 0.4 s …');
    expect(status(0, 0, 1).text).toBe('$(pulse) …');
  });

  it('adds the error share when it is not 0', () => {
    expect(status(19, 1)).toMatchObject({ text: '$(pulse) 0.4 s · 5 % errors', tone: 'usual' });
  });

  it('shows the fields that are wished, in their order, where there is something to show', () => {
    const metrics = new MetricsRecorder(new FakeClock(), {
      running: 0,
      queued: 0,
      concurrency: 10,
    });
    const { timing } = finishedTurn();
    metrics.turnEnded(finishedTurn());
    const health = engineHealth({
      endpoints: [endpointHealth()],
      limits: [limitHealth({ limit: 'requests', perMinute: 50, remaining: 5 })],
    });
    expect(look(metrics.snapshot(), health, [...STATUS_FIELDS]).text).toBe(
      '$(pulse) 0.4 s · P95 0.4 s · 50.2 tokens/s · 1 turns/h · $0.0010 · 10 % left',
    );
    metrics.reset();
    metrics.turnEnded(
      finishedTurn({ outcome: 'stopped', timing: { ...timing, firstTokenMs: undefined } }),
    );
    expect(look(metrics.snapshot(), undefined, ['cost', 'firstToken']).text).toBe(
      '$(pulse) $0.0010',
    );
    expect(look(metrics.snapshot(), undefined, []).text).toBe('$(pulse) Pulse');
    metrics.dispose();
  });

  it('leaves the background alone for a bad turn', () => {
    expect(status(0, 1).tone).toBe('usual');
    expect(status(3, 1).tone).toBe('usual');
  });

  it('says what an alert is about, first of all to screen readers and in the tooltip', () => {
    const alert = {
      tone: 'error',
      text: 'The budget is spent',
      sentences: ['The budget of today is spent: $5.10 of $5.00.'],
    } as const;
    const metrics = new MetricsRecorder(new FakeClock(), {
      running: 0,
      queued: 0,
      concurrency: 10,
    });
    const shown = { health: undefined, alert, fields: DEFAULT_STATUS_FIELDS, endpoint: 'api' };
    const before = statusText({ ...shown, metrics: undefined, now: NOW }, english);
    expect(before).toMatchObject({ text: '$(pulse) The budget is spent', tone: 'error' });
    metrics.turnEnded(finishedTurn());
    const after = statusText({ ...shown, metrics: metrics.snapshot(), now: NOW }, english);
    metrics.dispose();
    expect(after).toMatchObject({ text: '$(pulse) 0.4 s · The budget is spent', tone: 'error' });
    expect(after.spoken).toContain(alert.sentences[0]);
    expect(after.tooltip.split('\n')[0]).toContain('The budget of today is spent');
  });

  it('has the rest in its tooltip', () => {
    expect(status(19, 1).tooltip.split('\n')).toEqual([
      '| Pulse, since the last reset | |',
      '| :--- | :--- |',
      String.raw`| Endpoint | api\.example |`,
      '| First token P50 / P95 | 401 ms / 401 ms |',
      String.raw`| Total P50 / P95 | 1\.4 s / 1\.4 s |`,
      String.raw`| Tokens per second | 50\.2 |`,
      '| Answered / failed / stopped | 19 / 1 / 0 |',
      '| Errors in the last hour | 5 % |',
      String.raw`| Cost | \$0\.0190 |`,
      '| Running / waiting | 0 / 0 |',
    ]);
  });

  it('warns of an open or half-open breaker of the endpoint in use, and says when it is tried next', () => {
    const open = engineHealth({ breakers: [openBreaker()] });
    expect(status(3, 0, 0, open)).toMatchObject({
      text: '$(pulse) down, next try 14:05:32',
      tone: 'warning',
    });
    expect(status(3, 0, 0, open).spoken).toContain('down, next try 14:05:32');
    expect(look(undefined, open)).toMatchObject({
      text: '$(pulse) down, next try 14:05:32',
      tone: 'warning',
    });
    const halfOpen = engineHealth({ breakers: [breakerHealth({ state: 'half_open' })] });
    expect(status(3, 0, 0, halfOpen)).toMatchObject({
      text: '$(pulse) recovering',
      tone: 'warning',
    });
  });

  it('keeps its figures while another endpoint is down, which its tooltip tells', () => {
    const health = engineHealth({
      endpoints: [endpointHealth(), endpointHealth({ endpointId: 'other' })],
      breakers: [openBreaker({ endpointId: 'other' })],
    });
    const { text, tone, tooltip } = status(3, 0, 0, health);
    expect({ text, tone }).toEqual({ text: '$(pulse) 0.4 s', tone: 'usual' });
    expect(tooltip).toContain('| other | down, next try 14:05:32 |');
  });

  it('does not change while time alone goes by', () => {
    const at = (retryInMs: number, now: number) =>
      statusText(
        {
          metrics: undefined,
          health: engineHealth({ breakers: [openBreaker({ retryInMs })] }),
          alert: undefined,
          fields: DEFAULT_STATUS_FIELDS,
          endpoint: 'api.example',
          now,
        },
        english,
      );
    expect(at(20_000, NOW + 10_000)).toEqual(at(30_000, NOW));
  });

  it('tells the rate limit that has the least left', () => {
    const limits = [
      limitHealth(),
      limitHealth({ limit: 'requests', perMinute: 50, remaining: 5 }),
      limitHealth({ endpointId: 'other', remaining: 0 }),
    ];
    expect(status(3, 0, 0, engineHealth({ limits })).tooltip).toContain(
      String.raw`| Nearest rate limit | 10 % of Requests left, sonnet\-5 |`,
    );
  });
});
