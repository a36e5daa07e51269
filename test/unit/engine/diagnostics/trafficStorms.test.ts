import { afterEach, describe, expect, it } from 'vitest';
import { findCauses } from '../../../../src/engine/diagnostics/causes';
import type { Cause } from '../../../../src/engine/diagnostics/cause';
import { Engine } from '../../../../src/engine/engine';
import { parseSettings } from '../../../../src/engine/settings';
import type { ChatRequest } from '../../../../src/engine/types';
import { startSimulator } from '../../../../src/simulator/simulator';
import { diagnosisFacts } from '../../../helpers/diagnosisFacts';
import { Cleanup } from '../../../helpers/modelHarness';

/** Storms that a real server answers the whole engine with, over real sockets. */

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const question: ChatRequest = {
  model: 'simulator-fast',
  messages: [{ role: 'user', content: 'echo Hi.' }],
  action: 'batch',
};

/** The server allows two requests, and the next one half a minute later. */
async function engineAt(concurrency: number): Promise<Engine> {
  const simulator = cleanup.closing(
    await startSimulator({
      burst: true,
      enforce: true,
      limits: { requests: 2, inputTokens: 1_000_000, outputTokens: 1_000_000 },
    }),
  );
  return cleanup.add(
    new Engine({
      keys: { getKey: () => Promise.resolve('key-123456') },
      endpoint: {
        id: 'simulator',
        baseURL: simulator.url,
        authStyle: 'bearer',
        apiVersion: '2026-10-21',
        headers: {},
      },
      settings: parseSettings({
        concurrency,
        pacing: { enabled: false },
        retry: { retries: 0, patienceMs: 0 },
        cache: { enabled: false },
      }),
    }),
  );
}

async function ask(engine: Engine): Promise<void> {
  await engine.stream(question, { onEvent: () => undefined }).catch(() => undefined);
}

function causes(engine: Engine): readonly Cause[] {
  const { settings } = engine;
  const health = engine.health();
  const metrics = engine.metrics.snapshot();
  return findCauses(diagnosisFacts({ endpointId: 'simulator', health, metrics, settings }));
}

describe('a storm of 429 from a real server', () => {
  it('is named the rate limit where one request follows the other', async () => {
    const engine = await engineAt(10);
    for (let asked = 0; asked < 8; asked++) await ask(engine);
    const [first] = causes(engine);
    expect(first?.kind).toBe('rate_limited');
    expect(first?.evidence).toContainEqual({ name: 'limitedTurns', value: 6 });
  });

  it('is named too large a batch where they all go out at once', async () => {
    const engine = await engineAt(40);
    await ask(engine);
    await Promise.all(Array.from({ length: 40 }, () => ask(engine)));
    const [first, second] = causes(engine);
    expect([first?.kind, second?.kind]).toEqual(['concurrency_too_large', 'rate_limited']);
    expect(first?.evidence).toContainEqual({ name: 'requestsPerMinute', value: 2 });
    expect(first?.fixes[0]).toBe('setConcurrency');
  });

  it('is nothing where the limits are kept', async () => {
    const engine = await engineAt(10);
    await ask(engine);
    await ask(engine);
    expect(causes(engine)).toEqual([]);
  });
});
