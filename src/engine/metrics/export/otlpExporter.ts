import { AbortError, sleep, within } from '../../../base/abort';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import type { MeasuredRequest } from '../metricsHistory';
import { CumulativeMetrics } from './cumulativeMetrics';
import { gaugeFamilies } from './exportGauges';
import type { ExportGauges } from './exportGauges';
import { otlpMetrics } from './otlpMetrics';
import { sendOtlp } from './otlpSender';
import type { OtlpOutcome, OtlpTarget } from './otlpSender';
import { otlpSpan, otlpTraces } from './otlpTraces';
import type { OtlpSpan, RandomHex } from './otlpTraces';
import type { OtlpSource } from './otlpValues';

const EVERY_MS = 60_000;
const BATCH = 512;
const MAX_QUEUED = 2_048;
/** For what is left when it ends, ms. */
const LAST_LIMIT_MS = 2_000;
const MAX_TRIES = 4;
const FIRST_BACKOFF_MS = 1_000;
/** A collector that wants to be left alone for longer than the first, ms, is asked again with a later export. */
const MAX_WAIT_MS = 30_000;
const MAX_PAUSE_MS = 3_600_000;

export interface OtlpExporterOptions extends OtlpTarget {
  readonly source: OtlpSource;
  readonly gauges: ExportGauges;
  readonly randomHex: RandomHex;
  /** 0 to below 1. */
  readonly random: () => number;
}

/** A turn whose span is made when it is sent, off the path of the turn, and stays the same when it is sent again. */
class QueuedTurn {
  readonly #request: MeasuredRequest;
  #span: OtlpSpan | undefined;

  constructor(request: MeasuredRequest) {
    this.#request = request;
  }

  span(randomHex: RandomHex): OtlpSpan {
    this.#span ??= otlpSpan(this.#request, randomHex);
    return this.#span;
  }
}

/** How the export goes. Moments are ms since 1970. */
export interface OtlpStatus {
  readonly sentSpans: number;
  /** Not taken by the collector, or given up because too many waited. */
  readonly lostSpans: number;
  readonly queuedSpans: number;
  readonly lastSentAt: number | undefined;
  /** The last failure, until an export has gone through; a sentence's worth, without headers. */
  readonly lastError: { readonly at: number; readonly why: string } | undefined;
}

/** Sends metrics and a span for each turn to a collector once a minute, over OTLP/HTTP as JSON. */
export class OtlpExporter extends Disposable {
  readonly #options: OtlpExporterOptions;
  readonly #metrics: CumulativeMetrics;
  readonly #changed = this._register(new Emitter<OtlpStatus>());
  readonly #stop = new AbortController();
  #queue: QueuedTurn[] = [];
  #timer: DisposableLike | undefined;
  #running: Promise<void> | undefined;
  #hasNews = false;
  /** What the collector asked for, ms. */
  #pauseMs = 0;
  #sentSpans = 0;
  #lostSpans = 0;
  #lastSentAt: number | undefined;
  #lastError: OtlpStatus['lastError'];

  /** Told after each export. */
  readonly onStatusChange = this.#changed.event;

