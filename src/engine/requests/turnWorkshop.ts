import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { EndpointHealth, EngineHealth } from '../health';
import { Pricing } from '../metrics/pricing';
import type { MetricsRecorder } from '../metrics/recorder';
import type { ModelFactory } from '../models/modelFactory';
import type { BreakerMemory, LimitShare } from '../ports';
import { HealthMonitor } from '../resilience/balancing/healthMonitor';
import { HedgeDelays } from '../resilience/balancing/hedgeDelay';
import { LoadBalancer } from '../resilience/balancing/loadBalancer';
import { BreakerSet } from '../resilience/breakerSet';
import { HostWatch } from '../resilience/hostWatch';
import { Lanes } from '../resilience/lanes';
import type { EngineSettings } from '../settings';
import type { ChatRequest, Endpoint, Message, Reply } from '../types';
import { ReplyLengths } from './shaping/replyLength';
import { summaryRequest } from './summary';
import { TokenCalibration } from './tokenCalibration';
import type { SummaryFor, TurnServices } from './turnServices';

/** That of endpoints which name none. */
export const DEFAULT_GROUP = 'default';

export interface TurnWorkshopOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: () => EngineSettings;
  readonly models: ModelFactory;
  readonly scope: (endpointId: string) => string;
  readonly breakerMemory: BreakerMemory | undefined;
  readonly limitShare: LimitShare | undefined;
  /** Asks a question on behalf of a turn. */
  readonly ask: (request: ChatRequest, signal: AbortSignal) => Promise<Reply>;
}

/** All that turns have in common: what is learnt of endpoints, models and limits, and the parts that go by it. */
export class TurnWorkshop extends Disposable {
  readonly lanes: Lanes;
  readonly breakers: BreakerSet;
  readonly monitor: HealthMonitor;
  readonly #options: TurnWorkshopOptions;
  readonly #balancer: LoadBalancer;
  readonly #host: HostWatch;
  readonly #lengths: ReplyLengths;
  readonly #hedgeDelays = new HedgeDelays();
  readonly #calibration = new TokenCalibration();
  readonly #prefillRefused = new Set<string>();
  readonly #changed = this._register(new Emitter<void>());
  #pricing: Pricing;
  #endpoints: readonly Endpoint[] = [];
  #groups: ReadonlyMap<string, readonly string[]> = new Map();

  readonly onChange = this.#changed.event;

  constructor(options: TurnWorkshopOptions) {
    super();
    this.#options = options;
    const { clock, random, settings, scope, limitShare, breakerMemory, models } = options;
    this.#pricing = pricingOf(settings());
    this.lanes = this._register(new Lanes({ clock, settings, scope, share: limitShare }));
    this.breakers = this._register(
      new BreakerSet({
        settings: () => settings().breaker,
        clock,
        random,
        ...(breakerMemory ? { memory: breakerMemory } : {}),
      }),
    );
    this.#balancer = this._register(
      new LoadBalancer({ settings: () => settings().balancing, clock, random }),
    );
    this.#host = this._register(new HostWatch(clock));
    this.#lengths = new ReplyLengths(() => settings().reply);
    this.monitor = this._register(
      new HealthMonitor({
        clock,
        random,
        probe: (endpointId, signal) => models.probe(endpointId, signal),
        unwell: () => this.#unwell(),
      }),
    );
    const changed = (): void => this.#changed.fire();
    const trouble = (): void => {
      this.monitor.check();
      changed();
    };
    this._register(this.breakers.onChange(trouble));
    this._register(this.#balancer.onChange(trouble));
    this._register(this.lanes.onChange(changed));
    this._register(
      this.monitor.onProbed(({ endpointId, ok }) => {
        this.#balancer.probed(endpointId, ok);
        changed();
      }),
    );
  }

  setEndpoints(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
    const groups = new Map<string, string[]>();
    for (const { id, group = DEFAULT_GROUP } of endpoints) {
      const members = groups.get(group) ?? [];
      members.push(id);
      groups.set(group, members);
    }
    this.#groups = groups;
    this.#balancer.setEndpoints(endpoints);
    this.breakers.retain(new Set(endpoints.map(({ id }) => id)));
    this.#changed.fire();
  }

  applySettings(): void {
    this.#pricing = pricingOf(this.#options.settings());
    this.lanes.applySettings();
  }

  keyChanged(): void {
    this.lanes.keyChanged();
  }

  /** For one turn, with the settings as they are now. */
  services(metrics: MetricsRecorder): TurnServices {
    const { clock, random, models } = this.#options;
    const settings = this.#options.settings();
    const [primary] = this.#endpoints;
    const groups = this.#groups;
    return {
      clock,
      random,
      settings,
      metrics,
      pricing: this.#pricing,
      lanes: this.lanes,
      breakers: this.breakers,
      balancer: this.#balancer,
      host: this.#host,
      lengths: this.#lengths,
      hedgeDelays: this.#hedgeDelays,
      calibration: this.#calibration,
      prefillRefused: this.#prefillRefused,
      primaryId: primary?.id ?? '',
      primaryGroup: primary?.group ?? DEFAULT_GROUP,
      endpointsOf: (group) => groups.get(group) ?? [],
      model: (name, endpointId) => models.model(name, undefined, endpointId),
      summarise: settings.shaping.history === 'summarise' ? this.#summarise : undefined,
    };
  }

  health(): Omit<EngineHealth, 'cache'> {
    return {
      endpoints: this.#endpoints.map((endpoint) => this.#endpointHealth(endpoint)),
      breakers: this.breakers.health(),
      limits: this.#endpoints.flatMap(({ id }) => this.lanes.get(id).pacer.health()),
    };
  }

  readonly #summarise = async (
    messages: readonly Message[],
    context: SummaryFor,
  ): Promise<string> => {
    const { text } = await this.#options.ask(summaryRequest(messages, context), context.signal);
    return text;
  };

  #unwell(): readonly string[] {
    const unwell = new Set(
      this.breakers
        .health()
        .filter(({ state }) => state === 'open')
        .map(({ endpointId }) => endpointId),
    );
    for (const { id } of this.#endpoints) {
      if (this.#balancer.state(id).ejectedForMs !== undefined) unwell.add(id);
    }
    return [...unwell];
  }

  #endpointHealth({ id, group = DEFAULT_GROUP, weight = 1 }: Endpoint): EndpointHealth {
    const { limiter, budget } = this.lanes.get(id);
    const { firstTokenMs, ejectedForMs } = this.#balancer.state(id);
    return {
      endpointId: id,
      group,
      weight,
      running: limiter.running,
      queued: limiter.queued,
      concurrency: limiter.concurrency,
      maxConcurrency: limiter.maxConcurrency,
      firstTokenMs,
      ejectedForMs,
      connections: this.#options.models.connectionStatsOf(id),
      probe: this.monitor.last(id),
      retryBudget: budget.available,
    };
  }
}

function pricingOf({ prices, promptCache }: EngineSettings): Pricing {
  return new Pricing(prices, promptCache.ttl);
}
