import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { BenchResult, Measurement } from '../../../../src/engine/bench/benchResult';
import { SCENARIOS } from '../../../../src/engine/bench/scenarios';
import { benchmarkReport } from '../../../../src/host/benchmark/benchmarkReport';
import type { BenchmarkPart } from '../../../../src/host/benchmark/benchmarkReport';
import {
  costQuestion,
  formatPercent,
  sendQuestion,
} from '../../../../src/host/benchmark/benchmarkTexts';
import { english } from '../../../../src/host/translate';
import { reportSchema } from '../../../../src/protocol/report';
import type { Report, ReportSection } from '../../../../src/protocol/report';
import { answers, around, benchResult, failures, measured } from '../../../helpers/benchResults';

const PLACE = { label: 'api.example', isLocal: false, isFree: false };

function report(result: BenchResult, baseline?: BenchResult, place = PLACE): Report {
  return reportOf([{ result, baseline, place }]);
}

function reportOf(parts: readonly BenchmarkPart[]): Report {
  const made = benchmarkReport(parts, english);
  expect(v.parse(reportSchema, made)).toEqual(made);
  for (const { table } of made.sections) {
    for (const row of table?.rows ?? []) expect(row).toHaveLength(table?.columns.length ?? 0);
  }
  return made;
}

function section({ sections }: Report, heading: string): ReportSection {
  const found = sections.find((one) => one.heading === heading);
  if (!found) throw new Error(`no section ${heading}`);
  return found;
}

const rowsOf = ({ table }: ReportSection): string[][] =>
  (table?.rows ?? []).map((row) => row.map(({ text }) => text));
const actionsOf = ({ actions }: ReportSection): string[] => actions.map(({ id }) => id);

const fine = measured('latency', answers(around(500, 40)));

