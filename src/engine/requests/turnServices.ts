import type { Clock } from '../../base/clock';
import type { Pricing } from '../metrics/pricing';
import type { MetricsRecorder } from '../metrics/recorder';
import type { BaseModel } from '../models/baseModel';
import type { HedgeDelays } from '../resilience/balancing/hedgeDelay';
import type { LoadBalancer } from '../resilience/balancing/loadBalancer';
import type { BreakerSet } from '../resilience/breakerSet';
import type { HostWatch } from '../resilience/hostWatch';
import type { Lanes } from '../resilience/lanes';
import type { EngineSettings } from '../settings';
import type { Message } from '../types';
import type { ReplyLengths } from './shaping/replyLength';
import type { TokenCalibration } from './tokenCalibration';

/** What a turn needs of the engine around it. */
export interface TurnServices {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** As they were when the turn started. */
  readonly settings: EngineSettings;
  readonly metrics: MetricsRecorder;
  readonly pricing: Pricing;
  readonly lanes: Lanes;
  readonly breakers: BreakerSet;
  readonly balancer: LoadBalancer;
  readonly host: HostWatch;
  readonly lengths: ReplyLengths;
  readonly hedgeDelays: HedgeDelays;
  readonly calibration: TokenCalibration;
  /** Models that are said to go on from the reply so far and have refused to; a turn that learns of one adds it. */
  readonly prefillRefused: Set<string>;
  /** The endpoint meant when nothing else is said. */
  readonly primaryId: string;
  readonly primaryGroup: string;
  /** As they were when the turn started: one that came later may be meant for other content. */
  readonly endpointsOf: (group: string) => readonly string[];
  /** @throws EngineError, also for an endpoint that the settings name no longer */
  readonly model: (name: string, endpointId: string) => BaseModel;
  /** A summary of messages that no longer fit; `undefined` where the setting says to drop them. */
  readonly summarise:
    ((messages: readonly Message[], request: SummaryFor) => Promise<string>) | undefined;
}

/** On whose behalf a summary is made. */
export interface SummaryFor {
  readonly model: string;
  readonly group: string | undefined;
  readonly signal: AbortSignal;
}
