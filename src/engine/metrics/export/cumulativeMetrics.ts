import { hasUsage } from '../../requests/usage';
import type { MeasuredRequest } from '../metricsHistory';
import { promptTokens } from '../openTelemetry';
import { streamRate } from '../streamRate';
import { BucketCounts } from './bucketCounts';
import { FAMILIES } from './metricFamily';
import type { MetricFamily } from './metricFamily';
import { SeriesSet } from './seriesSet';

/** Seconds: fine around what a first token takes, and around the target of 2 s. */
const FIRST_TOKEN_SECONDS = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 20, 40, 80, 160];
const DURATION_SECONDS = [0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 120, 240, 480, 960];
const TOKENS_PER_SECOND = [5, 10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 300, 500, 1_000];
/** Source: OpenTelemetry's conventions for generative AI, bounds of `gen_ai.client.token.usage`, as far as windows go. */
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];

class Counter {
  value = 0;
}

/** What turns came to since the beginning, as scrapers and collectors want it: counters that only grow, and histograms. */
export class CumulativeMetrics {
  /** When it began to count, ms since 1970. */
  readonly since: number;
  readonly #requests = new SeriesSet(() => new Counter());
  readonly #retries = new SeriesSet(() => new Counter());
  readonly #tokens = new SeriesSet(() => new Counter());
  readonly #cost = new SeriesSet(() => new Counter());
  readonly #unpriced = new SeriesSet(() => new Counter());
  readonly #firstToken = new SeriesSet(() => new BucketCounts(FIRST_TOKEN_SECONDS));
  readonly #duration = new SeriesSet(() => new BucketCounts(DURATION_SECONDS));
  readonly #rate = new SeriesSet(() => new BucketCounts(TOKENS_PER_SECOND));
  readonly #tokenUsage = new SeriesSet(() => new BucketCounts(TOKENS));

  constructor(since: number) {
    this.since = since;
  }

  /** A turn that ended; one that ended before the beginning does not count. */
  add(request: MeasuredRequest): void {
    if (request.at < this.since) return;
    const { endpointId: endpoint, model, action, outcome, errorKind, servedFrom } = request;
    const ending = { endpoint, model, action, outcome, error: errorKind ?? '' };
    this.#requests.of({ ...ending, served: servedFrom ?? '' }).value++;
    this.#charge(request);
    // How fast a kept answer was says nothing about the model.
    if (servedFrom !== undefined) return;
    this.#duration.of(ending).add(request.timing.totalMs / 1_000);
    this.#measure(request);
  }

  families(): readonly MetricFamily[] {
    const counter = (
      name: 'requests' | 'retries' | 'tokens' | 'cost' | 'unpriced',
      set: SeriesSet<Counter>,
    ): MetricFamily => ({
      ...FAMILIES[name],
      kind: 'counter',
      series: set.all.map(({ labels, value: { value } }) => ({ labels, value })),
    });
    const histogram = (
      name: 'firstToken' | 'duration' | 'rate' | 'tokenUsage',
      set: SeriesSet<BucketCounts>,
    ): MetricFamily => ({ ...FAMILIES[name], kind: 'histogram', series: set.all });
    return [
      counter('requests', this.#requests),
      counter('retries', this.#retries),
      counter('tokens', this.#tokens),
      counter('cost', this.#cost),
      counter('unpriced', this.#unpriced),
      histogram('firstToken', this.#firstToken),
      histogram('duration', this.#duration),
      histogram('rate', this.#rate),
      histogram('tokenUsage', this.#tokenUsage),
    ];
  }

  #charge({ endpointId: endpoint, model, attempts, usage, costUSD }: MeasuredRequest): void {
    const place = { endpoint, model };
    if (attempts > 1) this.#retries.of(place).value += attempts - 1;
    if (costUSD !== undefined) this.#cost.of(place).value += costUSD;
    else if (hasUsage(usage)) this.#unpriced.of(place).value++;
    for (const [type, tokens] of [
      ['input', usage.inputTokens],
      ['output', usage.outputTokens],
      ['cache_read', usage.cacheReadTokens],
      ['cache_write', usage.cacheWriteTokens],
    ] as const) {
      if (tokens > 0) this.#tokens.of({ ...place, type }).value += tokens;
    }
  }

  #measure(request: MeasuredRequest): void {
    const { endpointId: endpoint, model, action, outcome, timing, usage } = request;
    const place = { endpoint, model, action };
    const { firstTokenMs, totalMs } = timing;
    if (hasUsage(usage)) {
      this.#tokenUsage.of({ ...place, type: 'input' }).add(promptTokens(request));
      this.#tokenUsage.of({ ...place, type: 'output' }).add(usage.outputTokens);
    }
    if (firstTokenMs === undefined) return;
    this.#firstToken.of(place).add(firstTokenMs / 1_000);
    const rate =
      outcome === 'ok' ? streamRate(totalMs - firstTokenMs, usage.outputTokens) : undefined;
    if (rate !== undefined) this.#rate.of(place).add(rate);
  }
}
