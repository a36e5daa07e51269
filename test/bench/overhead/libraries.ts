import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import CircuitBreaker from 'opossum';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import type { Contender } from '../lib/interleave';
import { perCallCost } from '../lib/perCallCost';

const CONCURRENCY = 10;
const TIMEOUT_MS = 30_000;
const answer = (): Promise<number> => Promise.resolve(1);

function newBreaker() {
  return circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) });
}

/** What others take for retries, breakers and queues around a call that answers at once. */
export function libraryContenders(): Contender[] {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const breaker = newBreaker();
  const whole = wrap(
    retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
    newBreaker(),
    bulkhead(CONCURRENCY, 1_000),
    timeout(TIMEOUT_MS, TimeoutStrategy.Cooperative),
  );
  const opossum = new CircuitBreaker(answer, { timeout: false });
  const opossumTimed = new CircuitBreaker(answer, { timeout: TIMEOUT_MS });
  return [
    perCallCost('a bare await', answer),
    perCallCost('p-retry', () => pRetry(answer, { retries: 3 })),
    perCallCost('p-queue', () => queue.add(answer)),
    perCallCost('cockatiel: breaker', () => breaker.execute(answer)),
    perCallCost('opossum: breaker', () => opossum.fire()),
    perCallCost('opossum: breaker and timeout', () => opossumTimed.fire()),
    perCallCost('cockatiel: retry, breaker, bulkhead and timeout', () => whole.execute(answer)),
    perCallCost('p-queue > p-retry > cockatiel breaker', () =>
      queue.add(() => pRetry(() => breaker.execute(answer), { retries: 3 })),
    ),
  ];
}
