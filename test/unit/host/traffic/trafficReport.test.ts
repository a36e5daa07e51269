import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type { MeasuredRequest } from '../../../../src/engine/metrics/metricsHistory';
import { traffic } from '../../../../src/engine/metrics/traffic/traffic';
import { TRAFFIC_TOPICS } from '../../../../src/engine/metrics/traffic/trafficChanges';
import type { TrafficTopic } from '../../../../src/engine/metrics/traffic/trafficChanges';
import { trafficReport } from '../../../../src/host/traffic/trafficReport';
import { english } from '../../../../src/host/translate';
import { reportSchema } from '../../../../src/protocol/report';
import { failedRequest, measuredRequest } from '../../../helpers/measuredRequest';
import { requestColumns } from '../../../helpers/requestColumns';

const HOUR = 3_600_000;
const AT = Date.UTC(2026, 0, 10, 12);
const RANGE = { from: AT, to: AT + HOUR };
const BEFORE = { from: AT - HOUR, to: AT };

/** Answered requests over the hour that begins at `from`. */
function answered(count: number, firstTokenMs: number, from = AT, model = 'model-a') {
  return Array.from({ length: count }, (_, index) =>
    measuredRequest({
      at: from + index * (HOUR / count),
      model,
      timing: { ...measuredRequest().timing, firstTokenMs, totalMs: firstTokenMs + 1_000 },
    }),
  );
}

function report(
  requests: readonly MeasuredRequest[],
  topics: TrafficTopic[] = [...TRAFFIC_TOPICS],
  isCut = false,
) {
  const found = traffic(
    { requests: requestColumns(requests), samples: [], hours: [], isCut },
    { range: RANGE, before: BEFORE, now: RANGE.to, objective: 0.999, aside: 'demo' },
  );
  const made = trafficReport({ topics, range: RANGE, before: BEFORE }, found, english);
  expect(v.parse(reportSchema, made)).toEqual(made);
  return made;
}

function row(requests: readonly MeasuredRequest[], topic: TrafficTopic, label: string) {
  const rows = report(requests, [topic]).sections[0]?.table?.rows ?? [];
  return rows.find(([first]) => first?.text === label)?.slice(1);
}

describe('the verdict of a report from traffic', () => {
  it('says that the target is met', () => {
    expect(report(answered(100, 1_200), ['latency']).verdict).toEqual({
      tone: 'good',
      text: 'Latency: P95 1.2 s, target met.',
    });
  });

  it('names the model that misses it, although all together would not', () => {
    const requests = [...answered(500, 500), ...answered(20, 4_000, AT, 'model-b')];
    expect(report(requests, ['latency']).verdict).toEqual({
      tone: 'bad',
      text: 'Latency: P95 4.0 s of model-b, target missed.',
    });
  });

  it('says plainly where too little was measured', () => {
    const { verdict } = report(answered(5, 800));
    expect(verdict.tone).toBe('doubtful');
    expect(verdict.text).toContain('P95 800 ms, too few requests (5) to be sure of the target.');
    expect(verdict.text).toContain('100 % of 5 answered, too few to be sure');
    expect(verdict.text).toContain('at most 1 at once, too few requests to tell what that does.');
  });

  it('says that nothing was measured, without empty tables', () => {
    const { verdict, sections } = report([]);
    expect(verdict).toEqual({ tone: 'doubtful', text: 'Nothing was measured in this time.' });
    expect(sections.map(({ heading }) => heading)).toEqual(['How it was measured']);
  });

  it('says that the objective is missed', () => {
    const failed = Array.from({ length: 10 }, () => failedRequest('overloaded', { at: AT }));
    expect(report([...answered(90, 500), ...failed], ['availability']).verdict).toEqual({
      tone: 'bad',
      text: 'Availability: 90 % answered, objective of 99.9 % missed.',
    });
  });

  it('names what is worse than before, and is no longer good', () => {
    const { verdict } = report(
      [...answered(100, 400, BEFORE.from), ...answered(100, 1_200)],
      ['latency'],
    );
    expect(verdict.tone).toBe('doubtful');
    expect(verdict.text).toContain('Worse than in the period before: First token, P50 · model-a');
  });
});

describe('the tables of a report from traffic', () => {
  it('have a row for each model, and one for all', () => {
    const requests = [...answered(20, 500), ...answered(8, 3_000, AT, 'model-b')];
    const rows = report(requests, ['latency']).sections[0]?.table?.rows ?? [];
    expect(rows.map(([name]) => name?.text)).toEqual(['model-a', 'model-b', 'All models']);
    expect(rows[1]?.slice(2)).toEqual([
      { text: '3.0 s', tone: 'bad' },
      { text: '3.0 s', tone: 'doubtful' },
      { text: '3.0 s', tone: 'doubtful' },
      { text: 'missed', tone: 'bad' },
    ]);
  });

  it('have the figures of each topic', () => {
    const requests = answered(60, 500);
    expect(row(requests, 'throughput', 'Requests')?.[0]?.text).toBe('60');
    expect(row(requests, 'throughput', 'Requests a minute, mean')?.[0]?.text).toBe('1.00');
    expect(row(requests, 'availability', 'Answered')?.[0]?.text).toBe('60 of 60');
    expect(row(requests, 'load', 'Requests at once, at most')?.[0]?.text).toBe('1');
    expect(row(requests, 'load', 'Allowed at once')?.[0]?.text).toBe('–');
  });

  it('compare only what is asked for with the period before', () => {
    const requests = [...answered(50, 400, BEFORE.from), ...answered(50, 1_200)];
    const figures = (topic: TrafficTopic) =>
      report(requests, [topic]).sections[1]?.table?.rows.map((cells) =>
        cells.map(({ text }) => text),
      );
    expect(figures('availability')).toEqual([['Answered', '100 %', '100 %', '±0 points', 'no']]);
    expect(figures('latency')?.[0]).toEqual([
      'First token, P50 · model-a',
      '400 ms',
      '1.2 s',
      '+200 %',
      'yes, worse',
    ]);
  });
});

describe('how a report from traffic was made', () => {
  const way = (...of: Parameters<typeof report>) => report(...of).sections.at(-1)?.paragraphs ?? [];

  it('is told: at no cost, what was left out, and what was not read', () => {
    const requests = [...answered(5, 500), measuredRequest({ at: AT, endpointId: 'demo' })];
    const text = way(requests, ['load'], true).join(' ');
    expect(text).toContain('Nothing was sent for it, and it cost nothing.');
    expect(text).toContain('Requests to the demo are left out.');
    expect(text).toContain('There were more requests than were read');
  });

  it('is told where only the demo answered', () => {
    const text = way([measuredRequest({ at: AT, endpointId: 'demo' })]).join(' ');
    expect(text).toContain('Only the demo was asked');
  });
});
