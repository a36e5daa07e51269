import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { parseWith } from '../../protocol/parsing';
import { hostToReportSchema, reportSchema } from '../../protocol/report';
import type { Report, ReportToHost } from '../../protocol/report';
import { faultText } from '../shared/reportFaults';
import type { VsCodeApi } from '../shared/vscodeApi';

/** Until a report that did not come is asked for again, ms; doubled each time up to the second figure. */
const ASK_AGAIN_MS = 1_000;
const MAX_ASK_AGAIN_MS = 16_000;

/**
 * What the page knows of its report. It keeps the report itself: it is drawn at once when the tab comes back into sight, and after a
 * reload of the window the host has it from there.
 */
export class ReportLink extends Disposable {
  readonly #api: VsCodeApi;
  readonly #clock: Clock;
  readonly #changed = this._register(new Emitter<void>());
  #report: Report | undefined;
  #askAgain: DisposableLike | undefined;

  readonly onReport = this.#changed.event;

  constructor(api: VsCodeApi, clock: Clock) {
    super();
    this.#api = api;
    this.#clock = clock;
    const kept = parseWith(reportSchema, api.getState());
    if (kept.ok) this.#report = kept.value;
    this._register({ dispose: () => this.#askAgain?.dispose() });
  }

  get report(): Report | undefined {
    return this.#report;
  }

  /** Asks for the report until it comes: while a tab is being put in place a message either way may get lost. */
  readonly start = (): void => this.#ask(ASK_AGAIN_MS);

  readonly post = (message: ReportToHost): void => this.#api.postMessage(message);

  readonly fault = (error: unknown): void => {
    this.post({ type: 'fault', message: faultText(error) });
  };

  /** Takes a message as it came. */
  receive(data: unknown): void {
    const message = parseWith(hostToReportSchema, data);
    if (!message.ok) {
      this.fault(new TypeError(`message from the host: ${message.problem}`));
      return;
    }
    this.#askAgain?.dispose();
    this.#report = message.value.report;
    this.#api.setState(this.#report);
    this.#changed.fire();
  }

  #ask(patienceMs: number): void {
    this.#askAgain?.dispose();
    const next = Math.min(2 * patienceMs, MAX_ASK_AGAIN_MS);
    this.#askAgain = this.#clock.setTimeout(() => this.#ask(next), patienceMs);
    this.post({ type: 'ready' });
  }
}
