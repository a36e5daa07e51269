import { AbortError, abortable, abortReason, limited } from '../../../base/abort';
import type { Clock } from '../../../base/clock';
import { Disposable, toDisposable, type DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';

const FIRST_GAP_MS = 15_000;
const LAST_GAP_MS = 60_000;
const GAP_FACTOR = 2;
/** Gaps are up to this share longer or shorter, so that windows that saw the same fault do not all ask at once. */
const JITTER = 0.2;
const PROBE_LIMIT_MS = 10_000;

/** From the end of one probe to that of the next, at most. */
export const LONGEST_PROBE_GAP_MS = LAST_GAP_MS * (1 + JITTER) + PROBE_LIMIT_MS;

export interface HealthMonitorOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Asks the endpoint something free (GET /v1/models); rejects when it is unwell. Given up after 10 s. */
  readonly probe: (endpointId: string, signal: AbortSignal) => Promise<void>;
  /** Endpoints that are unwell now (ejected or breaker open). */
  readonly unwell: () => readonly string[];
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly tookMs: number;
  /** Milliseconds since 1970 at its end. */
  readonly at: number;
}

/** An endpoint that is asked from time to time; `timer` is absent while a probe of it runs. */
interface Watch {
  gapMs: number;
  timer: DisposableLike | undefined;
}

interface Probe {
  /** Never rejects. `stopped`: nobody wanted the answer any more. */
  readonly outcome: Promise<'ok' | 'failed' | 'stopped'>;
  readonly controller: AbortController;
  /** Who waits for it: it is stopped when the last one goes. */
  waiting: number;
}

/**
 * Asks endpoints that are unwell whether they are back, with requests that cost nothing: every 15 s at first, growing to 60 s, one at
 * a time for each endpoint. While all are well there is no timer and no request.
 */
export class HealthMonitor extends Disposable {
  readonly #options: HealthMonitorOptions;
  readonly #watches = new Map<string, Watch>();
  readonly #probes = new Map<string, Probe>();
  readonly #results = new Map<string, ProbeResult>();
  readonly #probed = this._register(
    new Emitter<{ readonly endpointId: string; readonly ok: boolean }>(),
  );

  /** A probe has ended, a user's one too. `last` has its figures already. */
  readonly onProbed = this.#probed.event;

  constructor(options: HealthMonitorOptions) {
    super();
    this.#options = options;
    this._register(toDisposable(() => this.#stop()));
  }

  /** To be called when an endpoint may have become unwell or well. Probing ends by itself when none is unwell. */
  check(): void {
    if (this.isDisposed) return;
    const unwell = new Set(this.#options.unwell());
    for (const [endpointId, watch] of this.#watches) {
      if (unwell.has(endpointId)) continue;
      watch.timer?.dispose();
      this.#watches.delete(endpointId);
    }
    for (const endpointId of unwell) {
      if (this.#watches.has(endpointId)) continue;
      const watch = { gapMs: FIRST_GAP_MS, timer: undefined };
      this.#watches.set(endpointId, watch);
      this.#plan(endpointId, watch);
    }
  }

  /**
   * One probe at once, or the one that is under way.
   * @returns whether the endpoint answered @throws the signal's reason; AbortError when the monitor was disposed
   */
  async probeNow(endpointId: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) throw abortReason(signal);
    if (this.isDisposed) throw new AbortError();
    const probe = this.#join(endpointId);
    try {
      const outcome = await abortable(probe.outcome, signal);
      if (outcome === 'stopped') throw new AbortError();
      return outcome === 'ok';
    } finally {
      this.#leave(probe);
    }
  }

  /** The last probe that came to an end; `undefined` before one. */
  last(endpointId: string): ProbeResult | undefined {
    return this.#results.get(endpointId);
  }

  #plan(endpointId: string, watch: Watch): void {
    const { clock, random } = this.#options;
    const jitter = 1 - JITTER + 2 * JITTER * random();
    watch.timer = clock.setTimeout(() => {
      watch.timer = undefined;
      void this.#watched(endpointId, watch);
    }, watch.gapMs * jitter);
  }

  async #watched(endpointId: string, watch: Watch): Promise<void> {
    this.check();
    if (this.#watches.get(endpointId) !== watch) return;
    const probe = this.#join(endpointId);
    await probe.outcome;
    this.#leave(probe);
    this.check();
    // It may be another watch by now: well and unwell again while the probe ran.
    if (this.#watches.get(endpointId) !== watch) return;
    watch.gapMs = Math.min(watch.gapMs * GAP_FACTOR, LAST_GAP_MS);
    this.#plan(endpointId, watch);
  }

  #join(endpointId: string): Probe {
    const running = this.#probes.get(endpointId);
    // One that was stopped is on its way out.
    if (running && !running.controller.signal.aborted) {
      running.waiting += 1;
      return running;
    }
    const controller = new AbortController();
    const probe = { controller, outcome: this.#run(endpointId, controller), waiting: 1 };
    this.#probes.set(endpointId, probe);
    return probe;
  }

  #leave(probe: Probe): void {
    probe.waiting -= 1;
    if (probe.waiting === 0) probe.controller.abort(new AbortError());
  }

  async #run(
    endpointId: string,
    controller: AbortController,
  ): Promise<'ok' | 'failed' | 'stopped'> {
    const { clock, probe } = this.#options;
    const stopped = controller.signal;
    const limit = { signal: stopped, limitMs: PROBE_LIMIT_MS, clock };
    const startedAt = clock.now();
    let ok = true;
    try {
      await limited((signal) => probe(endpointId, signal), limit);
    } catch {
      ok = false;
    } finally {
      if (this.#probes.get(endpointId)?.controller === controller) this.#probes.delete(endpointId);
    }
    if (stopped.aborted) return 'stopped';
    const result = { ok, tookMs: clock.now() - startedAt, at: clock.wallNow() };
    this.#results.set(endpointId, result);
    this.#probed.fire({ endpointId, ok });
    return ok ? 'ok' : 'failed';
  }

  #stop(): void {
    for (const { timer } of this.#watches.values()) timer?.dispose();
    this.#watches.clear();
    for (const { controller } of this.#probes.values()) controller.abort(new AbortError());
  }
}
