import { limited } from '../../base/abort';
import { assertNever } from '../../base/assertNever';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { MetricsHistory, MetricsRange } from '../../engine/metrics/metricsHistory';
import { isServiceFault } from '../../engine/metrics/serviceFault';
import { ERROR_KINDS } from '../../engine/types';
import { dashboardToHostSchema } from '../../protocol/dashboard';
import type {
  DashboardRange,
  DashboardRead,
  DashboardToHost,
  HostToDashboard,
} from '../../protocol/dashboard';
import { parseWith } from '../../protocol/parsing';
import { errorTitle } from '../chat/errorTexts';
import type { Translate } from '../translate';
import { spanOf } from './dashboardData';

const HOUR_MS = 3_600_000;
const RANGES_MS: Readonly<Record<Exclude<DashboardRange, 'all'>, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
};
/** Of one span. */
const MAX_REQUESTS = 100_000;
/** Longest wait for the store, ms: the page can ask again. */
const READ_LIMIT_MS = 30_000;
/** Between two times that the page is told of something new, ms. */
const TELL_EVERY_MS = 5_000;

export interface DashboardPorts {
  readonly post: (message: HostToDashboard) => void;
  readonly read: MetricsHistory['readMetrics'];
  readonly openChat: () => Promise<void>;
  /** The share of requests that are to be answered, 0-1. */
  readonly objective: () => number;
  /** To the log only. */
  readonly warn: (message: string, error?: unknown) => void;
  readonly translate: Translate;
  readonly clock: Clock;
}

type ReadMessage = Extract<DashboardToHost, { type: 'read' }>;

/** What the dashboard's page says, and what comes of it. */
export class DashboardMessages extends Disposable {
  readonly #ports: DashboardPorts;
  #isReading = false;
  /** The newest question that came while another one was read for: those in between are nobody's any more. */
  #next: ReadMessage | undefined;
  #isVisible: boolean;
  #isChanged = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: DisposableLike | undefined;

  constructor(ports: DashboardPorts, isVisible: boolean) {
    super();
    this.#ports = ports;
    this.#isVisible = isVisible;
    this._register({ dispose: () => this.#timer?.dispose() });
  }

  /** Takes a message as it came. Never rejects. */
  async take(input: unknown): Promise<void> {
    const message = parseWith(dashboardToHostSchema, input);
    if (!message.ok) {
      this.#ports.warn(`message from the dashboard: ${message.problem}`);
      return;
    }
    try {
      await this.#do(message.value);
    } catch (error) {
      this.#ports.warn('The dashboard', error);
    }
  }

  /** There is something new: the page is told, seldom enough and while it is seen. */
  changed(): void {
    this.#isChanged = true;
    this.#tell();
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#tell();
  }

  #tell(): void {
    if (!this.#isChanged || !this.#isVisible || this.#timer || this.isDisposed) return;
    const { clock, post } = this.#ports;
    const waitMs = this.#toldAt + TELL_EVERY_MS - clock.now();
    if (waitMs > 0) {
      this.#timer = clock.setTimeout(() => {
        this.#timer = undefined;
        this.#tell();
      }, waitMs);
      return;
    }
    this.#isChanged = false;
    this.#toldAt = clock.now();
    post({ type: 'changed' });
  }

  async #do(message: DashboardToHost): Promise<void> {
    switch (message.type) {
      case 'read':
        this.#next = message;
        if (!this.#isReading) await this.#readAll();
        return;
      case 'openChat':
        await this.#ports.openChat();
        return;
      case 'fault':
        this.#ports.warn(`The dashboard's page: ${message.message}`);
        return;
      default:
        assertNever(message);
    }
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#next && !this.isDisposed) {
      const message = this.#next;
      this.#next = undefined;
      await this.#answer(message);
    }
    this.#isReading = false;
  }

  async #answer({ ask, range, isCompared }: ReadMessage): Promise<void> {
    const { post, warn, clock } = this.#ports;
    try {
      // What changes from here on is to be told; what is read now needs no telling.
      this.#isChanged = false;
      this.#toldAt = clock.now();
      post({ type: 'data', ask, read: await this.#read(range, isCompared) });
    } catch (error) {
      warn('The metrics could not be read', error);
      const problem = error instanceof Error ? error.message : String(error);
      post({ type: 'failed', ask, problem });
    }
  }

  async #read(range: DashboardRange, isCompared: boolean): Promise<DashboardRead> {
    const { clock, objective, translate } = this.#ports;
    const to = clock.wallNow();
    const lengthMs = range === 'all' ? undefined : RANGES_MS[range];
    const from = lengthMs === undefined ? 0 : to - lengthMs;
    const span = await this.#readSpan({ from, to });
    const isWithBefore = isCompared && lengthMs !== undefined;
    return {
      from,
      to,
      span,
      before: isWithBefore ? await this.#readSpan({ from: from - lengthMs, to: from }) : undefined,
      objective: objective(),
      serviceFaults: ERROR_KINDS.filter(isServiceFault),
      errorNames: Object.fromEntries(
        ERROR_KINDS.map((kind) => [kind, errorTitle(kind, translate)]),
      ),
    };
  }

  async #readSpan(range: MetricsRange): Promise<DashboardRead['span']> {
    const { read, clock, translate: t } = this.#ports;
    const found = await limited(() => read(range, MAX_REQUESTS), {
      signal: undefined,
      limitMs: READ_LIMIT_MS,
      clock,
      reason: () => new Error(t('The history took too long to answer. Try again.')),
    });
    return spanOf(found);
  }
}
