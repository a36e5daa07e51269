import { describe, expect, it, beforeEach, afterEach } from 'vitest';
import type { LimitShare, LimitUse } from '../../../../../src/engine/ports';
import { Pacer } from '../../../../../src/engine/resilience/pacing/pacer';
import type {
  PacingRequest,
  PacingWait,
  Reservation,
} from '../../../../../src/engine/resilience/pacing/pacer';
import { DEFAULT_SETTINGS } from '../../../../../src/engine/settings';
import type { EngineSettings } from '../../../../../src/engine/settings';
import type { LimitName } from '../../../../../src/engine/types';
import { FakeClock, settle as settled } from '../../../../helpers/fakeClock';
import { usage } from './drive';

const endless = new AbortController().signal;

let clock: FakeClock;
let settings: EngineSettings['pacing'];
let pacer: Pacer;
beforeEach(() => {
  clock = new FakeClock();
  settings = DEFAULT_SETTINGS.pacing;
  pacer = newPacer();
});
afterEach(() => {
  pacer.dispose();
  expect(clock.pending).toBe(0);
});

function newPacer(share?: LimitShare): Pacer {
  const options = { endpointId: 'e', settings: () => settings, clock };
  return new Pacer(share ? { ...options, share, scope: () => 's' } : options);
}

function request(changes: Partial<PacingRequest> = {}): PacingRequest {
  return {
    family: 'f',
    model: 'm',
    action: 'chat',
    inputTokens: 1_000,
    maxOutputTokens: 100,
    ...changes,
  };
}

interface Told {
  readonly requests?: readonly [limit: number, remaining: number];
  readonly input?: readonly [limit: number, remaining: number];
  readonly output?: readonly [limit: number, remaining: number];
  readonly tokens?: readonly [limit: number, remaining: number];
}

function headers({ requests, input, output, tokens }: Told): Headers {
  const result = new Headers({ 'retry-after': '30' });
  const tell = (name: string, bucket: readonly [number, number] | undefined): void => {
    if (!bucket) return;
    result.set(`anthropic-ratelimit-${name}-limit`, String(bucket[0]));
    result.set(`anthropic-ratelimit-${name}-remaining`, String(bucket[1]));
  };
  tell('requests', requests);
  tell('input-tokens', input);
  tell('output-tokens', output);
  tell('tokens', tokens);
  return result;
}

/** Odd amounts: not rounded to thousands. */
const ROOMY: Told = {
  requests: [6_000, 5_999],
  input: [600_001, 600_001],
  output: [60_001, 60_001],
};

function taken(changes: Partial<PacingRequest> = {}): Reservation {
  const reserved = pacer.tryReserve(request(changes));
  if ('settle' in reserved) return reserved;
  throw new Error(`has to wait ${reserved.waitMs} ms for ${reserved.limit}`);
}

function refused(changes: Partial<PacingRequest> = {}): PacingWait {
  const reserved = pacer.tryReserve(request(changes));
  if ('settle' in reserved) throw new Error('was let through');
  return reserved;
}

/** One request that has come and gone, after which the server stands as told. */
function learn(told: Told): void {
  const reservation = taken();
  reservation.answered(200, headers(told));
  reservation.settle(usage(1_000, 100));
}

function waiting(changes: Partial<PacingRequest> = {}, signal = endless) {
  const waits: PacingWait[] = [];
  const outcome: { reservation?: Reservation; error?: unknown; at?: number } = {};
  pacer.reserve(request(changes), { signal, onWait: (wait) => waits.push(wait) }).then(
    (reservation) => Object.assign(outcome, { reservation, at: clock.now() }),
    (error: unknown) => Object.assign(outcome, { error }),
  );
  return { waits, outcome };
}

const remaining = (limit: LimitName): number | undefined =>
  pacer.health().find((row) => row.limit === limit)?.remaining;

