import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../../src/base/clock';
import { CircuitBreaker } from '../../../../src/engine/resilience/circuitBreaker';
import type {
  BreakerOutcome,
  BreakerPermit,
} from '../../../../src/engine/resilience/breakerPermit';
import type { BreakerState } from '../../../../src/engine/health';
import type { EngineSettings } from '../../../../src/engine/settings';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { seededRandom } from '../../../helpers/seededRandom';

type Settings = EngineSettings['breaker'];
type Kind = BreakerOutcome['kind'];

const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));

/**
 * What a circuit breaker is, said a second time as simply as possible: a list of all outcomes, a set of all permits, and the
 * rules one after the other. Slow calls are not in it.
 */
class Model {
  now = 0;
  state: BreakerState = 'closed';
  failuresInRow = 0;
  /** Before the last success. */
  rowBefore = 0;
  successes = 0;
  outcomes: { at: number; failed: boolean }[] = [];
  /** Of permits that still count: whether each one holds a place. */
  permits = new Map<number, 'free' | 'held'>();
  outageStart = 0;
  halfOpenAt = 0;
  recoveryMs = 0;
  leniency = 1;
  trialDueAt = 0;
  readonly settings: Settings;
  readonly random: () => number;

  constructor(settings: Settings, seed: number) {
    this.settings = settings;
    this.random = seededRandom(seed);
  }

  get places(): number {
    return [...this.permits.values()].filter((place) => place === 'held').length;
  }

  advance(ms: number): void {
    this.now += ms;
    if (this.state !== 'open' || this.now < this.halfOpenAt) return;
    this.state = 'half_open';
    this.successes = 0;
  }

  admits(patient: boolean): boolean {
    if (this.state === 'closed') return true;
    if (this.state === 'half_open') return this.places < this.settings.halfOpenRequests;
    return patient && this.places === 0 && this.now >= this.trialDueAt;
  }

  acquire(id: number, patient: boolean): boolean {
    const isAdmitted = this.admits(patient);
    if (isAdmitted) this.permits.set(id, this.state === 'closed' ? 'free' : 'held');
    return isAdmitted;
  }

  settle(id: number, kind: Kind): void {
    const place = this.permits.get(id);
    this.permits.delete(id);
    if (place === undefined) return;
    if (kind === 'success') this.succeed();
    else if (this.state === 'open') {
      this.trialDueAt = this.now + this.jitter(kind === 'ignored' ? 3_000 : this.interval());
      if (kind === 'failure') this.count(true);
    } else if (kind === 'failure') this.fail();
  }

  succeed(): void {
    this.count(false);
    if (this.state === 'closed') return;
    if (this.state === 'open') this.successes = 0;
    this.state = 'half_open';
    this.successes++;
    const enough = clamp(Math.round(this.settings.successThreshold / this.leniency), 1, 10);
    if (this.successes >= enough) this.close();
  }

  /** After its first token: that was no success then. */
  breakOff(): void {
    if (this.state !== 'open' && this.failuresInRow === 0) this.failuresInRow = this.rowBefore;
    this.fail();
  }

  fail(): void {
    if (this.state === 'open') return;
    this.count(true);
    if (this.state === 'half_open') {
      this.reopen(Math.min(300_000, this.recoveryMs * this.settings.factor));
      return;
    }
    const window = this.window();
    const leniency = this.leniencyNow();
    const { failureThreshold, recoveryMs } = this.settings;
    const bound = Math.round(failureThreshold * leniency);
    const inRow = this.failuresInRow >= clamp(bound, Math.min(2, failureThreshold), 20);
    const share = window.filter(({ failed }) => failed).length / window.length;
    if (!inRow && !(window.length >= 20 && share >= 0.5)) return;
    this.leniency = leniency;
    this.outageStart = this.now;
    this.reopen(clamp(recoveryMs / leniency, 10_000, 300_000));
  }

  reopen(recoveryMs: number): void {
    this.state = 'open';
    this.permits.clear();
    this.recoveryMs = recoveryMs;
    this.halfOpenAt = this.now + recoveryMs;
    this.trialDueAt = this.now + this.jitter(this.interval());
  }

  close(): void {
    this.state = 'closed';
    this.failuresInRow = 0;
    this.rowBefore = 0;
    this.outcomes = [];
    for (const id of this.permits.keys()) this.permits.set(id, 'free');
  }

  reset(): void {
    this.close();
    this.permits.clear();
  }

  count(failed: boolean): void {
    this.outcomes.push({ at: this.now, failed });
    if (!failed) this.rowBefore = this.failuresInRow;
    this.failuresInRow = failed ? this.failuresInRow + 1 : 0;
  }

