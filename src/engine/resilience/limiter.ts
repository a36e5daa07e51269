import PQueue from 'p-queue';
import { abortReason } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { EngineError } from '../errors';
import type { Action } from '../types';
import { formatCount, formatDuration } from './phrases';

/** Rank in the queue, higher first; equal ones in the order of their arrival. */
const PRIORITY: Readonly<Record<Action, number>> = { chat: 3, inline: 2, live: 1, batch: 0 };
const ACTIONS: readonly Action[] = ['chat', 'inline', 'live', 'batch'];

/** Weight of the newest slot time in the running mean: about the last ten count. */
const SLOT_TIME_WEIGHT = 0.2;

export interface Limits {
  /** Tasks at once. */
  readonly concurrency: number;
  /** Tasks waiting for a slot; one more is refused. */
  readonly queueLimit: number;
}

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

/** How many tasks run at once, and who is next: p-queue with a bounded queue and slots that are held until the true end. */
export class Limiter extends Disposable {
  readonly #clock: Clock;
  readonly #queue: PQueue;
  readonly #changed = this._register(new Emitter<void>());
  readonly #queued: Record<Action, number> = { chat: 0, inline: 0, live: 0, batch: 0 };
  #queueLimit: number;
  #running = 0;
  #slotMs: number | undefined;

  /** `running`, `queued` or `concurrency` is another one. */
  readonly onChange = this.#changed.event;

  constructor(limits: Limits, clock: Clock) {
    super();
    this.#clock = clock;
    this.#queue = new PQueue({ concurrency: limits.concurrency });
    this.#queueLimit = limits.queueLimit;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#queue.size;
  }

  get concurrency(): number {
    return this.#queue.concurrency;
  }

  /** Applies at once: more slots start waiting tasks, fewer let running ones end first. */
  setLimits(limits: Limits): void {
    this.#queueLimit = limits.queueLimit;
    if (limits.concurrency === this.#queue.concurrency) return;
    this.#queue.concurrency = limits.concurrency;
    this.#changed.fire();
  }

  /**
   * Runs the task as soon as it has a slot and settles as the task does.
   * @throws the signal's reason when it is aborted in the queue; EngineError `queue_full`
   */
  run<T>(task: () => Promise<T>, options: LimiterTask): Promise<T> {
    if (options.signal.aborted) return Promise.reject(abortReason(options.signal));
    const free = this.#queue.size === 0 && this.#queue.pending < this.#queue.concurrency;
    if (free) {
      const start = (): Promise<T> => this.#hold(task, options, 0);
      return this.#queue.add(start, { priority: PRIORITY[options.action] });
    }
    if (!options.admitted && this.#queue.size >= this.#queueLimit) {
      return Promise.reject(this.#refusal());
    }
    return this.#enqueue(task, options);
  }

  #enqueue<T>(task: () => Promise<T>, options: LimiterTask): Promise<T> {
    const { action, signal } = options;
    // p-queue gives a running task's slot away as soon as its signal is aborted. It gets one of its own, which can only be
    // aborted while the task waits.
    const removal = new AbortController();
    const onAbort = (): void => {
      this.#queued[action]--;
      removal.abort(abortReason(signal));
      this.#changed.fire();
    };
    const expectedWaitMs = this.#expectedWaitMs(this.#ahead(action));
    const enqueuedAt = this.#clock.now();
    const start = (): Promise<T> => {
      signal.removeEventListener('abort', onAbort);
      this.#queued[action]--;
      return this.#hold(task, options, this.#clock.now() - enqueuedAt);
    };
    this.#queued[action]++;
    const result = this.#queue.add(start, {
      priority: PRIORITY[action],
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

  /** Waiting tasks that come before a new one of this action. */
  #ahead(action: Action): number {
    let ahead = 0;
    for (const other of ACTIONS) {
      if (PRIORITY[other] >= PRIORITY[action]) ahead += this.#queued[other];
    }
    return ahead;
  }

  #expectedWaitMs(ahead: number): number | undefined {
    if (this.#slotMs === undefined) return undefined;
    return Math.round(((ahead + 1) * this.#slotMs) / this.#queue.concurrency);
  }

  #refusal(): EngineError {
    const waitMs = this.#expectedWaitMs(this.#queue.size);
    const wait = waitMs === undefined ? '' : ` The wait would be about ${formatDuration(waitMs)}.`;
    return new EngineError(
      'queue_full',
      `${formatCount(this.#queue.size)} requests are waiting already and the queue takes no more (queueLimit ${formatCount(this.#queueLimit)}).${wait} Try again later, or raise the limit.`,
      { retryable: true, retryAfterMs: waitMs },
    );
  }
}