describe('before anything is known', () => {
  it('one request asks the way and the others follow its answer', () => {
    const first = taken();
    expect(refused()).toEqual({ limit: 'requests', waitMs: 1_000 });
    first.answered(200, new Headers());
    for (let count = 0; count < 50; count++) taken();
    expect(pacer.health()).toMatchObject([
      { limit: 'requests', perMinute: undefined, remaining: undefined, resetInMs: undefined },
      { limit: 'input_tokens' },
      { limit: 'output_tokens' },
    ]);
  });

  it('an answer that does not come holds nobody up for more than a second each', async () => {
    taken();
    const { outcome } = waiting();
    await clock.advance(1_000);
    expect(outcome.at).toBe(1_000);
  });

  it('the end of a reply without headers is an answer, too', () => {
    taken().settle(usage(10, 10));
    taken();
    taken();
  });
});

describe('an answer’s headers', () => {
  it('set the levels, less what is still on its way', async () => {
    learn(ROOMY);
    await clock.advance(100);
    taken();
    const second = taken();
    second.answered(200, headers({ ...ROOMY, requests: [6_000, 50], input: [600_001, 30_001] }));
    expect(remaining('requests')).toBe(49);
    expect(remaining('input_tokens')).toBe(30_001 - 1_250);
    expect(remaining('output_tokens')).toBe(60_001 - 100);
  });

  it('make the next request wait by the rate of refilling, not for the whole bucket', async () => {
    learn({ ...ROOMY, output: [6_001, 1] });
    const { waits, outcome } = waiting();
    expect(waits).toEqual([{ limit: 'output_tokens', waitMs: 990 }]);
    await clock.advance(1_000);
    expect(outcome.reservation).toBeDefined();
  });

  it('are taken as a bound on input and output together where nothing else is told', () => {
    learn({ requests: [6_000, 5_999], tokens: [60_001, 101] });
    expect(refused().limit).toBe('input_tokens');
    expect(remaining('input_tokens')).toBe(101);
  });

  it('may be rounded up by half a thousand', () => {
    learn({ ...ROOMY, input: [600_000, 2_000], output: [60_000, 1_500] });
    expect(remaining('input_tokens')).toBe(1_500);
    expect(remaining('output_tokens')).toBe(1_500);
  });

  it('that make no sense change nothing', () => {
    const odd = new Headers();
    odd.set('anthropic-ratelimit-requests-limit', 'many');
    odd.set('anthropic-ratelimit-requests-remaining', '0');
    odd.set('anthropic-ratelimit-input-tokens-limit', '0');
    odd.set('anthropic-ratelimit-input-tokens-remaining', '0');
    taken().answered(200, odd);
    taken();
    expect(pacer.health()[0]?.perMinute).toBeUndefined();
  });

  it('show foreign traffic, which slows the refill', async () => {
    learn({ ...ROOMY, requests: [60, 60] });
    for (let level = 50; level > 0; level -= 10) {
      await clock.advance(5_000);
      const reservation = taken();
      reservation.answered(200, headers({ ...ROOMY, requests: [60, level] }));
      reservation.settle(usage(1_000, 100));
    }
    expect(pacer.health()[0]?.foreignShare).toBeGreaterThan(0.6);
    expect(pacer.health()[1]?.foreignShare).toBe(0);
  });

  it('of an old key say nothing of the new one', () => {
    learn(ROOMY);
    const old = taken();
    pacer.keyChanged();
    old.answered(200, headers({ ...ROOMY, requests: [60, 0] }));
    expect(remaining('requests')).toBeUndefined();
  });
});

