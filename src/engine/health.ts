import type { LimitName } from './types';

/** What the engine knows of its endpoints right now: plain data for the metrics tree and the status bar. Times are ms. */
export interface EngineHealth {
  readonly endpoints: readonly EndpointHealth[];
  readonly breakers: readonly BreakerHealth[];
  readonly limits: readonly LimitHealth[];
  readonly cache: CacheHealth;
}

export interface EndpointHealth {
  readonly endpointId: string;
  readonly group: string;
  readonly weight: number;
  readonly running: number;
  readonly queued: number;
  /** Requests at once that are allowed now, and the setting. */
  readonly concurrency: number;
  readonly maxConcurrency: number;
  /** Smoothed time to first token; `undefined` before the first one. */
  readonly firstTokenMs: number | undefined;
  /** Left out of balancing for so long. */
  readonly ejectedForMs: number | undefined;
  readonly connections: {
    readonly open: number;
    readonly busy: number;
    readonly idle: number;
    readonly waiting: number;
    /** They are VS Code's own, which can't be counted. */
    readonly elsewhere: boolean;
  };
  /** The last free health probe; `undefined` before one. */
  readonly probe:
    { readonly ok: boolean; readonly tookMs: number; readonly at: number } | undefined;
  /** Retries, hedges and fallbacks that may go out now. */
  readonly retryBudget: number;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerHealth {
  readonly endpointId: string;
  readonly family: string;
  readonly state: BreakerState;
  /** Failures in a row, and how many open it now. */
  readonly failures: number;
  readonly failureThreshold: number;
  /** Successes while half open, and how many close it now. */
  readonly successes: number;
  readonly successThreshold: number;
  /** Of the sliding window, 0-1. */
  readonly failureShare: number;
  readonly slowShare: number;
  /** Until the next regular attempt; `undefined` unless open. */
  readonly retryInMs: number | undefined;
  /** Until work that waits for recovery may try; `undefined` unless open. */
  readonly trialInMs: number | undefined;
  /** How long it stays open when it opens next, or is open now. */
  readonly recoveryMs: number;
}

export interface LimitHealth {
  readonly endpointId: string;
  readonly family: string;
  readonly limit: LimitName;
  /** Per minute; `undefined` while nothing is known. */
  readonly perMinute: number | undefined;
  readonly remaining: number | undefined;
  /** Until it is full again. */
  readonly resetInMs: number | undefined;
  /** Waiting for it now. */
  readonly waiting: number;
  /** Share of the recent use that was not ours, 0-1. */
  readonly foreignShare: number;
}

export interface CacheHealth {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Requests that shared one under way. */
  readonly shared: number;
  /** US$ that kept and shared answers would have cost; of known prices. */
  readonly savedUSD: number;
}
