import * as v from 'valibot';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { DASHBOARD_RANGES, hostToDashboardSchema } from '../../protocol/dashboard';
import type { DashboardToHost } from '../../protocol/dashboard';
import { parseWith } from '../../protocol/parsing';
import { Asking } from '../shared/asking';
import { faultText } from '../shared/reportFaults';
import type { VsCodeApi } from '../shared/vscodeApi';
import { datasetOf } from './data/dataset';
import type { Dataset } from './data/dataset';

/** Until what did not come is asked for again, ms, at first and at most. A hundred thousand requests take their time. */
const ASK_AGAIN_MS = 4_000;
const MAX_ASK_AGAIN_MS = 32_000;

const choiceSchema = v.object({
  range: v.picklist(DASHBOARD_RANGES),
  isCompared: v.boolean(),
  model: v.optional(v.string()),
  endpoint: v.optional(v.string()),
});
/** What the reader looks at; kept over a reload. */
export type Choice = v.InferOutput<typeof choiceSchema>;

const FIRST_CHOICE: Choice = { range: 'day', isCompared: false };

/** What the page knows of the metrics, and how it asks for them. */
export class DashboardLink extends Disposable {
  readonly #api: VsCodeApi;
  readonly #clock: Clock;
  readonly #asking: Asking;
  readonly #changed = this._register(new Emitter<void>());
  #choice: Choice;
  #dataset: Dataset | undefined;
  #problem: string | undefined;
  #refreshedAt: number | undefined;
  #asked = 0;
  /** There was something new since it was asked. */
  #isOutdated = false;

  /** Something that is shown has changed. */
  readonly onChange = this.#changed.event;

  constructor(api: VsCodeApi, clock: Clock) {
    super();
    this.#api = api;
    this.#clock = clock;
    this.#asking = this._register(new Asking(clock, ASK_AGAIN_MS, MAX_ASK_AGAIN_MS));
    const kept = parseWith(choiceSchema, api.getState());
    this.#choice = kept.ok ? kept.value : FIRST_CHOICE;
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** What was read last; it stays while the next is on its way. */
  get dataset(): Dataset | undefined {
    return this.#dataset;
  }

  /** Why the last reading failed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** When the figures came, ms since 1970. */
  get refreshedAt(): number | undefined {
    return this.#refreshedAt;
  }

  get isReading(): boolean {
    return this.#asking.isWaiting;
  }

  /** Reads anew. */
  readonly refresh = (): void => {
    this.#asked++;
    this.#isOutdated = false;
    this.#asking.start(() => {
      const { range, isCompared } = this.#choice;
      this.post({ type: 'read', ask: this.#asked, range, isCompared });
    });
    this.#changed.fire();
  };

  readonly choose = (patch: Partial<Choice>): void => {
    const { range, isCompared } = this.#choice;
    this.#choice = { ...this.#choice, ...patch };
    this.#api.setState(this.#choice);
    if (this.#choice.range === range && this.#choice.isCompared === isCompared) {
      this.#changed.fire();
    } else {
      this.refresh();
    }
  };

  readonly post = (message: DashboardToHost): void => this.#api.postMessage(message);

  readonly fault = (error: unknown): void => {
    this.post({ type: 'fault', message: faultText(error) });
  };

  /** Takes a message as it came. */
  receive(data: unknown): void {
    const message = parseWith(hostToDashboardSchema, data);
    if (!message.ok) {
      this.fault(new TypeError(`message from the host: ${message.problem}`));
      return;
    }
    if (message.value.type === 'changed') {
      // What is on its way may have been read before the change. It is shown all the same: changes may come faster than answers.
      if (this.isReading) this.#isOutdated = true;
      else this.refresh();
      return;
    }
    if (message.value.ask !== this.#asked) return;
    this.#asking.answered();
    if (message.value.type === 'failed') {
      this.#problem = message.value.problem;
    } else {
      this.#problem = undefined;
      this.#dataset = datasetOf(message.value.read);
      this.#refreshedAt = this.#clock.wallNow();
    }
    if (this.#isOutdated) this.refresh();
    else this.#changed.fire();
  }
}
