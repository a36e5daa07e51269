import { describe, expect, it } from 'vitest';
import { gaugeFamilies } from '../../../../../src/engine/metrics/export/exportGauges';
import { prometheusText } from '../../../../../src/engine/metrics/export/prometheusText';
import { EXPORT_GAUGES, exportedText } from '../../../../helpers/exportedMetrics';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^(?<name>[a-z_]+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/u;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/gu;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** Reads the text format as its description has it; throws where it is not that. */
function parse(text: string) {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/u.exec(line) ?? [];
    if (kind === 'HELP') helped.add(name);
    else if (kind === 'TYPE') types.set(name, rest);
    else samples.push(parseSample(line));
  }
  return { types, helped, samples };
}

function parseSample(line: string): Sample {
  const { groups } = LINE.exec(line) ?? {};
  if (!groups) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  const text = groups['labels'] ?? '';
  let length = 0;
  for (const [whole, name = '', value = ''] of text.matchAll(LABEL)) {
    length += whole.length;
    labels[name] = value.replaceAll(/\\(.)/gu, (_, escaped: string) => ESCAPES[escaped] ?? '?');
  }
  if (length !== text.length) throw new Error(`labels that can't be read: ${line}`);
  return { name: groups['name'] ?? '', labels, value: Number(groups['value']) };
}

const { types, helped, samples } = parse(exportedText());
const of = (name: string) => samples.filter((sample) => sample.name === name);

describe('prometheusText', () => {
  it('describes each metric and has no sample of any other', () => {
    expect([...helped]).toEqual([...types.keys()]);
    for (const { name } of samples) {
      const known = types.has(name) || types.get(name.replace(/_(bucket|sum|count)$/u, ''));
      expect(known).toBeTruthy();
    }
  });

  it('names counters _total and times in seconds', () => {
    for (const [name, type] of types) expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(types.get('pulse_time_to_first_token_seconds')).toBe('histogram');
    expect(of('pulse_time_to_first_token_seconds_sum').map(({ value }) => value)).toEqual([0.4]);
  });

  it('escapes what a name holds, so that it is read back as it was', () => {
    const [quoted] = of('pulse_retries_total');
    expect(quoted).toMatchObject({
      labels: { endpoint: 'a "quoted" \\ name\nin two lines', model: 'model-a' },
      value: 2,
    });
  });

  it('counts in each bucket what is below it, up to all of them', () => {
    const buckets = of('pulse_request_duration_seconds_bucket').filter(
      ({ labels }) => labels['outcome'] === 'ok',
    );
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(buckets.find(({ labels }) => labels['le'] === '1')?.value).toBe(0);
    expect(buckets.find(({ labels }) => labels['le'] === '2')?.value).toBe(1);
    expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: 1 });
  });

  it('tells cost in dollars, and leaves labels out that do not apply', () => {
    expect(of('pulse_cost_usd_total').map(({ value }) => value)).toEqual([0.001, 0.001]);
    const [answered, kept, failed] = of('pulse_requests_total');
    expect(answered?.labels).not.toHaveProperty('error');
    expect(kept?.labels).toMatchObject({ served: 'memory' });
    expect(failed?.labels).toMatchObject({ outcome: 'failed', error: 'overloaded' });
  });

  it('tells what is true now: queue, breakers, limits and budgets', () => {
    expect(of('pulse_running_requests')).toMatchObject([{ value: 1 }]);
    expect(of('pulse_concurrency_limit')).toMatchObject([{ value: 10 }]);
    expect(of('pulse_breaker_open')).toMatchObject([{ value: 1 }]);
    expect(of('pulse_rate_limit_headroom_ratio')).toMatchObject([{ value: 0.75 }]);
    expect(of('pulse_budget_used_ratio')).toMatchObject([
      { labels: { period: 'day' }, value: 0.3 },
    ]);
    expect(of('pulse_build_info')).toMatchObject([{ labels: { version: '1.2.3' }, value: 1 }]);
  });

  it('leaves out what is not known', () => {
    const unknown = { ...EXPORT_GAUGES, health: () => undefined, budgets: () => [] };
    const text = prometheusText(gaugeFamilies(unknown), '1.2.3');
    expect([...parse(text).types.keys()]).toEqual(['pulse_build_info']);
  });
});