describe('the benchmark report', () => {
  it('says that all targets were met, with the figures of each model', () => {
    const slow = measured('latency', answers(around(1_000, 40)), 'b');
    const made = report(benchResult([fine, slow]));
    expect(made.verdict).toEqual({ tone: 'good', text: 'All targets were met: 6.' });
    expect(rowsOf(section(made, 'Latency'))).toEqual([
      ['a', '40 of 40', '498 ms', '543 ms', '548 ms', '1.5 s', '1.5 s', '60.0'],
      ['b', '40 of 40', '995 ms', '1.1 s', '1.1 s', '2.0 s', '2.1 s', '60.0'],
    ]);
    expect(section(made, 'About this run').paragraphs[0]).toBe(
      '80 requests in 20 s. The answers cost $0.0800.',
    );
  });

  it('says which targets were missed and what failed', () => {
    const bad = measured('availability', [...answers(around(500, 50)), ...failures(10)]);
    const made = report(benchResult([fine, bad]));
    expect(made.verdict).toEqual({ tone: 'bad', text: '1 of 4 targets were missed.' });
    const availability = section(made, 'Availability');
    expect(rowsOf(availability)).toEqual([['a', '50 of 60', '83.33 %', '71.96 % to 90.68 %', '0']]);
    expect(availability.paragraphs[1]).toMatch(/^a, failed: 10 × .+\.$/u);
    expect(availability.table?.rows[0]?.[2]?.tone).toBe('bad');
  });

  it('does not claim an availability that so few requests cannot prove', () => {
    const made = report(benchResult([measured('availability', answers(around(500, 60)))]));
    expect(made.verdict.tone).toBe('doubtful');
    expect(rowsOf(section(made, 'Targets'))).toEqual([
      ['More than 99.9 % answered', 'a', '100 %', 'kept, but too few requests to be sure'],
    ]);
  });

  it('has a target for the throughput of a server on this machine only', () => {
    const result = benchResult([measured('throughput', answers(around(5, 500), 0, 20))]);
    expect(report(result).verdict).toEqual({
      tone: 'plain',
      text: 'There is no target that applies to what was measured.',
    });
    const local = report(result, undefined, { ...PLACE, isLocal: true });
    expect(rowsOf(section(local, 'Targets'))[0]).toEqual([
      'More than 100 requests per second',
      'a',
      '50.0',
      'missed',
    ]);
    const slow = benchResult([measured('throughput', answers(around(500, 50)))]);
    expect(report(slow, undefined, { ...PLACE, isLocal: true }).verdict.tone).toBe('plain');
  });

  it('shows where load ended, and when that was in Pulse itself', () => {
    const step = (concurrency: number, firstTokenMs: number, waitMs: number) => ({
      concurrency,
      tookMs: 1_000,
      samples: answers(around(firstTokenMs, 10), waitMs),
    });
    const load = (...steps: ReturnType<typeof step>[]): Measurement => ({
      scenario: SCENARIOS.load,
      model: 'a',
      steps,
    });
    const sentence = (measurement: Measurement): string | undefined =>
      section(report(benchResult([measurement])), 'Load to the limit').paragraphs[1];
    expect(sentence(load(step(1, 300, 0), step(2, 310, 0)))).toBe(
      'a: held up to 2 at once, the most that was tried.',
    );
    const server = load(step(1, 300, 0), step(2, 310, 0), step(4, 900, 50));
    expect(sentence(server)).toBe(
      'a: held up to 2 at once; with more, the first token took twice as long.',
    );
    expect(sentence(load(step(1, 300, 0), step(2, 900, 600)))).toMatch(
      /waiting in Pulse itself, for a free place or a rate limit \(see "pulse\.concurrency"\)\.$/u,
    );
  });

  it('compares with the baseline and says what is more than noise', () => {
    const baseline = benchResult([fine]);
    const slower = measured('latency', answers(around(900, 40)));
    const comparison = section(
      report(benchResult([slower]), baseline),
      'Compared with the baseline',
    );
    expect(rowsOf(comparison)).toEqual([
      ['Latency', 'a', 'First token, P50', '498 ms', '896 ms', '+80 %', 'yes, worse'],
      ['Latency', 'a', 'First token, P95', '543 ms', '977 ms', '+80 %', 'yes, worse'],
      ['Latency', 'a', 'First token, P99', '548 ms', '986 ms', '+80 %', 'too few requests to tell'],
      ['Latency', 'a', 'Tokens per second', '60.0', '60.0', '±0 %', 'no'],
    ]);
    expect(actionsOf(comparison)).toEqual(['keepBaseline:e', 'forgetBaseline:e']);
  });

  it('tells shares in points', () => {
    const before = benchResult([measured('availability', answers(around(500, 60)))]);
    const after = measured('availability', [...answers(around(500, 59)), ...failures(1)]);
    const comparison = section(report(benchResult([after]), before), 'Compared with the baseline');
    expect(rowsOf(comparison)[0]?.slice(3)).toEqual(['100 %', '98.33 %', '−1.67 points', 'no']);
  });

  it('says where there is nothing to compare with, and offers to keep this run', () => {
    const comparison = section(report(benchResult([fine])), 'Compared with the baseline');
    expect(comparison.table).toBeUndefined();
    expect(actionsOf(comparison)).toEqual(['keepBaseline:e']);
    const other = benchResult([measured('availability', failures(3))]);
    const strange = section(report(benchResult([fine]), other), 'Compared with the baseline');
    expect(strange.paragraphs[1]).toBe('It measured none of these models with these scenarios.');
  });

  it('calls a run that was stopped partial, and does not offer it as a baseline', () => {
    const made = report(benchResult([fine], { isWhole: false }));
    expect(made.verdict.tone).toBe('doubtful');
    expect(made.verdict.text).toMatch(/^Stopped before the end/u);
    expect(actionsOf(section(made, 'Compared with the baseline'))).toEqual([]);
    const nothing = report(benchResult([], { isWhole: false }));
    expect(nothing.verdict.text).toBe('Stopped before anything was measured.');
  });
});