describe('what was really used', () => {
  it('replaces what was put aside', () => {
    settings = { ...settings, inputTokensPerMinute: 10_000, outputTokensPerMinute: 1_000 };
    const reservation = taken();
    expect(remaining('input_tokens')).toBe(9_000);
    reservation.settle({
      inputTokens: 300,
      outputTokens: 40,
      cacheReadTokens: 5_000,
      cacheWriteTokens: 100,
    });
    reservation.settle(usage(9_000, 900));
    expect(remaining('input_tokens')).toBe(9_600);
    expect(remaining('output_tokens')).toBe(960);
  });

  it('teaches how large the next ones are', () => {
    settings = { ...settings, inputTokensPerMinute: 100_000, outputTokensPerMinute: 100_000 };
    for (let count = 0; count < 40; count++) {
      taken({ maxOutputTokens: 4_000 }).settle(usage(2_000, 500));
    }
    const left = remaining('input_tokens') ?? 0;
    const leftOutput = remaining('output_tokens') ?? 0;
    taken({ maxOutputTokens: 4_000 });
    expect(left - (remaining('input_tokens') ?? 0)).toBeCloseTo(2_000, -1);
    expect(leftOutput - (remaining('output_tokens') ?? 0)).toBeCloseTo(500, -1);
  });

  it('is nothing without an answer, and after a refusal', () => {
    learn(ROOMY);
    settings = { ...settings, requestsPerMinute: 100 };
    taken().settle(undefined);
    expect(remaining('requests')).toBe(100);
    const bad = taken();
    bad.answered(529, new Headers());
    bad.settle(usage(0, 0));
    expect(remaining('input_tokens')).toBe(600_001);
  });
});

describe('the user’s limits', () => {
  it('apply at once, and at once no more', async () => {
    learn(ROOMY);
    settings = { ...settings, requestsPerMinute: 2 };
    taken();
    taken();
    expect(refused()).toEqual({ limit: 'requests', waitMs: 30_000 });
    const { outcome } = waiting();
    settings = { ...settings, requestsPerMinute: 0 };
    await clock.advance(1_000);
    expect(outcome.reservation).toBeDefined();
  });

  it('let out what is larger than the whole bucket when that is full', async () => {
    learn(ROOMY);
    settings = { ...settings, inputTokensPerMinute: 600 };
    taken({ inputTokens: 60 });
    const { outcome } = waiting({ inputTokens: 5_000 });
    await clock.advance(8_000);
    expect(outcome.reservation).toBeDefined();
  });

  it('and all others mean nothing while pacing is off', () => {
    settings = { ...settings, requestsPerMinute: 1, enabled: false };
    pacer.throttled('f', 60_000);
    taken();
    taken();
  });
});

describe('a 429', () => {
  it('holds its family for as long as it says, and only that family', async () => {
    learn(ROOMY);
    pacer.throttled('f', 5_000);
    const { outcome, waits } = waiting();
    taken({ family: 'other' });
    expect(waits).toEqual([{ limit: 'requests', waitMs: 5_000 }]);
    await clock.advance(4_999);
    expect(outcome.reservation).toBeUndefined();
    await clock.advance(1);
    expect(outcome.reservation).toBeDefined();
  });

  it('that says nothing holds for growing times, once for all that were refused together', async () => {
    learn(ROOMY);
    const times: number[] = [];
    for (let count = 0; count < 7; count++) {
      pacer.throttled('f', undefined);
      pacer.throttled('f', undefined);
      const { waitMs } = refused();
      times.push(waitMs);
      await clock.advance(waitMs);
    }
    expect(times).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    learn(ROOMY);
    pacer.throttled('f', undefined);
    expect(refused().waitMs).toBe(1_000);
  });

  it('is followed by one request at a time until one gets through', async () => {
    learn(ROOMY);
    pacer.throttled('f', 2_000);
    await clock.advance(2_000);
    const first = taken();
    expect(refused().waitMs).toBe(1_000);
    first.answered(200, headers(ROOMY));
    taken();
    taken();
  });
});

