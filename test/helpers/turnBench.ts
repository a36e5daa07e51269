import { Pricing } from '../../src/engine/metrics/pricing';
import { MetricsRecorder } from '../../src/engine/metrics/recorder';
import type { BaseModel } from '../../src/engine/models/baseModel';
import { TokenCalibration } from '../../src/engine/requests/tokenCalibration';
import { Turn } from '../../src/engine/requests/turn';
import type { StreamOptions } from '../../src/engine/requests/turn';
import type { TurnServices } from '../../src/engine/requests/turnServices';
import { ReplyLengths } from '../../src/engine/requests/shaping/replyLength';
import { HedgeDelays } from '../../src/engine/resilience/balancing/hedgeDelay';
import { LoadBalancer } from '../../src/engine/resilience/balancing/loadBalancer';
import { BreakerSet } from '../../src/engine/resilience/breakerSet';
import { HostWatch } from '../../src/engine/resilience/hostWatch';
import { Lanes } from '../../src/engine/resilience/lanes';
import { parseSettings } from '../../src/engine/settings';
import type { EngineSettings, PriceTable } from '../../src/engine/settings';
import type { ChatRequest, Endpoint, Reply, ReplyEvent } from '../../src/engine/types';
import type { FakeClock } from './fakeClock';

export interface TurnBenchOptions {
  readonly clock: FakeClock;
  readonly settings?: unknown;
  readonly prices?: PriceTable;
  /** Ids of one group, the primary one first. Default: `api.example` alone. */
  readonly endpoints?: readonly string[];
  /** The models that answer; by default every name at every endpoint is the one that `start` is given. */
  readonly model?: (name: string, endpointId: string) => BaseModel;
  readonly random?: () => number;
  readonly network?: () => string;
}

/** Everything that turns run on, real but for the models and the clock. Dispose it. */
export class TurnBench {
  readonly events: ReplyEvent[] = [];
  readonly settings: EngineSettings;
  readonly lanes: Lanes;
  readonly breakers: BreakerSet;
  readonly balancer: LoadBalancer;
  readonly metrics: MetricsRecorder;
  readonly services: TurnServices;
  readonly #host: HostWatch;

  constructor(options: TurnBenchOptions) {
    const { clock } = options;
    const random = options.random ?? (() => 0.999_999);
    const ids = options.endpoints ?? ['api.example'];
    this.settings = parseSettings(options.settings ?? {});
    this.lanes = new Lanes({ clock, settings: () => this.settings, scope: (id) => id });
    this.metrics = new MetricsRecorder(clock, this.lanes);
    this.breakers = new BreakerSet({ settings: () => this.settings.breaker, clock, random });
    this.balancer = new LoadBalancer({ settings: () => this.settings.balancing, clock, random });
    this.balancer.setEndpoints(ids.map((id) => endpoint(id)));
    this.#host = new HostWatch(clock, options.network ?? (() => '192.0.2.1'));
    this.services = {
      clock,
      random,
      settings: this.settings,
      metrics: this.metrics,
      pricing: new Pricing(options.prices ?? {}),
      lanes: this.lanes,
      breakers: this.breakers,
      balancer: this.balancer,
      host: this.#host,
      lengths: new ReplyLengths(() => this.settings.reply),
      hedgeDelays: new HedgeDelays(),
      calibration: new TokenCalibration(),
      prefillRefused: new Set(),
      primaryId: ids[0] ?? '',
      primaryGroup: 'default',
      endpointsOf: (group) => (group === 'default' ? ids : []),
      model: options.model ?? noModel,
      summarise: undefined,
    };
  }

  /** Starts a turn; what it tells is in `events`. Its rejection is handled. */
  start(
    request: ChatRequest,
    model?: BaseModel,
    options: StreamOptions = {},
    services: Partial<TurnServices> = {},
  ): Promise<Reply> {
    const turn = new Turn(
      request,
      { onEvent: (event) => this.events.push(event), ...options },
      { ...this.services, ...(model ? { model: () => model } : {}), ...services },
    );
    const reply = turn.run();
    reply.catch(() => undefined);
    return reply;
  }

  /** The visible text that was told. */
  get text(): string {
    return this.events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  }

  dispose(): void {
    this.metrics.dispose();
    this.lanes.dispose();
    this.breakers.dispose();
    this.balancer.dispose();
    this.#host.dispose();
  }
}

function noModel(): never {
  throw new Error('no model was given');
}

function endpoint(id: string): Endpoint {
  return {
    id,
    baseURL: `https://${id}`,
    authStyle: 'bearer',
    apiVersion: '2026-10-21',
    headers: {},
  };
}
