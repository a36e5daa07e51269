import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine';
import { parseSettings } from '../../../src/engine/settings';
import type { ChatRequest, ReplyEvent } from '../../../src/engine/types';
import { startSimulator } from '../../../src/simulator/simulator';
import type { Simulator } from '../../../src/simulator/simulator';

/** The whole engine against a server that enforces its rate limits, over real sockets. */

const question: ChatRequest = {
  model: 'simulator-fast',
  messages: [{ role: 'user', content: 'echo Hi.' }],
  action: 'chat',
};

describe('the engine against enforced rate limits', () => {
  let simulator: Simulator;
  let engine: Engine;

  beforeEach(async () => {
    simulator = await startSimulator({
      burst: true,
      enforce: true,
      limits: { requests: 600, inputTokens: 1_000_000, outputTokens: 1_000_000 },
      initialFill: 0.02,
    });
    engine = new Engine({
      keys: { getKey: () => Promise.resolve('key-123456') },
      endpoint: {
        id: 'simulator',
        baseURL: simulator.url,
        authStyle: 'bearer',
        apiVersion: '2026-10-21',
        headers: {},
      },
      settings: parseSettings({ concurrency: 20 }),
    });
  });

  afterEach(async () => {
    engine.dispose();
    await simulator.close();
  });

  test('learns the limits from the answers and waits instead of being refused', async () => {
    const events: ReplyEvent[] = [];
    const ask = () => engine.stream(question, { onEvent: (event) => events.push(event) });
    await Promise.all(Array.from({ length: 30 }, ask));
    const { limits } = engine.health();
    expect(limits.find(({ limit }) => limit === 'requests')).toMatchObject({
      endpointId: 'simulator',
      perMinute: 600,
      waiting: 0,
    });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'waiting', reason: 'pacing', limit: 'requests' }),
    );
    // The one that found out, at most.
    expect(simulator.counters.rateLimited).toBeLessThanOrEqual(2);
  });
});