describe('the line', () => {
  beforeEach(() => {
    learn(ROOMY);
    settings = { ...settings, requestsPerMinute: 60 };
    for (let count = 0; count < 60; count++) taken();
  });

  it('lets chat go first and keeps the order of arrival within one kind', async () => {
    const order: string[] = [];
    const wait = (name: string, action: PacingRequest['action']): void => {
      void pacer
        .reserve(request({ action }), { signal: endless, onWait: () => undefined })
        .then(() => order.push(name));
    };
    wait('batch', 'batch');
    wait('live', 'live');
    wait('inline 1', 'inline');
    wait('inline 2', 'inline');
    wait('chat', 'chat');
    await clock.advance(6_000);
    expect(order).toEqual(['chat', 'inline 1', 'inline 2', 'live', 'batch']);
  });

  it('goes by what was learnt while it waited', async () => {
    settings = { ...settings, requestsPerMinute: 0, outputTokensPerMinute: 1_000 };
    const running = taken({ action: 'batch', maxOutputTokens: 1_000 });
    const { outcome } = waiting({ action: 'batch', maxOutputTokens: 1_000 });
    await clock.advance(1_000);
    running.settle(usage(1_000, 10));
    await settled();
    expect(outcome.reservation).toBeDefined();
  });

  it('lets nobody starve', async () => {
    const batch = waiting({ action: 'batch' });
    for (let second = 0; second < 120 && !batch.outcome.reservation; second++) {
      waiting();
      waiting();
      await clock.advance(1_000);
    }
    expect(batch.outcome.at).toBeLessThan(100_000);
    pacer.dispose();
    await settled();
  });

  it('tells everyone the expected wait, and tells it again when that changes', async () => {
    const first = waiting();
    const second = waiting();
    expect(first.waits).toEqual([{ limit: 'requests', waitMs: 1_000 }]);
    expect(second.waits).toEqual([{ limit: 'requests', waitMs: 2_000 }]);
    expect(pacer.health()[0]?.waiting).toBe(2);
    pacer.throttled('f', 20_000);
    await clock.advance(1_000);
    expect(second.waits.at(-1)?.waitMs).toBeGreaterThan(15_000);
  });

  it('is left without a trace by an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { outcome } = waiting({}, controller.signal);
    const other = waiting();
    controller.abort(reason);
    await clock.advance(1_000);
    expect(outcome.error).toBe(reason);
    expect(other.outcome.reservation).toBeDefined();
    expect(waiting({}, controller.signal).outcome.reservation).toBeUndefined();
    await settled();
    expect(clock.pending).toBe(0);
  });

  it('may be left by who is just told of the wait', async () => {
    const controller = new AbortController();
    const waited = pacer.reserve(request(), {
      signal: controller.signal,
      onWait: () => controller.abort(new Error('too long')),
    });
    await expect(waited).rejects.toThrow('too long');
    expect(clock.pending).toBe(0);
  });

  it('is dismissed when the pacer goes', async () => {
    const { outcome } = waiting();
    pacer.dispose();
    await settled();
    expect(outcome.error).toMatchObject({ name: 'AbortError' });
  });
});

describe('windows on one key', () => {
  const use = { family: 'f', requests: 10, inputTokens: 10_000, outputTokens: 1_000 };

  it('tell each other once a second while there is traffic', async () => {
    const told: (readonly LimitUse[])[] = [];
    pacer = newPacer({
      exchange: (_, used) => {
        told.push(used);
        return Promise.resolve(told.length === 2 ? [use] : []);
      },
    });
    learn({ ...ROOMY, requests: [60, 60] });
    await clock.advance(5_000);
    expect(told).toEqual([[{ family: 'f', requests: 1, inputTokens: 1_000, outputTokens: 100 }]]);
    taken();
    await clock.advance(1_000);
    expect(told).toHaveLength(2);
    expect(remaining('requests')).toBe(50);
  });

  it('do without each other when that fails or hangs', async () => {
    let calls = 0;
    pacer = newPacer({
      exchange: () => {
        calls++;
        return calls === 1
          ? Promise.reject(new Error('disk'))
          : new Promise<never>(() => undefined);
      },
    });
    taken().settle(usage(1, 1));
    await clock.advance(1_000);
    taken();
    await clock.advance(1_000);
    taken();
    await clock.advance(4_999);
    expect(calls).toBe(2);
    await clock.advance(1_001);
    expect(calls).toBe(3);
  });
});
