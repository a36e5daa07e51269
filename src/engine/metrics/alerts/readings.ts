import type { WindowName } from '../figureWindows';
import type { RequestFigures } from '../requestFigures';
import type { AlertMetric } from './alertRules';
import type { Gauges, MetricSource } from './metricSource';

/** A model's usual needs so many first tokens in the last day. */
const MIN_USUAL = 20;

/** A metric as it is now. */
export interface Reading {
  /** `undefined` where there is nothing to tell it from. */
  readonly value: number | undefined;
  /** Turns that it is told from. */
  readonly requests: number;
  /** Of `firstTokenRatio`: the medians of the window and of the last day, ms. */
  readonly ratioOf?: { readonly medianMs: number; readonly usualMs: number };
}

/** What is read of a source in one evaluation: each window is added up once. */
export class Readings {
  readonly #source: MetricSource;
  readonly #figures = new Map<string, RequestFigures>();
  #gauges: Gauges | undefined;

  constructor(source: MetricSource) {
    this.#source = source;
  }

  get gauges(): Gauges {
    this.#gauges ??= this.#source.gauges();
    return this.#gauges;
  }

  get models(): readonly string[] {
    return this.#source.models();
  }

  figures(window: WindowName, model?: string): RequestFigures {
    const key = `${window} ${model ?? ''}`;
    const known = this.#figures.get(key);
    if (known) return known;
    const read = this.#source.figures(window, model);
    this.#figures.set(key, read);
    return read;
  }

  of(metric: AlertMetric, window: WindowName, model?: string): Reading {
    return READERS[metric](this, window, model);
  }
}

type Reader = (readings: Readings, window: WindowName, model: string | undefined) => Reading;

const measured =
  (read: (figures: RequestFigures) => Reading): Reader =>
  (readings, window, model) =>
    read(readings.figures(window, model));
const gauge =
  (read: (gauges: Gauges) => number | undefined): Reader =>
  ({ gauges }) => ({ value: read(gauges), requests: 0 });

const READERS: Readonly<Record<AlertMetric, Reader>> = {
  firstTokenP50: measured(({ firstToken }) => percentile(firstToken, 'p50')),
  firstTokenP95: measured(({ firstToken }) => percentile(firstToken, 'p95')),
  firstTokenP99: measured(({ firstToken }) => percentile(firstToken, 'p99')),
  firstTokenRatio: (readings, window, model) =>
    ratio(readings.figures(window, model), () => readings.figures('day', model)),
  totalP50: measured(({ total }) => percentile(total, 'p50')),
  totalP95: measured(({ total }) => percentile(total, 'p95')),
  tokensPerSecond: measured(({ rate }) => ({ value: rate.median(), requests: rate.count })),
  errorShare: measured(({ ok, failed, errorShare }) => {
    const judged = ok + failed;
    return { value: judged === 0 ? undefined : errorShare, requests: judged };
  }),
  availability: measured(({ answered, unavailable, availability }) => ({
    value: availability,
    requests: answered + unavailable,
  })),
  requests: measured(({ ended }) => ({ value: ended, requests: ended })),
  failures: measured(({ failed, ended }) => ({ value: failed, requests: ended })),
  retries: measured(({ retries, ended }) => ({ value: retries, requests: ended })),
  costUSD: measured(({ costUSD, ended }) => ({ value: costUSD, requests: ended })),
  queued: gauge(({ queued }) => queued),
  headroom: gauge(({ headroom }) => headroom),
  breakerOpen: gauge(({ openBreakers }) => openBreakers.length),
  loopDelayMs: gauge(({ loopDelayMs }) => loopDelayMs),
  rssMB: gauge(({ rssMB }) => rssMB),
};

function percentile(sketch: RequestFigures['total'], name: 'p50' | 'p95' | 'p99'): Reading {
  const { count } = sketch;
  return { value: count === 0 ? undefined : sketch.percentiles()[name], requests: count };
}

/** The day is added up only where there is something to compare with it. */
function ratio({ firstToken }: RequestFigures, day: () => RequestFigures): Reading {
  const requests = firstToken.count;
  const medianMs = firstToken.median();
  if (medianMs === undefined) return { value: undefined, requests };
  const usual = day().firstToken;
  const usualMs = usual.count < MIN_USUAL ? undefined : usual.median();
  if (usualMs === undefined) return { value: undefined, requests };
  return { value: medianMs / usualMs, requests, ratioOf: { medianMs, usualMs } };
}
