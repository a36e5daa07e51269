import type { EngineHealth } from '../../engine/health';
import type { Reliability } from '../../engine/metrics/incidents';
import type { SystemSample } from '../../engine/metrics/metricsHistory';
import type { RequestFigures } from '../../engine/metrics/requestFigures';
import type { EngineSettings } from '../../engine/settings';
import type { AlertsView } from '../alerts/alertsNode';
import type { EffectSources } from './settingEffects';

/** What the tree shows beside the figures. */
export interface MetricsContext {
  /** "api.anthropic.com". */
  readonly endpoint: string;
  /** "set", "not set", "not needed": ready to show. */
  readonly key: string;
  /** Sockets of the pool; `undefined` before the first request. */
  readonly connections:
    { readonly open: number; readonly busy: number; readonly elsewhere: boolean } | undefined;
  /** Endpoints, breakers, limits and caches; `undefined` before the engine is needed. */
  readonly health: EngineHealth | undefined;
  /** As the engine goes by them now. */
  readonly settings: EngineSettings | undefined;
  /** The last 24 hours, those of other windows included; `undefined` before the engine is needed. */
  readonly day: RequestFigures | undefined;
  readonly reliability: Reliability | undefined;
  /** The last minute of work; `undefined` before one. */
  readonly system: SystemSample | undefined;
  /** What is wrong, and budgets; `undefined` before the engine is needed. */
  readonly alerts: AlertsView | undefined;
  /** Settings of a reply that do nothing with the chosen model. */
  readonly withoutEffect: EffectSources['withoutEffect'];
}
