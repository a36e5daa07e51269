import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { LimitShare } from '../ports';
import type { EngineSettings } from '../settings';
import { Limiter } from './limiter';
import { Pacer } from './pacing/pacer';
import { RetryBudget } from './retryBudget';

/** What one endpoint has of its own: its slots, its rate limits' buckets, its budget of retries. */
export interface Lane {
  readonly endpointId: string;
  readonly limiter: Limiter;
  readonly pacer: Pacer;
  readonly budget: RetryBudget;
  /** Monotonic ms of the last request that was answered well; -Infinity before one. */
  lastOkAt: number;
}

export interface LanesOptions {
  readonly clock: Clock;
  readonly settings: () => EngineSettings;
  /** What distinguishes the endpoint and its key among all windows, without holding the key. */
  readonly scope: (endpointId: string) => string;
  readonly share?: LimitShare | undefined;
}

/** The lanes of all endpoints so far, made when first used. As a whole they are the queue that the metrics show. */
export class Lanes extends Disposable {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #changed = this._register(new Emitter<void>());

  /** Something runs, waits or may run that did not before. */
  readonly onChange = this.#changed.event;

  constructor(options: LanesOptions) {
    super();
    this.#options = options;
  }

  get running(): number {
    return this.#sum(({ limiter }) => limiter.running);
  }

  get queued(): number {
    return this.#sum(({ limiter }) => limiter.queued);
  }

  get concurrency(): number {
    return this.#sum(({ limiter }) => limiter.concurrency) || this.#options.settings().concurrency;
  }

  get(endpointId: string): Lane {
    return this.#lanes.get(endpointId) ?? this.#make(endpointId);
  }

  applySettings(): void {
    for (const { limiter } of this.#lanes.values()) limiter.setLimits(this.#options.settings());
  }

  keyChanged(): void {
    for (const { pacer } of this.#lanes.values()) pacer.keyChanged();
  }

  #make(endpointId: string): Lane {
    const { clock, settings, scope, share } = this.#options;
    const lane: Lane = {
      endpointId,
      limiter: this._register(new Limiter(settings(), clock)),
      pacer: this._register(
        new Pacer({
          endpointId,
          clock,
          settings: () => settings().pacing,
          scope: () => scope(endpointId),
          ...(share ? { share } : {}),
        }),
      ),
      budget: new RetryBudget(() => settings().retry.budget, clock),
      lastOkAt: Number.NEGATIVE_INFINITY,
    };
    const changed = (): void => this.#changed.fire();
    this._register(lane.limiter.onChange(changed));
    this._register(lane.pacer.onChange(changed));
    this.#lanes.set(endpointId, lane);
    return lane;
  }

  #sum(figure: (lane: Lane) => number): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += figure(lane);
    return sum;
  }
}
