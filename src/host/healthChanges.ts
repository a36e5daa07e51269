import type { BreakerHealth, EndpointHealth, EngineHealth } from '../engine/health';

/** A line for the log. Names and figures only. */
export interface HealthLine {
  readonly line: string;
  readonly isBad: boolean;
}

/** Tells what became of breakers and endpoints from one look at the engine's health to the next. */
export class HealthChanges {
  /** Last seen, by endpoint and family. */
  #states = new Map<string, BreakerHealth['state']>();
  #ejected = new Set<string>();

  since({ breakers, endpoints }: EngineHealth): HealthLine[] {
    const lines = [
      ...breakers.flatMap((breaker) => this.#breakerLine(breaker)),
      ...endpoints.flatMap((endpoint) => this.#ejectionLine(endpoint)),
    ];
    this.#states = new Map(breakers.map((breaker) => [keyOf(breaker), breaker.state]));
    this.#ejected = new Set(endpoints.filter(isEjected).map(({ endpointId }) => endpointId));
    return lines;
  }

  #breakerLine(breaker: BreakerHealth): HealthLine[] {
    const before = this.#states.get(keyOf(breaker)) ?? 'closed';
    if (before === breaker.state) return [];
    const { endpointId, family, state } = breaker;
    return [
      {
        line: `Circuit breaker of ${endpointId} for ${family}: ${before} -> ${state}${reason(breaker)}`,
        isBad: state === 'open',
      },
    ];
  }

  #ejectionLine(endpoint: EndpointHealth): HealthLine[] {
    const { endpointId, ejectedForMs } = endpoint;
    const isOut = isEjected(endpoint);
    if (isOut === this.#ejected.has(endpointId)) return [];
    return [
      isOut
        ? {
            line: `Endpoint ${endpointId}: left out of balancing for ${Math.ceil((ejectedForMs ?? 0) / 1_000)} s`,
            isBad: true,
          }
        : { line: `Endpoint ${endpointId}: back in balancing`, isBad: false },
    ];
  }
}

function isEjected({ ejectedForMs }: EndpointHealth): boolean {
  return ejectedForMs !== undefined && ejectedForMs > 0;
}

function keyOf({ endpointId, family }: BreakerHealth): string {
  return JSON.stringify([endpointId, family]);
}

function reason({ state, failures, failureShare, retryInMs }: BreakerHealth): string {
  if (state !== 'open') return '';
  const share = `${Math.round(failureShare * 100)} % of the last minute failed`;
  const next = retryInMs === undefined ? '' : `; next attempt in ${Math.ceil(retryInMs / 1_000)} s`;
  return ` (${failures} failures in a row, ${share}${next})`;
}
