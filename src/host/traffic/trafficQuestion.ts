import * as v from 'valibot';
import { periodBefore } from '../../engine/metrics/traffic/reportPeriod';
import type { ReportBounds, ReportPeriod } from '../../engine/metrics/traffic/reportPeriod';
import { traffic } from '../../engine/metrics/traffic/traffic';
import type { Traffic } from '../../engine/metrics/traffic/traffic';
import { TRAFFIC_TOPICS } from '../../engine/metrics/traffic/trafficChanges';
import { DEMO_ENDPOINT_ID } from '../endpoints/demoEndpoint';
import { readHistory } from '../metrics/readHistory';
import type { HistorySource } from '../metrics/readHistory';
import type { Translate } from '../translate';

const MAX_REQUESTS = 50_000;
const READ_LIMIT_MS = 30_000;

const momentSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15));
const rangeSchema = v.pipe(
  v.object({ from: momentSchema, to: momentSchema }),
  v.check(({ from, to }) => from < to, 'expected a time that ends after it begins'),
);
const questionSchema = v.object({
  topics: v.pipe(v.array(v.picklist(TRAFFIC_TOPICS)), v.minLength(1)),
  range: rangeSchema,
  before: rangeSchema,
});

/** What a report is wanted of: plain data, also the argument of the command. Times in ms since 1970. */
export type TrafficQuestion = Readonly<v.InferOutput<typeof questionSchema>>;

/** The question in a command's argument; `undefined` where there is none. */
export function questionIn(argument: unknown): TrafficQuestion | undefined {
  const parsed = v.safeParse(questionSchema, argument);
  return parsed.success ? parsed.output : undefined;
}

/** The last `lengthMs` against as much before it. */
export function rolling(
  topics: TrafficQuestion['topics'],
  lengthMs: number,
  now: number,
): TrafficQuestion {
  // What ended this very moment is in it.
  const to = now + 1;
  return {
    topics,
    range: { from: to - lengthMs, to },
    before: { from: to - 2 * lengthMs, to: to - lengthMs },
  };
}

/** The whole period that ended before the one that `now` is in, against the one before it. */
export function lastWhole(
  period: ReportPeriod,
  topics: TrafficQuestion['topics'],
  bounds: ReportBounds,
  now: number,
): TrafficQuestion {
  const range = periodBefore(bounds, period, bounds(period, now).from);
  return { topics, range, before: periodBefore(bounds, period, range.from) };
}

export interface TrafficSource extends HistorySource {
  /** The share of questions that are to be answered, 0-1. */
  readonly objective: () => number;
}

/** Reads the history and works out what it says. Sends nothing. Rejects when the history can't be read in time. */
export async function readTraffic(
  source: TrafficSource,
  { range, before }: TrafficQuestion,
  signal: AbortSignal | undefined,
  t: Translate,
): Promise<Traffic> {
  const whole = { from: before.from, to: range.to };
  const limits = { maxRequests: MAX_REQUESTS, limitMs: READ_LIMIT_MS, signal };
  const read = await readHistory(source, whole, limits, t);
  return traffic(read, {
    range,
    before,
    now: source.clock.wallNow(),
    objective: source.objective(),
    aside: DEMO_ENDPOINT_ID,
  });
}
