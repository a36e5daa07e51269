import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { addUsage, NO_USAGE } from '../requests/usage';
import type { ErrorInfo, ErrorKind, Usage } from '../types';
import { Histogram } from './histogram';
import { RollingCount } from './rollingCount';
import type { ErrorCount, MetricsSnapshot, ModelMetrics, RequestRecord } from './snapshot';

const RECENT_RECORDS = 50;
const RECENT_FIRST_TOKENS = 20;
const REQUEST_IDS_PER_KIND = 5;
/** Models with percentiles of their own (51 KB each): of more, the one not used for longest makes room. */
const MAX_MODELS = 20;
/** Rates are kept in tenths of a token per second, since histograms hold whole numbers. */
const RATE_SCALE = 10;
/** A reply that came in less, ms, came in one piece: its rate would be the network's, not the model's. */
const MIN_STREAM_MS = 100;
/** Changes within this time are told as one. */
const COALESCE_MS = 100;

/** What the recorder asks about the present instead of counting it itself. */
export interface QueueGauges {
  readonly running: number;
  readonly queued: number;
  readonly concurrency: number;
}

/** A finished turn as it comes in; the recorder numbers and dates it. */
export type FinishedTurn = Omit<RequestRecord, 'id' | 'at'>;

/** The figures behind the status bar and the metrics tree, in constant memory. */
export class MetricsRecorder extends Disposable {
  readonly #clock: Clock;
  readonly #queue: QueueGauges;
  readonly #changed = this._register(new Emitter<void>());
  #notice: DisposableLike | undefined;
  #nextId = 1;

  #backingOff = 0;
  #waiting = 0;
  #ok = 0;
  #failed = 0;
  #stopped = 0;
  #retries = 0;
  #continuations = 0;
  #usage: Usage = NO_USAGE;
  #costUSD = 0;
  #unpriced = 0;
  #since: number;
  readonly #all = new LatencyFigures();
  readonly #models = new Map<string, LatencyFigures>();
  readonly #errors = new Map<ErrorKind, { count: number; requestIds: string[] }>();
  #recent: RequestRecord[] = [];
  #firstTokens: number[] = [];
  readonly #endedLastMinute: RollingCount;
  readonly #endedLastHour: RollingCount;
  readonly #okLastHour: RollingCount;
  readonly #failedLastHour: RollingCount;

  /** Something in the snapshot is another; told at most ten times a second, and by no timer while nothing happens. */
  readonly onChange = this.#changed.event;

