import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { SystemSample } from './metricsHistory';
import type { ProcessMeter } from './processMeter';
import type { QueueGauges } from './recorder';

/** A sample's length, ms. */
const SAMPLE_MS = 60_000;
/** Sampling ends so long after the last turn, ms: an idle window is left alone. */
const IDLE_MS = 600_000;
const RECENT_SAMPLES = 120;

export interface SystemSamplerDeps {
  readonly clock: Clock;
  readonly meter: ProcessMeter;
  readonly queue: QueueGauges;
  /** What is left of the tightest rate limit, 0-1; `undefined` where none is known. */
  readonly headroom: () => number | undefined;
}

/** Samples process and queue once a minute while there are turns, and for ten minutes after the last one. */
export class SystemSampler extends Disposable {
  readonly #deps: SystemSamplerDeps;
  readonly #sampled = this._register(new Emitter<SystemSample>());
  #recent: SystemSample[] = [];
  #timer: DisposableLike | undefined;
  #lastActiveAt = 0;
  #begunAt = 0;
  #cpuMs = 0;
  #mostRunning = 0;
  #mostQueued = 0;
  #storeMs: number | undefined;
  #connectMs: number | undefined;

  readonly onSample = this.#sampled.event;

  constructor(deps: SystemSamplerDeps) {
    super();
    this.#deps = deps;
    this._register({ dispose: () => this.#stop() });
  }

  /** Of the last two hours at most, oldest first. */
  get recent(): readonly SystemSample[] {
    return this.#recent;
  }

  /** There is work, or there was just now. */
  active(): void {
    const { running, queued } = this.#deps.queue;
    if (running > this.#mostRunning) this.#mostRunning = running;
    if (queued > this.#mostQueued) this.#mostQueued = queued;
    this.#lastActiveAt = this.#deps.clock.now();
    if (this.#timer === undefined && !this.isDisposed) this.#start();
  }

  /** A call of the store took so long, ms. */
  storeTook(ms: number): void {
    this.#storeMs = Math.max(this.#storeMs ?? 0, ms);
  }

  /** A turn connected anew in so long, ms; 0 and `undefined` where it did not. */
  connected(ms: number | undefined): void {
    if (ms !== undefined && ms > 0) this.#connectMs = Math.min(this.#connectMs ?? ms, ms);
  }

  #start(): void {
    this.#deps.meter.watch();
    this.#begin();
  }

  #begin(): void {
    const { clock, meter, queue } = this.#deps;
    this.#begunAt = clock.now();
    this.#cpuMs = meter.cpuMs();
    this.#mostRunning = queue.running;
    this.#mostQueued = queue.queued;
    this.#storeMs = undefined;
    this.#connectMs = undefined;
    this.#timer = clock.setTimeout(() => this.#end(), SAMPLE_MS);
  }

  #end(): void {
    const { clock, queue } = this.#deps;
    const sample = this.#sample();
    this.#recent.push(sample);
    if (this.#recent.length > RECENT_SAMPLES) this.#recent.shift();
    const isIdle = queue.running + queue.queued === 0 && clock.now() - this.#lastActiveAt > IDLE_MS;
    if (isIdle) this.#stop();
    else this.#begin();
    this.#sampled.fire(sample);
  }

  #sample(): SystemSample {
    const { clock, meter, queue, headroom } = this.#deps;
    const tookMs = Math.max(1, clock.now() - this.#begunAt);
    return {
      at: clock.wallNow(),
      cpuShare: (meter.cpuMs() - this.#cpuMs) / tookMs,
      ...meter.memory(),
      loopDelayMs: meter.takeLoopDelayMs(),
      running: this.#mostRunning,
      queued: this.#mostQueued,
      concurrency: queue.concurrency,
      headroom: headroom(),
      storeMs: this.#storeMs,
      networkMs: this.#connectMs,
    };
  }

  #stop(): void {
    if (this.#timer === undefined) return;
    this.#timer.dispose();
    this.#timer = undefined;
    this.#deps.meter.unwatch();
  }
}