  /** A minute, in steps of 5 s. */
  window(): { at: number; failed: boolean }[] {
    const step = (at: number): number => Math.floor(at / 5_000);
    return this.outcomes.filter(({ at }) => step(this.now) - step(at) < 12);
  }

  leniencyNow(): number {
    const window = this.window();
    if (!this.settings.adaptive || window.length < 20) return 1;
    const share = window.filter(({ failed }) => failed).length / window.length;
    return Math.max(0.5, Math.pow(2, 1 - 4 * share));
  }

  interval(): number {
    return clamp((this.now - this.outageStart) / 10, 3_000, 30_000);
  }

  jitter(ms: number): number {
    return ms * (0.9 + 0.2 * this.random());
  }
}

type Step =
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'acquire'; readonly patient: boolean }
  | { readonly kind: 'settle'; readonly which: number; readonly outcome: Kind }
  | { readonly kind: 'call'; readonly times: number; readonly outcome: Kind }
  | { readonly kind: 'failed' }
  | { readonly kind: 'reset' };

const outcome = fc.constantFrom<Kind[]>('failure', 'success', 'ignored');
const advance = fc.record({
  kind: fc.constant('advance' as const),
  ms: fc.oneof(
    fc.integer({ min: 0, max: 4_000 }),
    fc.integer({ min: 0, max: 70_000 }),
    fc.constantFrom(3_000, 3_300, 10_000, 60_000, 300_000, 1e9),
  ),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: advance },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('acquire' as const), patient: fc.boolean() }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat(), outcome }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      times: fc.integer({ min: 1, max: 25 }),
      outcome,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('failed' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
);
const history = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
const settings: fc.Arbitrary<Settings> = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 20 }),
  recoveryMs: fc.integer({ min: 10_000, max: 300_000 }),
  successThreshold: fc.integer({ min: 1, max: 10 }),
  factor: fc.double({ min: 1.5, max: 3, noNaN: true }),
  halfOpenRequests: fc.integer({ min: 1, max: 10 }),
  adaptive: fc.boolean(),
});

const outcomeOf = (kind: Kind): BreakerOutcome =>
  kind === 'success' ? { kind, firstTokenMs: undefined } : { kind };

/** The breaker and its model through the same history. */
class Pair {
  readonly model: Model;
  readonly breaker: CircuitBreaker;
  readonly permits: { readonly id: number; readonly permit: BreakerPermit }[] = [];
  /** Changes of the state that were told. */
  readonly ways = new Set<string>();
  #nextId = 0;

  constructor(settings: Settings, seed: number) {
    const model = new Model(settings, seed);
    this.model = model;
    const clock: Clock = {
      now: () => model.now,
      wallNow: () => model.now,
      setTimeout: () => {
        throw new Error('nobody waits');
      },
    };
    this.breaker = new CircuitBreaker({
      endpointId: 'api',
      family: 'sonnet-5',
      settings: () => settings,
      clock,
      random: seededRandom(seed),
    });
    let before: BreakerState = 'closed';
    this.breaker.onChange(() => {
      expect(this.breaker.state).not.toBe(before);
      this.ways.add(`${before} ${this.breaker.state}`);
      before = this.breaker.state;
    });
  }

  run(step: Step): void {
    switch (step.kind) {
      case 'advance':
        this.model.advance(step.ms);
        break;
      case 'acquire':
        this.acquire(step.patient);
        break;
      case 'settle': {
        // Settled ones stay in the list, so that many are settled twice.
        const held = this.permits[step.which % Math.max(1, this.permits.length)];
        if (held) this.settle(held, step.outcome);
        break;
      }
      case 'call':
        for (let i = 0; i < step.times; i++) {
          const held = this.acquire(true);
          if (held) this.settle(held, step.outcome);
        }
        break;
      case 'failed':
        this.model.breakOff();
        this.breaker.failed();
        break;
      case 'reset':
        this.model.reset();
        this.breaker.reset();
        break;
    }
  }

  acquire(patient: boolean): Pair['permits'][number] | undefined {
    const id = this.#nextId++;
    const expected = this.model.acquire(id, patient);
    const permit = this.breaker.tryAcquire(patient);
    expect(permit !== undefined).toBe(expected);
    if (!permit) return undefined;
    const held = { id, permit };
    this.permits.push(held);
    return held;
  }

  settle(held: Pair['permits'][number], kind: Kind): void {
    this.model.settle(held.id, kind);
    held.permit.settle(outcomeOf(kind));
  }