  constructor(clock: Clock, queue: QueueGauges) {
    super();
    this.#clock = clock;
    this.#queue = queue;
    this.#since = clock.wallNow();
    this.#endedLastMinute = new RollingCount(clock, 5_000, 12);
    this.#endedLastHour = new RollingCount(clock, 60_000, 60);
    this.#okLastHour = new RollingCount(clock, 60_000, 60);
    this.#failedLastHour = new RollingCount(clock, 60_000, 60);
    this._register({ dispose: () => this.#notice?.dispose() });
  }

  /** The queue's figures are others. */
  queueChanged(): void {
    this.#change();
  }

  /** An attempt failed and its turn waits for the next one. */
  backoffStarted(): void {
    this.#retries++;
    this.#backingOff++;
    this.#change();
  }

  /** The wait is over, in whatever way. */
  backoffEnded(): void {
    this.#backingOff--;
    this.#change();
  }

  /** A turn waits for a rate limit, an endpoint or the network. */
  waitStarted(): void {
    this.#waiting++;
    this.#change();
  }

  waitEnded(): void {
    this.#waiting--;
    this.#change();
  }

  turnEnded(turn: FinishedTurn): void {
    const record: RequestRecord = { id: this.#nextId++, at: this.#clock.wallNow(), ...turn };
    this.#endedLastMinute.add();
    this.#endedLastHour.add();
    this.#continuations += record.continuations;
    this.#count(record);
    this.#measure(record);
    this.#charge(record);
    this.#recent.push(record);
    if (this.#recent.length > RECENT_RECORDS) this.#recent.shift();
    this.#change();
  }

  snapshot(): MetricsSnapshot {
    const okLastHour = this.#okLastHour.total();
    const failedLastHour = this.#failedLastHour.total();
    return {
      running: this.#queue.running,
      queued: this.#queue.queued,
      backingOff: this.#backingOff,
      waiting: this.#waiting,
      concurrency: this.#queue.concurrency,
      ok: this.#ok,
      failed: this.#failed,
      stopped: this.#stopped,
      retries: this.#retries,
      continuations: this.#continuations,
      firstToken: this.#all.firstToken.percentiles(),
      total: this.#all.total.percentiles(),
      byModel: [...this.#models].map(([model, figures]) => modelMetrics(model, figures)),
      recentFirstTokenMs: median(this.#firstTokens),
      errorShareLastHour: failedLastHour === 0 ? 0 : failedLastHour / (okLastHour + failedLastHour),
      turnsLastMinute: this.#endedLastMinute.total(),
      turnsLastHour: this.#endedLastHour.total(),
      tokensPerSecond: this.#all.tokensPerSecond(),
      errorsByKind: this.#errorCounts(),
      usage: this.#usage,
      costUSD: this.#costUSD,
      unpriced: this.#unpriced,
      recent: this.#recent.toReversed(),
      since: this.#since,
    };
  }

  /** Forgets all that has ended; what runs goes on and counts when it ends. */
  reset(): void {
    this.#ok = 0;
    this.#failed = 0;
    this.#stopped = 0;
    this.#retries = 0;
    this.#continuations = 0;
    this.#usage = NO_USAGE;
    this.#costUSD = 0;
    this.#unpriced = 0;
    this.#since = this.#clock.wallNow();
    this.#all.reset();
    this.#models.clear();
    this.#errors.clear();
    this.#recent = [];
    this.#firstTokens = [];
    this.#endedLastMinute.reset();
    this.#endedLastHour.reset();
    this.#okLastHour.reset();
    this.#failedLastHour.reset();
    this.#change();
  }

  #count(record: RequestRecord): void {
    switch (record.outcome) {
      case 'ok':
        this.#ok++;
        this.#okLastHour.add();
        break;
      case 'failed':
        this.#failed++;
        this.#failedLastHour.add();
        if (record.error) this.#countError(record.error);
        break;
      case 'stopped':
        this.#stopped++;
        break;
    }
  }

  #countError(error: ErrorInfo): void {
    let entry = this.#errors.get(error.kind);
    if (!entry) {
      entry = { count: 0, requestIds: [] };
      this.#errors.set(error.kind, entry);
    }
    entry.count++;
    if (error.requestId === undefined) return;
    entry.requestIds.unshift(error.requestId);
    if (entry.requestIds.length > REQUEST_IDS_PER_KIND) entry.requestIds.pop();
  }

  #measure(record: RequestRecord): void {
    const { firstTokenMs } = record.timing;
    if (firstTokenMs !== undefined) {
      this.#firstTokens.push(firstTokenMs);
      if (this.#firstTokens.length > RECENT_FIRST_TOKENS) this.#firstTokens.shift();
    }
    // A turn that never reached a model says nothing about it.
    if (firstTokenMs === undefined && record.outcome !== 'ok') return;
    this.#all.add(record);
    this.#figuresOf(record.model).add(record);
  }

  #figuresOf(model: string): LatencyFigures {
    const figures = this.#models.get(model) ?? new LatencyFigures();
    // Set again, so that the order of the map is that of use.
    this.#models.delete(model);
    this.#models.set(model, figures);
    if (this.#models.size > MAX_MODELS) {
      const [unused] = this.#models.keys();
      if (unused !== undefined) this.#models.delete(unused);
    }
    return figures;
  }

  #charge(record: RequestRecord): void {
    this.#usage = addUsage(this.#usage, record.usage);
    if (record.costUSD !== undefined) this.#costUSD += record.costUSD;
    else if (hasUsage(record.usage)) this.#unpriced++;
  }

  #errorCounts(): ErrorCount[] {
    return [...this.#errors]
      .map(([kind, { count, requestIds }]) => ({ kind, count, requestIds: [...requestIds] }))
      .sort((a, b) => b.count - a.count);
  }

  #change(): void {
    if (this.#notice || !this.#changed.hasListeners) return;
    this.#notice = this.#clock.setTimeout(() => {
      this.#notice = undefined;
      this.#changed.fire();
    }, COALESCE_MS);
  }
}

/** Times and rates of one model, or of all. */
class LatencyFigures {
  readonly firstToken = new Histogram();
  /** Of turns that succeeded: how soon one failed or was stopped says nothing about the others. */
  readonly total = new Histogram();
  readonly #rate = new Histogram();

  add({ outcome, timing, usage }: RequestRecord): void {
    const { firstTokenMs, totalMs } = timing;
    if (firstTokenMs !== undefined) this.firstToken.record(firstTokenMs);
    if (outcome !== 'ok') return;
    this.total.record(totalMs);
    const streamMs = firstTokenMs === undefined ? 0 : totalMs - firstTokenMs;
    if (streamMs >= MIN_STREAM_MS && usage.outputTokens > 0) {
      this.#rate.record((usage.outputTokens / streamMs) * 1_000 * RATE_SCALE);
    }
  }

  tokensPerSecond(): number | undefined {
    const rate = this.#rate.median();
    return rate === undefined ? undefined : rate / RATE_SCALE;
  }

  reset(): void {
    this.firstToken.reset();
    this.total.reset();
    this.#rate.reset();
  }
}

function modelMetrics(model: string, figures: LatencyFigures): ModelMetrics {
  return {
    model,
    firstToken: figures.firstToken.percentiles(),
    total: figures.total.percentiles(),
    tokensPerSecond: figures.tokensPerSecond(),
  };
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

function hasUsage({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
}: Usage): boolean {
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens > 0;
}
