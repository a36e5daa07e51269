import { assertNever } from '../../base/assertNever';
import { FIRST_TOKEN_TARGET_MS, REQUESTS_PER_SECOND_TARGET } from '../../engine/bench/targets';
import { LEAST_FOR_TARGET, PERCENTILES } from '../../engine/metrics/traffic/traffic';
import type { Traffic, TrafficLatency } from '../../engine/metrics/traffic/traffic';
import type { TrafficTopic } from '../../engine/metrics/traffic/trafficChanges';
import type { ReportCell, ReportSection, ReportTable, Tone } from '../../protocol/report';
import { formatAvailability } from '../alerts/metricNames';
import { formatMoment, formatPercent } from '../benchmark/benchmarkTexts';
import { lengthText } from '../effect/effectTexts';
import { formatCount, formatMs, formatRate } from '../format';
import { cell } from '../judgements';
import type { Translate } from '../translate';
import { heldText, latencyHeld, topicLabel, TRAFFIC_TONES } from './trafficTexts';

const NOTHING = '–';
const MINUTE_MS = 60_000;

/** What was measured about one topic, as figures. */
export function topicSection(topic: TrafficTopic, found: Traffic, t: Translate): ReportSection {
  return {
    heading: topicLabel(topic, t),
    tone: 'plain',
    paragraphs: [paragraph(topic, found, t)],
    table: topic === 'latency' ? latencyTable(found, t) : valueTable(topic, found, t),
    actions: [],
  };
}

function paragraph(topic: TrafficTopic, { now }: Traffic, t: Translate): string {
  switch (topic) {
    case 'latency':
      return t(
        'Percentiles are held against the target of less than {0} from {1} (P50), {2} (P95) and {3} (P99) requests on: with fewer they are told, not judged.',
        formatMs(FIRST_TOKEN_TARGET_MS),
        LEAST_FOR_TARGET.p50,
        LEAST_FOR_TARGET.p95,
        LEAST_FOR_TARGET.p99,
      );
    case 'throughput':
      return t(
        'How many requests there are is up to you. The target of more than {0} per second is one for a load test: "Pulse: Run Benchmark" measures it.',
        REQUESTS_PER_SECOND_TARGET,
      );
    case 'availability':
      return t(
        'Failures that are not the service’s count for nothing here: of the request, the key, the account, the network of this computer.',
      );
    case 'load':
      return t(
        'At once: over all windows, those that wait among them. From {0} at once on, it counts as load.',
        now.load.highFrom,
      );
    default:
      return assertNever(topic);
  }
}

function latencyTable({ latency, byModel }: Traffic, t: Translate): ReportTable {
  const rows = [...byModel].map(([model, one]) => latencyRow(model, one, t));
  return {
    columns: [
      { label: t('Model'), holds: 'words' },
      { label: t('Requests'), holds: 'figures' },
      { label: t('First token, P50'), holds: 'figures' },
      { label: t('First token, P95'), holds: 'figures' },
      { label: t('First token, P99'), holds: 'figures' },
      { label: t('Target'), holds: 'words' },
    ],
    rows: rows.length > 1 ? [...rows, latencyRow(t('All models'), latency, t)] : rows,
  };
}

function latencyRow(name: string, latency: TrafficLatency, t: Translate): ReportCell[] {
  const held = latencyHeld(latency);
  return [
    cell(name),
    cell(formatCount(latency.count)),
    ...PERCENTILES.map((percentile) => {
      const { ms, verdict } = latency[percentile];
      return cell(msText(ms), TRAFFIC_TONES[verdict]);
    }),
    cell(heldText(held, t), TRAFFIC_TONES[held]),
  ];
}

type Row = readonly [label: string, value: string, tone?: Tone];

