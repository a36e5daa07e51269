import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { Event } from '../../base/event';
import { PERIOD_TOPICS } from '../../engine/metrics/traffic/reportPeriod';
import type { ReportBounds, ReportPeriod } from '../../engine/metrics/traffic/reportPeriod';
import type { Traffic } from '../../engine/metrics/traffic/traffic';
import type { ReportMemory } from './reportMemory';
import { lastWhole } from './trafficQuestion';
import type { TrafficQuestion } from './trafficQuestion';

/** So long after a period has ended its last requests are written down, ms. */
const SETTLE_MS = 10_000;
/** It is looked again after so long at most, ms: the wall clock may have been set meanwhile. */
const MOST_MS = 3_600_000;

/** A report of a period that has ended. */
export interface DueReport {
  readonly period: ReportPeriod;
  readonly question: TrafficQuestion;
  readonly found: Traffic;
}

export interface ReportScheduleDeps {
  readonly clock: Clock;
  readonly bounds: ReportBounds;
  /** As the settings want them now; none: there is no timer. */
  readonly periods: () => readonly ReportPeriod[];
  readonly onSettingsChange: Event<void>;
  readonly memory: Pick<ReportMemory, 'told' | 'tell'>;
  /** Reads the history; limits its own wait. */
  readonly read: (question: TrafficQuestion, signal: AbortSignal) => Promise<Traffic>;
  /** Those that are due at once, together. */
  readonly tell: (due: readonly DueReport[]) => void;
  /** This window looks so much later, ms: windows that look at the same moment would all tell. */
  readonly spreadMs: number;
  readonly onFault: (error: unknown) => void;
}

/** Tells that the report of a period can be read, once for all windows, when the period has ended and there was traffic in it. */
export class ReportSchedule extends Disposable {
  readonly #deps: ReportScheduleDeps;
  readonly #gone = new AbortController();
  #timer: DisposableLike | undefined;
  #wanted = '';

  constructor(deps: ReportScheduleDeps) {
    super();
    this.#deps = deps;
    this._register(deps.onSettingsChange(() => this.#follow()));
    this._register({
      dispose: () => {
        this.#timer?.dispose();
        this.#gone.abort();
      },
    });
    this.#follow();
  }

  #follow(): void {
    const { periods, spreadMs } = this.#deps;
    const wanted = periods().join(' ');
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#begin();
    this.#sleep(spreadMs);
  }

  /** A period that was never told is told from its next end on, not from the past. */
  #begin(): void {
    const { clock, memory, periods } = this.#deps;
    for (const period of periods()) {
      const told = memory.told(period);
      // What lies ahead was told by a clock that was wrong.
      const isUsable = told !== undefined && told <= clock.wallNow();
      if (!isUsable) memory.tell(period, this.#question(period).range.from);
    }
  }

  #sleep(delayMs: number): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.isDisposed || this.#deps.periods().length === 0) return;
    this.#timer = this.#deps.clock.setTimeout(() => void this.#look(), delayMs);
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { tell, onFault } = this.#deps;
    const timer = this.#timer;
    try {
      this.#begin();
      const due = await this.#due();
      if (due.length > 0) tell(due);
    } catch (error) {
      if (!this.isDisposed) onFault(error);
    }
    // Where settings have changed meanwhile, there is a timer already.
    if (this.#timer === timer) this.#sleep(this.#untilNext());
  }

  async #due(): Promise<readonly DueReport[]> {
    const { memory, periods, read } = this.#deps;
    const due: DueReport[] = [];
    for (const period of periods()) {
      const question = this.#question(period);
      const { from } = question.range;
      if (this.#isTold(period, from)) continue;
      const found = await read(question, this.#gone.signal);
      // Another window may have been faster.
      if (this.isDisposed || this.#isTold(period, from)) continue;
      memory.tell(period, from);
      // The demo's figures are nobody's.
      if (found.now.requests > 0 && found.aside !== 'alone') due.push({ period, question, found });
    }
    return due;
  }

  #isTold(period: ReportPeriod, from: number): boolean {
    return (this.#deps.memory.told(period) ?? -Infinity) >= from;
  }

  #question(period: ReportPeriod): TrafficQuestion {
    const { clock, bounds } = this.#deps;
    return lastWhole(period, [PERIOD_TOPICS[period]], bounds, clock.wallNow());
  }

  #untilNext(): number {
    const { clock, bounds, periods, spreadMs } = this.#deps;
    const now = clock.wallNow();
    const ends = periods().map((period) => bounds(period, now).to - now + SETTLE_MS);
    return Math.min(MOST_MS, ...ends) + spreadMs;
  }
}
