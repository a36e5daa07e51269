import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { parseWith } from '../../protocol/parsing';
import { hostToReportSchema, reportSchema } from '../../protocol/report';
import type { Report, ReportToHost } from '../../protocol/report';
import { Asking } from '../shared/asking';
import { faultText } from '../shared/reportFaults';
import type { VsCodeApi } from '../shared/vscodeApi';

/**
 * What the page knows of its report. It keeps the report itself: it is drawn at once when the tab comes back into sight, and after a
 * reload of the window the host has it from there.
 */
export class ReportLink extends Disposable {
  readonly #api: VsCodeApi;
  readonly #asking: Asking;
  readonly #changed = this._register(new Emitter<void>());
  #report: Report | undefined;

  readonly onReport = this.#changed.event;

  constructor(api: VsCodeApi, clock: Clock) {
    super();
    this.#api = api;
    this.#asking = this._register(new Asking(clock));
    const kept = parseWith(reportSchema, api.getState());
    if (kept.ok) this.#report = kept.value;
  }

  get report(): Report | undefined {
    return this.#report;
  }

  /** Asks for the report until it comes. */
  readonly start = (): void => this.#asking.start(() => this.post({ type: 'ready' }));

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
    this.#asking.answered();
    this.#report = message.value.report;
    this.#api.setState(this.#report);
    this.#changed.fire();
  }
}
