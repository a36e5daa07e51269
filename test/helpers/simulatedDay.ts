import { Engine } from '../../src/engine/engine';
import { EngineError } from '../../src/engine/errors';
import type { MeasuredRequest } from '../../src/engine/metrics/metricsHistory';
import { measuredOf } from '../../src/engine/metrics/snapshot';
import { parseSettings } from '../../src/engine/settings';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import { FastClock } from './fastClock';
import { testEndpoint, testKeys } from './modelHarness';

const HOUR_MS = 3_600_000;
/** A second of an answer takes 20 ms. */
const SPEED = 50;
const MODELS = ['simulator-fast', 'claude-opus-5'] as const;

/** What the simulator is set to, hour by hour, and what has to come of it. */
export const DAY = {
  hours: 24,
  /** Questions an hour, half of them to each model. */
  perHour: 4,
  /** Median time to first token, ms; the spread is that of the model. */
  latencyMs: 2_000,
  /** All fail in these hours: [from, to). */
  outage: [9, 12],
  /** One question of each of these hours is refused: nothing that the service is at fault for. */
  refused: [3, 15],
} as const;

export const DAY_COUNTS = {
  all: DAY.hours * DAY.perHour,
  failed: (DAY.outage[1] - DAY.outage[0]) * DAY.perHour + DAY.refused.length,
  unavailable: (DAY.outage[1] - DAY.outage[0]) * DAY.perHour,
} as const;

/** Each failure is told at once, and the outage is not waited out. */
const SETTINGS = {
  retry: { retries: 0, patienceMs: 0 },
  breaker: { failureThreshold: 20, adaptive: false },
};

/** A day that was played to an engine. */
export interface SimulatedDay {
  readonly engine: Engine;
  readonly clock: FastClock;
  /** In the order in which they ended. */
  readonly requests: readonly MeasuredRequest[];
  readonly beganAt: number;
  end(): Promise<void>;
}

/** Plays a day of questions to a simulator that answers, fails and refuses as `DAY` says, in a few seconds. */
export async function playDay(): Promise<SimulatedDay> {
  const clock = new FastClock(SPEED);
  const simulator = await startSimulator(
    { latencyMs: DAY.latencyMs, tokensPerSecond: 400, seed: 7, logLimit: 0 },
    clock,
  );
  const engine = new Engine({
    keys: testKeys(),
    endpoint: testEndpoint(simulator.url, { id: 'api.example' }),
    settings: parseSettings(SETTINGS),
    clock,
  });
  const requests: MeasuredRequest[] = [];
  engine.metrics.onEnd((record) => requests.push(measuredOf(record)));
  const beganAt = clock.wallNow();
  for (let hour = 0; hour < DAY.hours; hour++) {
    await playHour(hour, engine, simulator);
    if (hour < DAY.hours - 1) clock.jump(beganAt + (hour + 1) * HOUR_MS - clock.wallNow());
  }
  return {
    engine,
    clock,
    requests,
    beganAt,
    end: async () => {
      engine.dispose();
      await simulator.close();
    },
  };
}

async function playHour(hour: number, engine: Engine, simulator: Simulator): Promise<void> {
  const isOut = hour >= DAY.outage[0] && hour < DAY.outage[1];
  simulator.faultAlways(isOut ? 'overload' : undefined);
  const refused: readonly number[] = DAY.refused;
  if (refused.includes(hour)) simulator.faultNext('invalid');
  await Promise.all(
    Array.from({ length: DAY.perHour }, (_, index) => ask(hour * DAY.perHour + index, engine)),
  );
}

async function ask(index: number, engine: Engine): Promise<void> {
  const model = MODELS[index % MODELS.length] ?? MODELS[0];
  try {
    await engine.stream({
      model,
      messages: [{ role: 'user', content: `echo question ${index}` }],
      action: 'chat',
      fresh: true,
    });
  } catch (error) {
    // It is measured; anything else is a fault of the test.
    if (!(error instanceof EngineError)) throw error;
  }
}