describe('the benchmark report of two endpoints', () => {
  const near = { label: 'near', isLocal: false, isFree: false };
  const far = { label: 'far', isLocal: false, isFree: false };
  const part = (
    place: typeof near,
    measurements: readonly Measurement[],
    changes: Partial<BenchResult> = {},
    baseline?: BenchResult,
  ): BenchmarkPart => {
    const result = benchResult(measurements, { endpointId: place.label, ...changes });
    return { result, baseline, place };
  };
  const slow = measured('latency', [...answers(around(3_000, 40)), ...failures(1)]);

  it('names the endpoint in each table and judges all of them', () => {
    const made = reportOf([part(near, [fine]), part(far, [slow])]);
    expect(made.subtitle).toMatch(/^near, far · /u);
    expect(made.verdict).toEqual({ tone: 'bad', text: '3 of 6 targets were missed.' });
    const latency = section(made, 'Latency');
    expect(latency.table?.columns.slice(0, 2).map(({ label }) => label)).toEqual([
      'Endpoint',
      'Model',
    ]);
    expect(rowsOf(latency).map((row) => row.slice(0, 3))).toEqual([
      ['near', 'a', '40 of 40'],
      ['far', 'a', '40 of 41'],
    ]);
    expect(latency.paragraphs).toHaveLength(2);
    expect(latency.paragraphs[1]).toMatch(/^far · a, failed: 1 × /u);
    expect(rowsOf(section(made, 'Targets')).map(([endpoint]) => endpoint)).toEqual([
      'near',
      'near',
      'near',
      'far',
      'far',
      'far',
    ]);
    expect(section(made, 'About this run').paragraphs[0]).toBe(
      '81 requests in 40 s. The answers cost $0.0800.',
    );
  });

  it('compares each with its own baseline, and keeps each for itself', () => {
    const baseline = benchResult([fine], { endpointId: 'near' });
    const made = reportOf([part(near, [fine], {}, baseline), part(far, [slow])]);
    const nearSection = section(made, 'Compared with the baseline · near');
    expect(rowsOf(nearSection)[0]).toEqual([
      'Latency',
      'a',
      'First token, P50',
      '498 ms',
      '498 ms',
      '±0 %',
      'no',
    ]);
    expect(actionsOf(nearSection)).toEqual(['keepBaseline:near', 'forgetBaseline:near']);
    const farSection = section(made, 'Compared with the baseline · far');
    expect(farSection.table).toBeUndefined();
    expect(actionsOf(farSection)).toEqual(['keepBaseline:far']);
  });

  it('is partial when it was stopped before the second, and the first is still a baseline', () => {
    const made = reportOf([part(near, [fine]), part(far, [], { isWhole: false })]);
    expect(made.verdict.text).toMatch(/^Stopped before the end/u);
    expect(rowsOf(section(made, 'Latency')).map(([endpoint]) => endpoint)).toEqual(['near']);
    const comparisons = made.sections.filter(({ heading }) => heading.startsWith('Compared'));
    expect(comparisons.map(actionsOf)).toEqual([['keepBaseline:near']]);
    const nothing = { isWhole: false };
    const empty = reportOf([part(near, [], nothing), part(far, [], nothing)]);
    expect(empty.verdict.text).toBe('Stopped before anything was measured.');
  });
});

describe('the question before anything is sent', () => {
  it('says how much goes to each endpoint', () => {
    expect(sendQuestion(1_200, ['near'], english)).toBe('Send up to 1,200 requests to near?');
    expect(sendQuestion(2_400, ['near', 'far'], english)).toBe(
      'Send up to 2,400 requests: 1,200 to each of near, far?',
    );
  });

  const estimate = { requests: 40, inputTokens: 2_000, outputTokens: 3_000, costUSD: 0.05 };
  const ask = (costUSD: number | undefined, isDemo: boolean, isFree: boolean): string =>
    costQuestion({ ...estimate, costUSD }, { isDemo, isFree }, english);

  it('names the cost, and says where it is nothing or not known', () => {
    expect(ask(0.05, false, false)).toMatch(/2,000 input tokens .* It costs at most \$0\.0500\.$/u);
    expect(ask(undefined, false, false)).toMatch(/price .* not known/u);
    expect(ask(0, true, true)).toMatch(/demo answers: the cost is \$0/u);
    expect(ask(0, false, true)).toMatch(/on this machine answers: the cost is \$0/u);
  });
});

describe('formatPercent', () => {
  it('never rounds up to everything', () => {
    expect([1, 0.999_99, 0.999, 0.57, 0].map(formatPercent)).toEqual([
      '100 %',
      '99.99 %',
      '99.9 %',
      '57 %',
      '0 %',
    ]);
  });
});
