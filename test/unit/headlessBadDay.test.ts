import { createServer as createTlsServer } from 'node:https';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import type { SimulatorOptions } from '../../src/simulator/options';
import { buildHeadless, HeadlessRun } from '../helpers/headlessDoor';
import { anyNumber, containing, matching } from '../helpers/matchers';
import { startReplayServer } from '../helpers/replayServer';
import { SELF_SIGNED, TEST_SERVER_KEY } from '../helpers/testCertificates';

/** Every run has to end within this, whatever happens to it: the limit of each test. */
const BOUND_MS = 15_000;
const key = 'sk-test-0123456789';
const question = 'long 3 seed=11';

beforeAll(buildHeadless, 60_000);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ burst: true, seed: 7, ...options });
  cleanups.push(() => simulator.close());
  return simulator;
}

function ask(baseURL: string, settings: Readonly<Record<string, unknown>> = {}): HeadlessRun {
  const input = {
    endpoint: { baseURL, apiKey: key },
    model: 'simulator-fast',
    messages: [{ role: 'user', content: question }],
    settings: { 'retry.initialDelayMs': 100, ...settings },
  };
  const run = new HeadlessRun(JSON.stringify(input));
  cleanups.push(() => {
    run.child.kill('SIGKILL');
    return run.exited;
  });
  return run;
}

describe('a bad day at the headless door', { timeout: BOUND_MS }, () => {
  test('an outage is waited for, visibly, and the answer comes after it', async () => {
    const simulator = await simulate({ script: 'overload for 2s; ok' });
    const run = ask(simulator.url);
    await expect(run.exited).resolves.toBe(0);
    expect(run.text).toBe(simulator.answerTo(question));
    expect(run.lines.map(({ type }) => type).slice(0, 2)).toEqual(['retry', 'waiting']);
    expect(run.lines).toContainEqual({
      type: 'waiting',
      reason: 'breaker',
      waitMs: anyNumber,
      limit: null,
      endpointId: new URL(simulator.url).host,
    });
    expect(run.last).toMatchObject({ type: 'done', timing: { recoveryMs: anyNumber } });
    // Four tries, then one every few seconds: nothing is hammered at.
    expect(simulator.requests.length).toBeLessThanOrEqual(6);
  });

  test('an outage that outlasts the patience ends with what it is', async () => {
    const simulator = await simulate({ script: 'overload' });
    const run = ask(simulator.url, { 'retry.patienceMs': 500 });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({
      type: 'error',
      kind: 'overloaded',
      status: 529,
      retryable: true,
      message: containing('to recover'),
    });
  });

  test('a spend limit is told at once, since no waiting clears it', async () => {
    const simulator = await simulate();
    simulator.faultAlways('spend-limit');
    const run = ask(simulator.url);
    await expect(run.exited).resolves.toBe(1);
    expect(run.lines).toEqual([
      {
        type: 'error',
        kind: 'spend_limit',
        status: 429,
        message: matching(/limit/i),
        requestId: matching(/^req_/),
        retryable: false,
        retryAfterMs: null,
        partialText: '',
      },
    ]);
    expect(simulator.requests).toHaveLength(1);
  });

  test('a server that asks for an hour is not waited for; until when is told', async () => {
    const simulator = await simulate();
    simulator.faultAlways('rate-limit retry-after=3600');
    const run = ask(simulator.url);
    await expect(run.exited).resolves.toBe(1);
    expect(run.lines).toMatchObject([
      {
        type: 'error',
        kind: 'rate_limit',
        status: 429,
        retryAfterMs: 3_600_000,
        message: matching(/wait 60 min, until .*\d\d:\d\d/),
      },
    ]);
    expect(simulator.requests).toHaveLength(1);
  });

  test('a stream that breaks off is gone on with, and the text is whole', async () => {
    const simulator = await simulate();
    simulator.faultNext('truncate after=40', 'reset after=60');
    const run = ask(simulator.url, { 'reply.autoContinue': 'always' });
    await expect(run.exited).resolves.toBe(0);
    expect(run.text).toBe(simulator.answerTo(question));
    expect(run.lines.filter(({ type }) => type === 'resumed')).toMatchObject([
      { continuation: 1, error: { kind: 'truncated' } },
      { continuation: 2, error: { kind: 'truncated' } },
    ]);
    expect(run.last).toMatchObject({ type: 'done', continuations: 2, attempts: 3 });
  });

  test('a stream that breaks off is left as it is where the setting says so', async () => {
    const simulator = await simulate();
    simulator.faultNext('truncate after=40');
    const run = ask(simulator.url, { 'reply.autoContinue': 'off' });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ kind: 'truncated', partialText: run.text, retryable: true });
    expect(run.text).not.toBe('');
    expect(simulator.answerTo(question).startsWith(run.text)).toBe(true);
    expect(simulator.requests).toHaveLength(1);
  });

  test('a request that is too large is told so, once', async () => {
    const simulator = await simulate();
    simulator.faultAlways('too-large');
    const run = ask(simulator.url);
    await expect(run.exited).resolves.toBe(1);
    expect(run.lines).toMatchObject([
      { type: 'error', kind: 'request_too_large', status: 413, retryable: false },
    ]);
    expect(simulator.requests).toHaveLength(1);
  });

  test.each([
    [502, 'api'],
    [200, 'protocol'],
  ] as const)('a web page with status %i instead of an answer is named', async (status, kind) => {
    const page =
      '<!DOCTYPE html><html><head><title>Sign in to Example Wi-Fi</title></head><body><h1>Hello</h1></body></html>';
    const server = await startReplayServer((response) => {
      response.writeHead(status, { 'content-type': 'text/html' });
      response.end(page);
    });
    cleanups.push(() => server.close());
    const run = ask(server.url, { 'retry.retries': 0, 'retry.patienceMs': 0 });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({
      type: 'error',
      kind,
      message: containing('Sign in to Example Wi-Fi'),
    });
    expect(run.stdout).not.toContain('<');
  });

  test('a certificate that nobody vouches for is told at once, with what to do', async () => {
    const server = createTlsServer({ cert: SELF_SIGNED, key: TEST_SERVER_KEY });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
        }),
    );
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const run = ask(`https://127.0.0.1:${port}`);
    await expect(run.exited).resolves.toBe(1);
    expect(run.lines).toMatchObject([
      {
        type: 'error',
        kind: 'tls',
        status: null,
        retryable: false,
        message: matching(/certificate/),
      },
    ]);
  });
});