  constructor(options: OtlpExporterOptions) {
    super();
    this.#options = options;
    this.#metrics = new CumulativeMetrics(options.clock.wallNow());
    this._register({ dispose: () => this.#timer?.dispose() });
    this._register({ dispose: () => this.#stop.abort(new AbortError()) });
  }

  get status(): OtlpStatus {
    return {
      sentSpans: this.#sentSpans,
      lostSpans: this.#lostSpans,
      queuedSpans: this.#queue.length,
      lastSentAt: this.#lastSentAt,
      lastError: this.#lastError,
    };
  }

  /** A turn of this window that ended. */
  add(request: MeasuredRequest): void {
    if (this.isDisposed) return;
    this.#metrics.add(request);
    this.#queue.push(new QueuedTurn(request));
    this.#trim();
    this.#hasNews = true;
    this.#schedule();
  }

  /** Sends what is left, once and for a short time, and ends. Never rejects. */
  async close(): Promise<void> {
    if (this.isDisposed) return;
    this.#timer?.dispose();
    const last = this.#hasNews ? this.#last() : Promise.resolve();
    await within(last, LAST_LIMIT_MS, this.#options.clock).catch(() => undefined);
    this.dispose();
  }

  async #last(): Promise<void> {
    // What is under way has the same spans.
    await this.#running;
    if (this.#hasNews) await this.#export(1);
  }

  /** No timer runs while there is nothing to tell. */
  #schedule(): void {
    if (this.#timer || this.isDisposed) return;
    this.#timer = this.#options.clock.setTimeout(
      () => {
        this.#timer = undefined;
        // Never rejects: what goes wrong is in the status.
        this.#running = this.#export(MAX_TRIES).finally(() => {
          this.#running = undefined;
          if (this.#hasNews) this.#schedule();
        });
      },
      Math.max(EVERY_MS, this.#pauseMs),
    );
  }

  async #export(tries: number): Promise<void> {
    const errorBefore = this.#lastError;
    this.#hasNews = false;
    this.#pauseMs = 0;
    try {
      const isTaken = await this.#sendMetrics(tries);
      // A collector that can't be reached is not asked twice.
      if (isTaken) await this.#sendSpans(tries);
      if (!isTaken || this.#queue.length > 0) this.#hasNews = true;
      // Another one would be here if anything had failed.
      if (this.#lastError === errorBefore) this.#lastError = undefined;
    } catch (error) {
      if (!this.isDisposed) this.#fail(String(error));
    }
    if (!this.isDisposed) this.#changed.fire(this.status);
  }

  async #sendMetrics(tries: number): Promise<boolean> {
    const { clock, gauges, source } = this.#options;
    const families = [...this.#metrics.families(), ...gaugeFamilies(gauges)];
    const span = { since: this.#metrics.since, at: clock.wallNow() };
    const body = otlpMetrics(families, span, source);
    const outcome = await this.#send('/v1/metrics', body, tries);
    this.#note(outcome);
    return outcome.kind !== 'again';
  }

  async #sendSpans(tries: number): Promise<void> {
    const { source, randomHex } = this.#options;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      const spans = batch.map((turn) => turn.span(randomHex));
      const outcome = await this.#send('/v1/traces', otlpTraces(spans, source), tries);
      this.#note(outcome);
      if (outcome.kind === 'again') return;
      // The oldest of them may have made room meanwhile.
      const isOfBatch = new Set(batch);
      const kept = this.#queue.filter((turn) => !isOfBatch.has(turn));
      const settled = this.#queue.length - kept.length;
      this.#queue = kept;
      const rejected = outcome.kind === 'sent' ? Math.min(settled, outcome.rejected) : settled;
      this.#sentSpans += settled - rejected;
      this.#lostSpans += rejected;
    }
  }

  /** Tries again while that may help. */
  async #send(
    path: '/v1/metrics' | '/v1/traces',
    body: unknown,
    tries: number,
  ): Promise<OtlpOutcome> {
    const { clock, random } = this.#options;
    const { signal } = this.#stop;
    for (let attempt = 1; ; attempt++) {
      const outcome = await sendOtlp(this.#options, path, body, signal);
      const askedMs = outcome.kind === 'again' ? (outcome.afterMs ?? 0) : 0;
      if (outcome.kind !== 'again' || attempt >= tries || askedMs > MAX_WAIT_MS) {
        this.#pauseMs = Math.min(MAX_PAUSE_MS, askedMs);
        return outcome;
      }
      const backoffMs = FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + random() / 2);
      await sleep(Math.max(backoffMs, askedMs), signal, clock);
    }
  }

  #note(outcome: OtlpOutcome): void {
    if (outcome.kind !== 'sent') {
      this.#fail(outcome.why);
      return;
    }
    this.#lastSentAt = this.#options.clock.wallNow();
    const { rejected, said } = outcome;
    if (rejected > 0) this.#fail(`${rejected} not taken. ${said}`.trim());
    else if (said !== '') this.#fail(said);
  }

  #fail(why: string): void {
    this.#lastError = { at: this.#options.clock.wallNow(), why };
  }

  #trim(): void {
    const surplus = this.#queue.length - MAX_QUEUED;
    if (surplus <= 0) return;
    this.#queue.splice(0, surplus);
    this.#lostSpans += surplus;
  }
}