function valueTable(
  topic: Exclude<TrafficTopic, 'latency'>,
  found: Traffic,
  t: Translate,
): ReportTable {
  return {
    columns: [
      { label: t('Measured'), holds: 'words' },
      { label: t('Value'), holds: 'figures' },
    ],
    rows: rowsOf(topic, found, t).map(([label, value, tone]) => [cell(label), cell(value, tone)]),
  };
}

function rowsOf(
  topic: Exclude<TrafficTopic, 'latency'>,
  found: Traffic,
  t: Translate,
): readonly Row[] {
  switch (topic) {
    case 'throughput':
      return throughputRows(found, t);
    case 'availability':
      return availabilityRows(found, t);
    case 'load':
      return loadRows(found, t);
    default:
      return assertNever(topic);
  }
}

function throughputRows({ now, tokensPerSecond }: Traffic, t: Translate): readonly Row[] {
  const { requests, busiest, range, inputTokens, outputTokens } = now;
  const minutes = (range.to - range.from) / MINUTE_MS;
  return [
    [t('Requests'), formatCount(requests)],
    [t('Requests a minute, mean'), minutes > 0 ? (requests / minutes).toFixed(2) : NOTHING],
    [t('Requests in the busiest minute'), formatCount(busiest?.requests ?? 0)],
    [t('When that was'), busiest ? formatMoment(busiest.at) : NOTHING],
    [t('Output tokens per second of an answer, median'), rateText(tokensPerSecond)],
    [t('Input tokens in all'), formatCount(inputTokens)],
    [t('Output tokens in all'), formatCount(outputTokens)],
  ];
}

function availabilityRows({ now, availability }: Traffic, t: Translate): readonly Row[] {
  const { share, interval, asked, objective, verdict } = availability;
  const { incidents, mtbfMs, mttrMs } = now.reliability;
  const length = (ms: number | undefined): string =>
    ms === undefined ? NOTHING : lengthText(ms, t);
  return [
    [t('Answered'), t('{0} of {1}', formatCount(asked.hits), formatCount(asked.count))],
    [t('Share'), share === undefined ? NOTHING : formatPercent(share), TRAFFIC_TONES[verdict]],
    [
      t('95 % interval'),
      t('{0} to {1}', formatPercent(interval.low), formatPercent(interval.high)),
    ],
    [t('Objective'), formatAvailability(objective)],
    [t('Times that the service stopped answering'), formatCount(incidents)],
    [t('Mean time between failures'), length(mtbfMs)],
    [t('Mean time to recovery'), length(mttrMs)],
  ];
}

function loadRows({ now, load }: Traffic, t: Translate): readonly Row[] {
  const { sampled, load: asked } = now;
  const ofCount = (ms: number | undefined, count: number): string =>
    t('{0} of {1} requests', msText(ms), formatCount(count));
  const { concurrency } = sampled;
  const allowed = concurrency && `${concurrency.low} – ${concurrency.high}`;
  const ofSamples = (value: string): string => (sampled.samples === 0 ? NOTHING : value);
  return [
    [t('Requests at once, at most'), formatCount(asked.most)],
    [t('On the wire at once in a window, at most'), ofSamples(formatCount(sampled.running))],
    [t('Waiting for a slot in a window, at most'), ofSamples(formatCount(sampled.queued))],
    [
      t('Minutes in which one waited'),
      ofSamples(t('{0} of {1}', formatCount(sampled.waiting), formatCount(sampled.samples))),
    ],
    [t('Allowed at once'), allowed ?? NOTHING],
    [t('First token of a lone request, P95'), ofCount(load.aloneP95, asked.alone.length)],
    [
      t('First token under load, P95'),
      ofCount(load.highP95, asked.high.length),
      TRAFFIC_TONES[load.verdict],
    ],
  ];
}

function msText(ms: number | undefined): string {
  return ms === undefined ? NOTHING : formatMs(ms);
}

function rateText(perSecond: number | undefined): string {
  return perSecond === undefined ? NOTHING : formatRate(perSecond);
}
