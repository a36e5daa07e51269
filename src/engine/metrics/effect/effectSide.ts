import { percentile } from '../../statistics';
import type { Trials } from '../../statistics';
import { Incidents } from '../incidents';
import type { MetricEvent, MetricsRange, RequestColumns } from '../metricsHistory';
import { isNamedServiceFault } from '../serviceFault';
import { turnFigures, wordOf } from '../turnColumns';

export interface ModelShare {
  readonly model: string;
  /** Of the turns, 0-1. */
  readonly share: number;
}

/** What was measured on one side of a change. */
export interface EffectSide {
  /** Turns that ended and were sent, not kept answers. */
  readonly requests: number;
  /** Ms, of single turns. */
  readonly firstToken: readonly number[];
  readonly total: readonly number[];
  /** Output tokens per second of single turns. */
  readonly rates: readonly number[];
  /** Turns that failed among those that were not stopped. */
  readonly failed: Trials;
  /** Times that the service stopped answering, and how long it answered in all, ms. */
  readonly incidents: number;
  readonly upMs: number;
  /** US$ of single answers, kept ones included, whose price is known. */
  readonly costs: readonly number[];
  /** US$ of all turns whose price is known. */
  readonly costUSD: number;
  readonly accepted: number;
  /** Thumbs up among all thumbs. */
  readonly liked: Trials;
  /** Median of what was asked, caches included; `undefined` where nothing was. */
  readonly inputTokens: number | undefined;
  /** The most used first. */
  readonly models: readonly ModelShare[];
}

/** Reads one side: the requests and events in the range. */
export function effectSide(
  columns: RequestColumns,
  events: readonly MetricEvent[],
  range: MetricsRange,
): EffectSide {
  const reader = new SideReader(columns);
  const { at } = columns;
  for (let index = 0; index < at.length; index++) {
    const moment = at[index] ?? Number.NaN;
    if (moment >= range.from && moment < range.to) reader.read(index, moment);
  }
  const count = (kind: MetricEvent['kind']): number =>
    events.filter((one) => one.kind === kind && one.at >= range.from && one.at < range.to).length;
  const up = count('up');
  return reader.side(range, {
    accepted: count('accepted'),
    liked: { hits: up, count: up + count('down') },
  });
}

class SideReader {
  readonly #columns: RequestColumns;
  readonly #firstToken: number[] = [];
  readonly #total: number[] = [];
  readonly #rates: number[] = [];
  readonly #costs: number[] = [];
  readonly #inputTokens: number[] = [];
  readonly #models = new Map<string, number>();
  readonly #incidents = new Incidents();
  #requests = 0;
  #failed = 0;
  #answered = 0;
  #costUSD = 0;

  constructor(columns: RequestColumns) {
    this.#columns = columns;
  }

  read(index: number, at: number): void {
    const { outcome, servedFrom, costUSD } = this.#columns;
    const ending = wordOf(outcome, index);
    const isKept = wordOf(servedFrom, index) !== undefined;
    const cost = costUSD[index] ?? Number.NaN;
    if (!Number.isNaN(cost)) this.#costUSD += cost;
    if (ending === 'ok' && (isKept || !Number.isNaN(cost))) {
      this.#costs.push(Number.isNaN(cost) ? 0 : cost);
    }
    // A kept answer says nothing about who would have answered.
    if (isKept) return;
    this.#requests++;
    this.#count(index, at, ending);
    this.#measure(index, ending === 'ok');
  }

  side({ from, to }: MetricsRange, events: Pick<EffectSide, 'accepted' | 'liked'>): EffectSide {
    return {
      ...events,
      requests: this.#requests,
      firstToken: this.#firstToken,
      total: this.#total,
      rates: this.#rates,
      failed: { hits: this.#failed, count: this.#failed + this.#answered },
      incidents: this.#incidents.count,
      upMs: Math.max(0, to - from - this.#incidents.downMs(to)),
      costs: this.#costs,
      costUSD: this.#costUSD,
      inputTokens: percentile(this.#inputTokens, 0.5),
      models: [...this.#models]
        .map(([model, count]) => ({ model, share: count / this.#requests }))
        .sort((a, b) => b.share - a.share),
    };
  }

  #count(index: number, at: number, ending: string | undefined): void {
    const model = wordOf(this.#columns.model, index) ?? '';
    this.#models.set(model, (this.#models.get(model) ?? 0) + 1);
    const isAnswered = ending === 'ok';
    if (isAnswered) this.#answered++;
    else if (ending === 'failed') this.#failed++;
    const isFault =
      ending === 'failed' && isNamedServiceFault(wordOf(this.#columns.errorKind, index));
    if (isAnswered || isFault) this.#incidents.ended(isAnswered, at);
  }

  #measure(index: number, isAnswered: boolean): void {
    const { firstTokenMs, totalMs, inputTokens, rate } = turnFigures(this.#columns, index);
    if (inputTokens > 0) this.#inputTokens.push(inputTokens);
    if (!Number.isNaN(firstTokenMs)) this.#firstToken.push(firstTokenMs);
    if (!isAnswered || Number.isNaN(totalMs)) return;
    this.#total.push(totalMs);
    if (rate !== undefined) this.#rates.push(rate);
  }
}