  check(): void {
    const { model, breaker } = this;
    const health = breaker.health();
    const window = model.window();
    expect(breaker.state).toBe(model.state);
    expect(breaker.nextAttemptMs === 0).toBe(model.admits(true));
    expect(health).toMatchObject({
      state: model.state,
      failures: model.failuresInRow,
      successes: model.state === 'half_open' ? model.successes : 0,
      failureShare:
        window.length === 0 ? 0 : window.filter(({ failed }) => failed).length / window.length,
    });
    if (model.state === 'open') {
      expect(health.retryInMs).toBe(model.halfOpenAt - model.now);
      expect(health.recoveryMs).toBe(model.recoveryMs);
      expect(model.places).toBeLessThanOrEqual(1);
    } else {
      expect(health.retryInMs).toBeUndefined();
    }
    if (model.state === 'half_open') {
      expect(model.places).toBeLessThanOrEqual(model.settings.halfOpenRequests);
    }
    expect(breaker.saved() === undefined).toBe(model.state === 'closed');
  }
}

describe('CircuitBreaker, through random histories', () => {
  test('does what its model does', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(settings, fc.nat(), history, (settings, seed, steps) => {
        const pair = new Pair(settings, seed);
        for (const step of steps) {
          pair.run(step);
          pair.check();
        }
        for (const way of pair.ways) seen.add(way);
        pair.breaker.dispose();
        // What comes after the end does no harm.
        for (const { permit } of pair.permits) permit.settle({ kind: 'failure' });
      }),
      { seed: 5, numRuns: 150 },
    );
    // The histories went everywhere.
    for (const way of ['closed open', 'open half_open', 'half_open closed', 'half_open open']) {
      expect(seen).toContain(way);
    }
  });

  test('places come back: with all permits settled and time gone by, requests go out', () => {
    fc.assert(
      fc.property(settings, fc.nat(), history, (settings, seed, steps) => {
        const pair = new Pair(settings, seed);
        for (const step of steps) pair.run(step);
        for (const held of pair.permits) pair.settle(held, 'ignored');
        pair.model.advance(300_000);
        const count = pair.breaker.state === 'closed' ? 30 : settings.halfOpenRequests;
        for (let i = 0; i < count; i++) expect(pair.breaker.tryAcquire(false)).toBeDefined();
        pair.breaker.dispose();
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  test('all who wait end, no more come than there are places, and no timer stays', async () => {
    interface Client {
      readonly patienceMs: number;
      readonly arrivesMs: number;
      readonly takesMs: number;
    }
    const client: fc.Arbitrary<Client> = fc.record({
      arrivesMs: fc.integer({ min: 0, max: 60_000 }),
      patienceMs: fc.integer({ min: 1_000, max: 400_000 }),
      takesMs: fc.integer({ min: 0, max: 20_000 }),
    });
    const crowd = fc.array(client, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.nat(),
        crowd,
        fc.integer({ min: 0, max: 200_000 }),
        fc.boolean(),
        async (settings, seed, clients, outageMs, isDisposedEarly) => {
          const clock = new FakeClock();
          const breaker = new CircuitBreaker({
            endpointId: 'api',
            family: 'sonnet-5',
            settings: () => settings,
            clock,
            random: seededRandom(seed),
          });
          for (let i = 0; i < 20; i++) breaker.tryAcquire(true)?.settle({ kind: 'failure' });
          const ends: string[] = [];
          let woken = 0;
          let out = 0;
          const live = async ({ patienceMs, takesMs }: Client): Promise<void> => {
            const signal = new AbortController();
            const timer = clock.setTimeout(() => signal.abort(), patienceMs);
            try {
              for (;;) {
                const permit = breaker.tryAcquire(true);
                if (!permit) {
                  await breaker.wait(signal.signal);
                  woken++;
                  continue;
                }
                out++;
                const most = { open: 1, half_open: settings.halfOpenRequests, closed: 99 };
                expect(out).toBeLessThanOrEqual(most[breaker.state]);
                const isUp = clock.now() >= outageMs;
                await new Promise<void>((resolve) => void clock.setTimeout(resolve, takesMs));
                out--;
                permit.settle(outcomeOf(isUp ? 'success' : 'failure'));
                if (isUp) return;
              }
            } finally {
              timer.dispose();
            }
          };
          for (const each of clients) {
            clock.setTimeout(() => {
              live(each).then(
                () => ends.push('answered'),
                () => ends.push('gave up'),
              );
            }, each.arrivesMs);
          }
          await clock.advance(70_000);
          if (isDisposedEarly) breaker.dispose();
          await clock.advance(500_000);
          await settle();
          expect(ends).toHaveLength(clients.length);
          // Each wake is for a place: a crowd is not called to be sent back.
          expect(woken).toBeLessThanOrEqual(400 + clients.length);
          breaker.dispose();
          expect(clock.pending).toBe(0);
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  });
});
