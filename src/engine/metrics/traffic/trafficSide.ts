import type { Trials } from '../../statistics';
import { Incidents } from '../incidents';
import type { Reliability } from '../incidents';
import type {
  HourlyFigures,
  MetricsHistoryRead,
  MetricsRange,
  RequestColumns,
  SystemSample,
} from '../metricsHistory';
import { isNamedServiceFault } from '../serviceFault';
import { turnFigures, wordOf } from '../turnColumns';
import { ascending, requestLoad } from './requestLoad';
import type { LoadedRequest, RequestLoad } from './requestLoad';

const MINUTE_MS = 60_000;

/** What the samples say, each of a window and about a minute. */
export interface SampledLoad {
  readonly samples: number;
  /** The most turns of a window on the wire at once, and waiting for a slot. */
  readonly running: number;
  readonly queued: number;
  /** Samples in which one had to wait for a slot. */
  readonly waiting: number;
  /** How many might run at once: the fewest and the most that were allowed. */
  readonly concurrency: { readonly low: number; readonly high: number } | undefined;
}

/** What the ordinary traffic of a time was like. Kept answers are left out: they say nothing about who would have answered. */
export interface TrafficSide {
  /** What was looked at, from the first request on that is there. */
  readonly range: MetricsRange;
  /** Requests that ended, one way or another. */
  readonly requests: number;
  /** Requests of this time of which only hourly counts are left. */
  readonly onlyByHour: number;
  /** Times to first token, ms, of single requests, ascending; by model, the most used first. */
  readonly firstTokens: readonly number[];
  readonly models: ReadonlyMap<string, readonly number[]>;
  /** Output tokens per second of single answers, ascending. */
  readonly rates: readonly number[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Requests that ended in the busiest minute of the clock, and when it began, ms since 1970. */
  readonly busiest: { readonly requests: number; readonly at: number } | undefined;
  /** Answered requests among those that the service answered or failed. */
  readonly answered: Trials;
  readonly reliability: Reliability;
  readonly load: RequestLoad;
  readonly sampled: SampledLoad;
}

/** Reads what ended in the range at endpoints that are meant. `now`: ms since 1970; what lies ahead of it counts for no time. */
export function trafficSide(
  read: Pick<MetricsHistoryRead, 'requests' | 'samples' | 'hours'>,
  range: MetricsRange,
  now: number,
  isMeant: (endpointId: string) => boolean,
): TrafficSide {
  const { requests: columns, samples, hours } = read;
  const reader = new TrafficReader(columns);
  const to = Math.min(range.to, now);
  for (const [index, at] of columns.at.entries()) {
    const isInside = at >= range.from && at < range.to;
    if (isInside && isMeant(wordOf(columns.endpoint, index) ?? '')) reader.read(index, at);
  }
  const isIn = ({ at }: { readonly at: number }): boolean => at >= range.from && at < range.to;
  const gone = hours.filter((hour) => isIn(hour) && isMeant(hour.endpointId));
  return {
    ...reader.side(to),
    range: { from: Math.max(range.from, Math.min(to, columns.at[0] ?? range.from)), to },
    onlyByHour: gone.reduce((sum, hour) => sum + endedIn(hour), 0),
    sampled: sampledLoad(samples.filter(isIn)),
  };
}

/** Whether anything ended in the range at endpoints that are meant, kept answers aside. */
export function hasTraffic(
  columns: RequestColumns,
  { from, to }: MetricsRange,
  isMeant: (endpointId: string) => boolean,
): boolean {
  return columns.at.some(
    (at, index) =>
      at >= from &&
      at < to &&
      wordOf(columns.servedFrom, index) === undefined &&
      isMeant(wordOf(columns.endpoint, index) ?? ''),
  );
}

class TrafficReader {
  readonly #columns: RequestColumns;
  readonly #models = new Map<string, { count: number; readonly firstTokens: number[] }>();
  readonly #firstTokens: number[] = [];
  readonly #rates: number[] = [];
  readonly #minutes = new Map<number, number>();
  readonly #loaded: LoadedRequest[] = [];
  readonly #incidents = new Incidents();
  #requests = 0;
  #answered = 0;
  #unavailable = 0;
  #inputTokens = 0;
  #outputTokens = 0;

  constructor(columns: RequestColumns) {
    this.#columns = columns;
  }

  read(index: number, at: number): void {
    if (wordOf(this.#columns.servedFrom, index) !== undefined) return;
    this.#requests++;
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + 1);
    const isAnswered = wordOf(this.#columns.outcome, index) === 'ok';
    this.#measure(index, at, isAnswered);
    if (isAnswered) this.#answered++;
    const isUnavailable = isNamedServiceFault(wordOf(this.#columns.errorKind, index));
    if (isUnavailable) this.#unavailable++;
    if (isAnswered || isUnavailable) this.#incidents.ended(isAnswered, at);
  }

  side(now: number): Omit<TrafficSide, 'range' | 'onlyByHour' | 'sampled'> {
    const models = [...this.#models].sort(([, a], [, b]) => b.count - a.count);
    let busiest: TrafficSide['busiest'];
    for (const [at, requests] of this.#minutes) {
      if (requests > (busiest?.requests ?? 0)) busiest = { requests, at };
    }
    return {
      requests: this.#requests,
      firstTokens: ascending(this.#firstTokens),
      models: new Map(models.map(([model, { firstTokens }]) => [model, ascending(firstTokens)])),
      rates: ascending(this.#rates),
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      busiest,
      answered: { hits: this.#answered, count: this.#answered + this.#unavailable },
      reliability: this.#incidents.reliability(now),
      load: requestLoad(this.#loaded),
    };
  }

  #measure(index: number, at: number, isAnswered: boolean): void {
    const figures = turnFigures(this.#columns, index);
    const { firstTokenMs, totalMs, rate } = figures;
    const model = this.#modelOf(wordOf(this.#columns.model, index) ?? '');
    model.count++;
    if (!Number.isNaN(firstTokenMs)) {
      model.firstTokens.push(firstTokenMs);
      this.#firstTokens.push(firstTokenMs);
    }
    this.#outputTokens += figures.outputTokens;
    this.#inputTokens += figures.inputTokens;
    if (isAnswered && rate !== undefined) this.#rates.push(rate);
    if (!Number.isNaN(totalMs)) {
      this.#loaded.push({ begunAt: at - totalMs, endedAt: at, firstTokenMs });
    }
  }

  #modelOf(name: string): { count: number; readonly firstTokens: number[] } {
    const known = this.#models.get(name);
    if (known) return known;
    const model = { count: 0, firstTokens: [] };
    this.#models.set(name, model);
    return model;
  }
}

function endedIn({ ok, failed, stopped }: HourlyFigures): number {
  return ok + failed + stopped;
}

function sampledLoad(samples: readonly SystemSample[]): SampledLoad {
  const most = (of: (sample: SystemSample) => number): number =>
    samples.reduce((sum, sample) => Math.max(sum, of(sample)), 0);
  const fewest = samples.reduce((sum, { concurrency }) => Math.min(sum, concurrency), Infinity);
  return {
    samples: samples.length,
    running: most(({ running }) => running),
    queued: most(({ queued }) => queued),
    waiting: samples.filter(({ queued }) => queued > 0).length,
    concurrency:
      samples.length === 0
        ? undefined
        : { low: fewest, high: most(({ concurrency }) => concurrency) },
  };
}
