import { limited } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type {
  MeasuredRequest,
  MetricEvent,
  MetricsBatch,
  MetricsHistory,
  MetricsRetention,
  SystemSample,
} from '../../engine/metrics/metricsHistory';

/** What was measured is written so long after the first of it, ms. */
const FLUSH_MS = 2_000;
/** After a failure, ms. */
const RETRY_MS = 30_000;
/** One exchange takes so long at most, ms. */
const LIMIT_MS = 15_000;
/** The window waits so long for the last of it when it closes, ms. */
const CLOSE_MS = 1_000;
/** Kept while they can't be written; of more, the oldest go. */
const MAX_PENDING = 5_000;
const BATCH = 500;

export interface MetricsKeeperDeps {
  readonly clock: Clock;
  readonly history: MetricsHistory;
  readonly retention: () => MetricsRetention;
  /** It could not be written or read. Told once for each time that it begins to fail. */
  readonly onFault: (error: unknown) => void;
  /** The store took so long for an exchange, ms. */
  readonly onTook: (ms: number) => void;
}

/** Writes down what this window measures, and tells what other windows measured, and this one before it was reloaded. */
export class MetricsKeeper extends Disposable {
  readonly #deps: MetricsKeeperDeps;
  readonly #told = this._register(new Emitter<MetricsBatch>());
  readonly #exchanged = this._register(new Emitter<void>());
  #requests: MeasuredRequest[] = [];
  #samples: SystemSample[] = [];
  #events: MetricEvent[] = [];
  #timer: DisposableLike | undefined;
  #flushing: Promise<void> | undefined;
  /** Records of the exchange under way. */
  #leaving = 0;
  #failed = false;
  readonly #gone = new AbortController();

  /** What others measured, oldest first; the first time that of the last day. */
  readonly onOthers = this.#told.event;
  /** The history has something new. */
  readonly onExchange = this.#exchanged.event;

  constructor(deps: MetricsKeeperDeps) {
    super();
    this.#deps = deps;
    this._register({
      dispose: () => {
        this.#timer?.dispose();
        this.#gone.abort();
      },
    });
  }

  /** Records that are not written yet: what waits, and what is on its way. */
  get unwritten(): number {
    return this.#pending + this.#leaving;
  }

  request(request: MeasuredRequest): void {
    this.#requests.push(request);
    this.#plan(FLUSH_MS);
  }

  sample(sample: SystemSample): void {
    this.#samples.push(sample);
    this.#plan(FLUSH_MS);
  }

  event(event: MetricEvent): void {
    this.#events.push(event);
    this.#plan(FLUSH_MS);
  }

  /** A thumb or a mark is taken back: also where it is not written yet. @throws StoreError */
  async removeEvent(uid: string): Promise<void> {
    await this.#settled();
    this.#events = this.#events.filter((event) => event.uid !== uid);
    await this.#deps.history.removeMetricEvent(uid);
  }

  /** All that was measured is forgotten, what is not written yet, too. @throws StoreError */
  async clear(): Promise<void> {
    await this.#settled();
    [this.#requests, this.#samples, this.#events] = [[], [], []];
    await this.#deps.history.clearMetrics();
  }

  /** Writes what there is, and learns what others wrote. Never rejects: it is tried again later. */
  async flush(): Promise<void> {
    await this.#settled();
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#flushing = this.#writeAll();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = undefined;
    }
    if (this.#pending > 0) this.#plan(this.#failed ? RETRY_MS : FLUSH_MS);
  }

  /** Writes the last of it, for a moment at most. */
  async close(): Promise<void> {
    const { clock } = this.#deps;
    try {
      await limited(() => this.#writeLast(), { signal: undefined, limitMs: CLOSE_MS, clock });
    } catch {
      // Time is over; the window goes.
    } finally {
      this.dispose();
    }
  }

  async #writeLast(): Promise<void> {
    await this.#settled();
    if (this.#pending > 0) await this.flush();
  }

  /** What there is now, in as many batches as that takes, unless it fails. */
  async #writeAll(): Promise<void> {
    let left = this.#pending;
    do {
      await this.#exchange();
      left -= BATCH;
    } while (left > 0 && !this.#failed);
  }

  /** What is on its way is written or has failed. */
  async #settled(): Promise<void> {
    while (this.#flushing) await this.#flushing;
  }

  get #pending(): number {
    return sizeOf({ requests: this.#requests, samples: this.#samples, events: this.#events });
  }

  #plan(delayMs: number): void {
    if (this.#timer || this.isDisposed) return;
    this.#timer = this.#deps.clock.setTimeout(() => void this.flush(), delayMs);
  }

  async #exchange(): Promise<void> {
    const { clock, history, retention, onTook } = this.#deps;
    const batch = this.#take();
    this.#leaving = sizeOf(batch);
    const begunAt = clock.now();
    try {
      const others = await limited(() => history.exchangeMetrics(batch, retention()), {
        signal: this.#gone.signal,
        limitMs: LIMIT_MS,
        clock,
      }).finally(() => onTook(clock.now() - begunAt));
      this.#failed = false;
      if (sizeOf(others) > 0) this.#told.fire(others);
      if (sizeOf(others) + sizeOf(batch) > 0) this.#exchanged.fire();
    } catch (error) {
      if (this.isDisposed) return;
      // What can't ever be written must not hold up the rest.
      if (!isInvalid(error)) this.#putBack(batch);
      if (!this.#failed) this.#deps.onFault(error);
      this.#failed = true;
    } finally {
      this.#leaving = 0;
    }
  }

  #take(): MetricsBatch {
    return {
      requests: this.#requests.splice(0, BATCH),
      samples: this.#samples.splice(0, BATCH),
      events: this.#events.splice(0, BATCH),
    };
  }

  /** Written twice does no harm: what has a name is written once. */
  #putBack({ requests, samples, events }: MetricsBatch): void {
    this.#requests = [...requests, ...this.#requests].slice(-MAX_PENDING);
    this.#samples = [...samples, ...this.#samples].slice(-MAX_PENDING);
    this.#events = [...events, ...this.#events].slice(-MAX_PENDING);
  }
}

function sizeOf({ requests, samples, events }: MetricsBatch): number {
  return requests.length + samples.length + events.length;
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && 'kind' in error && error.kind === 'invalid';
}
