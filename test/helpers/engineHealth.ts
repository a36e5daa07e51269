import type {
  BreakerHealth,
  EndpointHealth,
  EngineHealth,
  LimitHealth,
} from '../../src/engine/health';

export function endpointHealth(changes: Partial<EndpointHealth> = {}): EndpointHealth {
  return {
    endpointId: 'api.example',
    group: 'default',
    weight: 1,
    running: 1,
    queued: 0,
    concurrency: 10,
    maxConcurrency: 10,
    firstTokenMs: 800,
    ejectedForMs: undefined,
    connections: { open: 3, busy: 1, idle: 2, waiting: 0, elsewhere: false },
    probe: undefined,
    retryBudget: 10,
    ...changes,
  };
}

export function breakerHealth(changes: Partial<BreakerHealth> = {}): BreakerHealth {
  return {
    endpointId: 'api.example',
    family: 'sonnet-5',
    state: 'closed',
    failures: 0,
    failureThreshold: 5,
    successes: 0,
    successThreshold: 3,
    failureShare: 0,
    slowShare: 0,
    retryInMs: undefined,
    trialInMs: undefined,
    recoveryMs: 60_000,
    ...changes,
  };
}

/** As the breaker of an endpoint that is down: next attempt in 30 s. */
export function openBreaker(changes: Partial<BreakerHealth> = {}): BreakerHealth {
  const retryInMs = changes.retryInMs ?? 30_000;
  return breakerHealth({
    state: 'open',
    failures: 5,
    retryInMs,
    trialInMs: retryInMs,
    ...changes,
  });
}

export function limitHealth(changes: Partial<LimitHealth> = {}): LimitHealth {
  return {
    endpointId: 'api.example',
    family: 'sonnet-5',
    limit: 'input_tokens',
    perMinute: 30_000,
    remaining: 12_000,
    resetInMs: 23_400,
    waiting: 0,
    foreignShare: 0,
    ...changes,
  };
}

/** One endpoint that is well and of which nothing else is known. */
export function engineHealth(changes: Partial<EngineHealth> = {}): EngineHealth {
  return {
    endpoints: [endpointHealth()],
    breakers: [],
    limits: [],
    cache: { entries: 0, bytes: 0, hits: 0, misses: 0, shared: 0, savedUSD: 0 },
    ...changes,
  };
}
