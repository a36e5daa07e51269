import PQueue from 'p-queue';
import { abortReason } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { EngineError } from '../errors';
import type { EngineSettings } from '../settings';
import type { Action } from '../types';
import { AdaptiveLimit, type LimitFeedback } from './adaptiveLimit';
import { AGING_STEP_MS, AgingQueue, RANK, agingPriority } from './agingQueue';
import { formatCount, formatDuration } from './phrases';

const ACTIONS: readonly Action[] = ['chat', 'inline', 'live', 'batch'];

/** Weight of the newest slot time in the running mean: about the last ten count. */
const SLOT_TIME_WEIGHT = 0.2;

export type LimiterSettings = Pick<
  EngineSettings,
  'concurrency' | 'queueLimit' | 'adaptiveConcurrency'
>;

export interface LimiterTask {
  readonly action: Action;
  /** Takes the task out of the queue. Once it runs the task itself has to obey the signal: its slot is held until it has ended. */
  readonly signal: AbortSignal;
  /** Whether this is work already let in (a retry, a continuation), which a full queue does not refuse. */
  readonly admitted: boolean;
  /** Called when there is no slot at once. `expectedWaitMs` is `undefined` as long as no task has ended yet. */
  readonly onQueued: (expectedWaitMs: number | undefined) => void;
  /** Called when the slot is there. */
  readonly onStart: (waitedMs: number) => void;
}

/** Waiting tasks of one action. */
interface Lane {
  count: number;
  /** Sum of the moments of their arrival. */
  arrivals: number;
}

/**
 * How many requests run at once at one endpoint, and which is next: p-queue with priorities that age, a bounded queue, a limit that
 * adapts, and slots that are held until the true end.
 */
