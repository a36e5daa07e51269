import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine';
import { EngineError } from '../../../src/engine/errors';
import { parseSettings } from '../../../src/engine/settings';
import type { ChatRequest, ErrorKind, ReplyEvent } from '../../../src/engine/types';
import { startSimulator } from '../../../src/simulator/simulator';
import type { Simulator } from '../../../src/simulator/simulator';

/** The whole engine against the simulator's faults, over real sockets. */

const question: ChatRequest = {
  model: 'claude-haiku-4-5',
  messages: [{ role: 'user', content: 'Show me a table.' }],
  action: 'chat',
};

describe('the engine against a server with faults', () => {
  let simulator: Simulator;
  let engine: Engine;

  beforeEach(async () => {
    // Not in bursts: a TCP reset throws away what the other side has not read yet.
    simulator = await startSimulator({ latencyMs: 2, tokensPerSecond: 3_000, pingIntervalMs: 20 });
    engine = new Engine({
      keys: { getKey: () => Promise.resolve('key-123456') },
      endpoint: {
        id: 'simulator',
        baseURL: simulator.url,
        authStyle: 'bearer',
        apiVersion: '2026-10-21',
        headers: {},
      },
      settings: parseSettings({
        // What a single failure looks like: without waiting for recovery, and without going on by itself.
        retry: { initialDelayMs: 0, patienceMs: 0 },
        reply: { autoContinue: 'off', initialMaxTokens: 4_096 },
        timeouts: { firstEventMs: 200, idleMs: 200 },
      }),
    });
  });

  afterEach(async () => {
    engine.dispose();
    await simulator.close();
  });

  async function failure(spec: string) {
    simulator.faultAlways(spec);
    const events: ReplyEvent[] = [];
    const outcome: unknown = await engine
      .stream(question, { onEvent: (event) => events.push(event) })
      .catch((error: unknown) => error);
    if (!(outcome instanceof EngineError)) throw new Error(`${spec}: did not fail`);
    const told = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    const attempts = events.filter(({ type }) => type === 'attempt').length;
    return { error: outcome, told, attempts };
  }

  test.each<[string, ErrorKind, number | undefined, number]>([
    ['overload', 'overloaded', 529, 4],
    ['rate-limit retry-after=0', 'rate_limit', 429, 4],
    ['rate-limit retry-after=3600', 'rate_limit', 429, 1],
    ['spend-limit', 'spend_limit', 429, 1],
    ['server-error', 'api', 500, 4],
    ['status code=400 type=invalid_request_error', 'invalid_request', 400, 1],
    ['status code=401 type=authentication_error', 'authentication', 401, 1],
    ['status code=403 type=permission_error', 'permission', 403, 1],
    ['status code=404 type=not_found_error', 'not_found', 404, 1],
    ['status code=413 type=request_too_large', 'request_too_large', 413, 1],
    ['reset at=headers', 'network', undefined, 4],
    ['stall at=headers', 'timeout_first_event', undefined, 4],
    ['stall at=first pings=yes', 'timeout_first_event', undefined, 4],
  ])('%s before the first text is `%s`', async (spec, kind, status, attempts) => {
    const result = await failure(spec);
    expect(result).toMatchObject({ attempts, told: '' });
    expect(result.error).toMatchObject({ kind, status, partialText: '' });
  });

  test.each<[string, ErrorKind]>([
    ['cut after=20', 'truncated'],
    ['truncate after=20', 'truncated'],
    ['reset at=stream after=20', 'truncated'],
    ['error after=20', 'overloaded'],
    ['error after=20 type=api_error message=Oops', 'api'],
    ['stall at=stream after=20', 'timeout_idle'],
    ['stall at=stream after=20 pings=yes', 'timeout_idle'],
  ])('%s after visible text is `%s`, once, and keeps the text', async (spec, kind) => {
    const { error, told, attempts } = await failure(spec);
    expect(error).toMatchObject({ kind, partialText: told, retryable: true });
    expect(told).not.toBe('');
    expect(attempts).toBe(1);
  });

  test('a stop at any moment frees the socket', async () => {
    simulator.faultAlways('stall at=stream after=20');
    const stop = new AbortController();
    const reply = engine.stream(question, {
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'text') setImmediate(() => stop.abort());
      },
    });
    await expect(reply).rejects.toMatchObject({ kind: 'aborted' });
    // The pool may have opened another connection in its place, which is idle then.
    await simulator.until(
      ({ left, openRequests }) => left === 1 && openRequests === 0,
      AbortSignal.timeout(5_000),
    );
    expect(engine.models.connectionStats).toMatchObject({ busy: 0, waiting: 0 });
    expect(engine.metrics.snapshot()).toMatchObject({ stopped: 1, running: 0 });
  });

  test('the failure of one stream touches no other', async () => {
    simulator.faultNext('reset at=stream after=20', undefined);
    const [bad, good] = await Promise.allSettled([
      engine.stream(question),
      engine.stream(question),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { kind: 'truncated' } });
    expect(good).toMatchObject({ status: 'fulfilled', value: { stopReason: 'end_turn' } });
  });
});
