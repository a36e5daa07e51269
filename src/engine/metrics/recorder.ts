import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { ErrorInfo, ErrorKind } from '../types';
import type { WindowName } from './figureWindows';
import { Incidents } from './incidents';
import type { Reliability } from './incidents';
import type { MeasuredRequest } from './metricsHistory';
import { ModelFigures } from './modelFigures';
import type { FigureSet } from './modelFigures';
import { measure, RequestFigures } from './requestFigures';
import type { MeasuredTurn } from './requestFigures';
import { isServiceFault } from './serviceFault';
import type { ErrorCount, MetricsSnapshot, ModelMetrics, RequestRecord } from './snapshot';

const RECENT_RECORDS = 50;
const RECENT_FIRST_TOKENS = 20;
const REQUEST_IDS_PER_KIND = 5;
/** Changes within this time are told as one. */
const COALESCE_MS = 100;

/** What the recorder asks about the present instead of counting it itself. */
export interface QueueGauges {
  readonly running: number;
  readonly queued: number;
  readonly concurrency: number;
}

/** A finished turn as it comes in; the recorder numbers and dates it. */
export type FinishedTurn = Omit<RequestRecord, 'id' | 'uid' | 'at'>;

/** The figures behind the status bar, the metrics tree and alerts, in bounded memory. */
export class MetricsRecorder extends Disposable {
  readonly #clock: Clock;
  readonly #queue: QueueGauges;
  readonly #owner: string;
  readonly #changed = this._register(new Emitter<void>());
  readonly #ended = this._register(new Emitter<RequestRecord>());
  #notice: DisposableLike | undefined;
  #nextId = 1;

  #backingOff = 0;
  #waiting = 0;
  #retries = 0;
  #continuations = 0;
  #since: number;
  #figures: ModelFigures;
  #incidents = new Incidents();
  readonly #errors = new Map<ErrorKind, { count: number; requestIds: string[] }>();
  #recent: RequestRecord[] = [];
  #firstTokens: number[] = [];

  /** Something in the snapshot is another; told at most ten times a second, and by no timer while nothing happens. */
  readonly onChange = this.#changed.event;
  /** A turn has ended, just now. */
  readonly onEnd = this.#ended.event;

  /** `owner`: unique over all windows. */
  constructor(clock: Clock, queue: QueueGauges, owner: string = crypto.randomUUID()) {
    super();
    this.#clock = clock;
    this.#queue = queue;
    this.#owner = owner;
    this.#since = clock.wallNow();
    this.#figures = new ModelFigures(clock);
    this._register({ dispose: () => this.#notice?.dispose() });
  }

  /** Who listens to any of its events. */
  get listenerCount(): number {
    return this.#changed.listenerCount + this.#ended.listenerCount;
  }

  get queue(): QueueGauges {
    return this.#queue;
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
    const id = this.#nextId++;
    const uid = `${this.#owner}-${id}`;
    const record: RequestRecord = { id, uid, at: this.#clock.wallNow(), ...turn };
    this.#continuations += record.continuations;
    if (record.outcome === 'failed' && record.error) this.#countError(record.error);
    const { firstTokenMs } = record.timing;
    if (firstTokenMs !== undefined) {
      this.#firstTokens.push(firstTokenMs);
      if (this.#firstTokens.length > RECENT_FIRST_TOKENS) this.#firstTokens.shift();
    }
    const measured = { ...turn, errorKind: turn.error?.kind };
    this.#figures.add(record.model, measure(measured));
    this.#noteIncident(measured, record.at);
    this.#recent.push(record);
    if (this.#recent.length > RECENT_RECORDS) this.#recent.shift();
    this.#ended.fire(record);
    this.#change();
  }

  /**
   * Turns of other windows, or of this one before it was reloaded: they count in the windows of time and for reliability, not in
   * what was measured since the last reset. Oldest first.
   */
  absorb(requests: readonly MeasuredRequest[]): void {
    if (requests.length === 0) return;
    const now = this.#clock.wallNow();
    for (const request of requests) {
      this.#figures.absorb(request.model, measure(request), now - request.at);
      this.#noteIncident(request, request.at);
    }
    this.#change();
  }

  /** What turns came to in a window that ends now, of all or of one model. Added up at each call. */
  window(name: WindowName, model?: string): RequestFigures {
    const set = model === undefined ? this.#figures.all : this.#figures.models.get(model);
    return set?.windows.read(name) ?? new RequestFigures();
  }

  /** Models that figures are there of. */
  get models(): readonly string[] {
    return [...this.#figures.models.keys()];
  }

  reliability(): Reliability {
    return this.#incidents.reliability(this.#clock.wallNow());
  }

  snapshot(): MetricsSnapshot {
    const { sinceReset: all, windows } = this.#figures.all;
    const okLastHour = windows.count('hour', ({ ok }) => ok);
    const failedLastHour = windows.count('hour', ({ failed }) => failed);
    return {
      running: this.#queue.running,
      queued: this.#queue.queued,
      backingOff: this.#backingOff,
      waiting: this.#waiting,
      concurrency: this.#queue.concurrency,
      ok: all.ok,
      failed: all.failed,
      stopped: all.stopped,
      retries: this.#retries,
      continuations: this.#continuations,
      firstToken: all.firstToken.percentiles(),
      total: all.total.percentiles(),
      byModel: [...this.#figures.models].flatMap(([model, set]) => modelMetrics(model, set)),
      recentFirstTokenMs: median(this.#firstTokens),
      errorShareLastHour: failedLastHour === 0 ? 0 : failedLastHour / (okLastHour + failedLastHour),
      turnsLastMinute: windows.count('minute', ({ ended }) => ended),
      turnsLastHour: windows.count('hour', ({ ended }) => ended),
      tokensPerSecond: all.rate.median(),
      errorsByKind: this.#errorCounts(),
      usage: all.usage,
      costUSD: all.costUSD,
      unpriced: all.unpriced,
      recent: this.#recent.toReversed(),
      since: this.#since,
    };
  }

  /** Forgets all that has ended; what runs goes on and counts when it ends. */
  reset(): void {
    this.#retries = 0;
    this.#continuations = 0;
    this.#since = this.#clock.wallNow();
    this.#figures = new ModelFigures(this.#clock);
    this.#incidents = new Incidents();
    this.#errors.clear();
    this.#recent = [];
    this.#firstTokens = [];
    this.#change();
  }

  #noteIncident({ outcome, errorKind, servedFrom }: MeasuredTurn, at: number): void {
    // A kept answer says nothing about whether the service would have answered.
    if (servedFrom !== undefined) return;
    if (outcome === 'ok') this.#incidents.ended(true, at);
    else if (errorKind !== undefined && isServiceFault(errorKind)) this.#incidents.ended(false, at);
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

/** None for a model that only others asked. */
function modelMetrics(model: string, { sinceReset }: FigureSet): ModelMetrics[] {
  if (sinceReset.ended === 0) return [];
  return [
    {
      model,
      firstToken: sinceReset.firstToken.percentiles(),
      total: sinceReset.total.percentiles(),
      tokensPerSecond: sinceReset.rate.median(),
    },
  ];
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}