export class Limiter extends Disposable {
  readonly #clock: Clock;
  readonly #queue: PQueue<AgingQueue>;
  readonly #changed = this._register(new Emitter<void>());
  readonly #lanes: Readonly<Record<Action, Lane>> = {
    chat: { count: 0, arrivals: 0 },
    inline: { count: 0, arrivals: 0 },
    live: { count: 0, arrivals: 0 },
    batch: { count: 0, arrivals: 0 },
  };
  #settings: LimiterSettings;
  #adaptive: AdaptiveLimit | undefined;
  #running = 0;
  #slotMs: number | undefined;

  /** `running`, `queued`, `concurrency` or `maxConcurrency` is another one. */
  readonly onChange = this.#changed.event;

  constructor(settings: LimiterSettings, clock: Clock) {
    super();
    this.#clock = clock;
    this.#settings = settings;
    this.#adaptive = adaptiveLimit(settings);
    this.#queue = new PQueue({ concurrency: settings.concurrency, queueClass: AgingQueue });
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Requests at once that are allowed now. */
  get concurrency(): number {
    return this.#queue.concurrency;
  }

  /** The setting: the most that `concurrency` goes to. */
  get maxConcurrency(): number {
    return this.#settings.concurrency;
  }

  /** Applies at once: more slots start waiting tasks, fewer let running ones end first. */
  setLimits(settings: LimiterSettings): void {
    const { concurrency } = this.#settings;
    this.#settings = settings;
    if (!settings.adaptiveConcurrency) this.#adaptive = undefined;
    else if (this.#adaptive) this.#adaptive.setMax(settings.concurrency);
    else this.#adaptive = adaptiveLimit(settings);
    if (!this.#apply() && concurrency !== settings.concurrency) this.#changed.fire();
  }

  /** Moves the limit by what became of a request; without effect where `adaptiveConcurrency` is off. */
  feedback(event: LimitFeedback): void {
    if (!this.#adaptive) return;
    this.#adaptive.feedback(event, this.#clock.now(), this.#running);
    this.#apply();
  }

  /**
   * Milliseconds that a new task of this action would wait, roughly: as if slots went on to be freed as lately, and nothing more urgent
   * came after it. 0 where a slot is free, `undefined` as long as no task has ended yet.
   */
  expectedWaitMs(action: Action): number | undefined {
    if (this.#free) return 0;
    if (this.#slotMs === undefined) return undefined;
    const ahead = this.#ahead(action);
    return Math.round(((ahead + 1) * this.#slotMs) / this.#queue.concurrency);
  }

  /**
   * Runs the task as soon as it has a slot and settles as the task does.
   * @throws the signal's reason when it is aborted in the queue; EngineError `queue_full`
   */
  run<T>(task: () => Promise<T>, options: LimiterTask): Promise<T> {
    if (options.signal.aborted) return Promise.reject(abortReason(options.signal));
    if (this.#free) return this.#queue.add(() => this.#hold(task, options, 0));
    if (!options.admitted && this.#queue.size >= this.#settings.queueLimit) {
      return Promise.reject(this.#refusal(options.action));
    }
    return this.#enqueue(task, options);
  }

  get #free(): boolean {
    return this.#queue.size === 0 && this.#queue.pending < this.#queue.concurrency;
  }

  /** @returns whether the limit is another one now */
  #apply(): boolean {
    const limit = this.#adaptive?.limit ?? this.#settings.concurrency;
    if (limit === this.#queue.concurrency) return false;
    this.#queue.concurrency = limit;
    this.#changed.fire();
    return true;
  }

  #enqueue<T>(task: () => Promise<T>, options: LimiterTask): Promise<T> {
    const { action, signal } = options;
    const lane = this.#lanes[action];
    // p-queue gives a running task's slot away as soon as its signal is aborted. It gets one of its own, which can only be
    // aborted while the task waits.
    const removal = new AbortController();
    const expectedWaitMs = this.expectedWaitMs(action);
    const enqueuedAt = this.#clock.now();
    const leave = (): void => {
      signal.removeEventListener('abort', onAbort);
      lane.count--;
      lane.arrivals = lane.count === 0 ? 0 : lane.arrivals - enqueuedAt;
    };
    const onAbort = (): void => {
      leave();
      removal.abort(abortReason(signal));
      this.#changed.fire();
    };
    const start = (): Promise<T> => {
      leave();
      return this.#hold(task, options, this.#clock.now() - enqueuedAt);
    };
    lane.count++;
    lane.arrivals += enqueuedAt;
    const result = this.#queue.add(start, {
      priority: agingPriority(action, enqueuedAt),
      signal: removal.signal,
    });
    signal.addEventListener('abort', onAbort, { once: true });
    this.#changed.fire();
    options.onQueued(expectedWaitMs);
    return result;
  }

  async #hold<T>(task: () => Promise<T>, options: LimiterTask, waitedMs: number): Promise<T> {
    const startedAt = this.#clock.now();
    this.#running++;
    this.#changed.fire();
    try {
      options.onStart(waitedMs);
      return await task();
    } finally {
      this.#running--;
      this.#learn(this.#clock.now() - startedAt);
      this.#changed.fire();
    }
  }

  #learn(slotMs: number): void {
    this.#slotMs =
      this.#slotMs === undefined
        ? slotMs
        : this.#slotMs + SLOT_TIME_WEIGHT * (slotMs - this.#slotMs);
  }

  /**
   * Waiting tasks that come before a new one of this action: those that are as urgent or more, and of each less urgent kind those that
   * have waited long enough; how many that is follows from their mean age, as if they had come at an even pace.
   */
  #ahead(action: Action): number {
    const now = this.#clock.now();
    let ahead = 0;
    for (const other of ACTIONS) {
      const { count, arrivals } = this.#lanes[other];
      const headStartMs = (RANK[action] - RANK[other]) * AGING_STEP_MS;
      if (count === 0 || headStartMs <= 0) {
        ahead += count;
        continue;
      }
      const oldestMs = 2 * (now - arrivals / count);
      if (oldestMs > headStartMs) ahead += Math.round(count * (1 - headStartMs / oldestMs));
    }
    return ahead;
  }

  #refusal(action: Action): EngineError {
    const waitMs = this.expectedWaitMs(action);
    const wait = waitMs === undefined ? '' : ` The wait would be about ${formatDuration(waitMs)}.`;
    return new EngineError(
      'queue_full',
      `${formatCount(this.#queue.size)} requests are waiting already and the queue takes no more (queueLimit ${formatCount(this.#settings.queueLimit)}).${wait} Try again later, or raise the limit.`,
      { retryable: true, retryAfterMs: waitMs },
    );
  }
}

function adaptiveLimit(settings: LimiterSettings): AdaptiveLimit | undefined {
  return settings.adaptiveConcurrency ? new AdaptiveLimit(settings.concurrency) : undefined;
}
