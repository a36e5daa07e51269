import type { EngineHealth } from '../health';
import type { MetricsSnapshot } from '../metrics/snapshot';
import type { EngineSettings } from '../settings';
import type { LocalFindings } from './localProbes';
import type { MemorySample } from './memoryWatch';
import type { NetworkFindings } from './networkProbes';

/** What may be wrong, the likeliest to be the reason for the others first. */
export const CAUSE_KINDS = [
  'proxy_login',
  'proxy_failed',
  'wrong_name',
  'no_network',
  'refused_port',
  'silent_drop',
  'expired_certificate',
  'wrong_host_certificate',
  'unknown_authority',
  'failed_handshake',
  'bad_setting',
  'no_answer',
  'refused_key',
  'missing_key',
  'server_fault',
  'concurrency_too_large',
  'rate_limited',
  'overloaded',
  'breaker_open',
  'blocked_loop',
  'busy_cpu',
  'slow_link',
  'pool_too_small',
  'slow_disk',
  'failing_disk',
  'memory_growth',
  'memory_full',
  'slow_model',
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** What a cause was concluded from; the name gives the unit of its value. */
export type EvidenceName =
  | 'code'
  | 'target'
  | 'certificate'
  | 'issuer'
  | 'validTo'
  | 'status'
  | 'waitedMs'
  | 'connectMs'
  | 'handshakeMs'
  | 'firstByteMs'
  | 'firstTokenMs'
  | 'bytesPerSecond'
  | 'limitedTurns'
  | 'pacedTurns'
  | 'overloadedTurns'
  | 'recentTurns'
  | 'concurrency'
  | 'atOnce'
  | 'allowedNow'
  | 'requestsPerMinute'
  | 'queueMs'
  | 'openBreakers'
  | 'loopDelayMs'
  | 'cpuShare'
  | 'machineShare'
  | 'writeMs'
  | 'growthBytes'
  | 'growthMs'
  | 'heapShare';

export interface Evidence {
  readonly name: EvidenceName;
  readonly value: number | string;
}

/** What can be done, as something to click. */
export const FIX_IDS = [
  'setBaseUrl',
  'setProxy',
  'setCertificates',
  'setKey',
  'setConcurrency',
  'setPacing',
  'chooseModel',
  'resetBreakers',
  'probeEndpoint',
  'openMetrics',
  'clearAnswerCache',
  'runningExtensions',
  'reloadWindow',
  'showLog',
] as const;
export type FixId = (typeof FIX_IDS)[number];

export interface Cause {
  readonly kind: CauseKind;
  readonly evidence: readonly Evidence[];
  /** The best first; may be empty. */
  readonly fixes: readonly FixId[];
}

/** What causes are concluded from. */
export interface Facts {
  readonly endpointId: string;
  readonly network: NetworkFindings;
  readonly local: LocalFindings;
  /** Over the last hour, oldest first. */
  readonly memory: readonly MemorySample[];
  readonly health: EngineHealth;
  readonly metrics: MetricsSnapshot;
  readonly settings: EngineSettings;
}
