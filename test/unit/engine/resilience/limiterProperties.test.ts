import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { AGING_STEP_MS } from '../../../../src/engine/resilience/agingQueue';
import { Limiter } from '../../../../src/engine/resilience/limiter';
import type { Action } from '../../../../src/engine/types';
import { FakeClock, settle } from '../../../helpers/fakeClock';

const SEED = { seed: 3, numRuns: 60 };

/** A signal that knows its listeners. */
class CountingController extends AbortController {
  listeners = 0;
  constructor() {
    super();
    const { signal } = this;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    const known = new Set<unknown>();
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      known.add(args[1]);
      this.listeners = known.size;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      known.delete(args[1]);
      this.listeners = known.size;
      remove(...args);
    };
  }
}

interface Job {
  readonly action: Action;
  readonly stop: CountingController;
  readonly work: Deferred<void>;
  starts: number;
  ends: number;
  outcome: 'waiting' | 'done' | 'failed';
}

const action = fc.constantFrom<Action[]>('chat', 'inline', 'live', 'batch');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), action }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(20_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('tell' as const),
      kind: fc.constantFrom('ok' as const, 'overloaded' as const, 'throttled' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      concurrency: fc.integer({ min: 1, max: 6 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly clock = new FakeClock();
  readonly limiter = new Limiter(
    { concurrency: 3, queueLimit: 8, adaptiveConcurrency: true },
    this.clock,
  );
  readonly jobs: Job[] = [];
  running = 0;

  async take(each: Step): Promise<void> {
    switch (each.do) {
      case 'add':
        this.#add(each.action);
        break;
      case 'end':
        this.#pick(each.which)?.work.resolve();
        break;
      case 'abort':
        this.#pick(each.which)?.stop.abort(new Error('stopped'));
        break;
      case 'pass':
        await this.clock.advance(each.ms);
        break;
      case 'tell':
        this.limiter.feedback(
          each.kind === 'ok' ? { kind: 'ok', firstTokenMs: 100 } : { kind: each.kind },
        );
        break;
      case 'set':
        this.limiter.setLimits({
          concurrency: each.concurrency,
          queueLimit: 8,
          adaptiveConcurrency: true,
        });
    }
    await settle();
  }

  #pick(which: number): Job | undefined {
    return this.jobs[which % Math.max(1, this.jobs.length)];
  }

  #add(kind: Action): void {
    const job: Job = {
      action: kind,
      stop: new CountingController(),
      work: new Deferred<void>(),
      starts: 0,
      ends: 0,
      outcome: 'waiting',
    };
    this.jobs.push(job);
    const ended = (outcome: Job['outcome']) => (): void => {
      job.ends++;
      job.outcome = outcome;
    };
    this.limiter
      .run(
        async () => {
          expect(this.running).toBeLessThan(this.limiter.concurrency);
          this.running++;
          job.starts++;
          await job.work.promise;
          this.running--;
        },
        {
          action: kind,
          signal: job.stop.signal,
          admitted: false,
          onQueued: () => {},
          onStart: () => {},
        },
      )
      .then(ended('done'), ended('failed'));
  }

  check(): void {
    const waiting = this.jobs.filter(({ starts, ends }) => starts === 0 && ends === 0);
    expect(this.limiter.queued).toBe(waiting.length);
    expect(this.limiter.queued).toBeLessThanOrEqual(8);
    expect(this.limiter.running).toBe(this.running);
    expect(this.limiter.concurrency).toBeGreaterThanOrEqual(1);
    expect(this.limiter.concurrency).toBeLessThanOrEqual(this.limiter.maxConcurrency);
    for (const { starts, ends, stop } of this.jobs) {
      expect(starts).toBeLessThanOrEqual(1);
      expect(ends).toBeLessThanOrEqual(1);
      if (starts + ends > 0) expect(stop.listeners).toBe(0);
    }
    // No slot stays empty while someone waits.
    if (waiting.length > 0) expect(this.running).toBeGreaterThanOrEqual(this.limiter.concurrency);
  }
}

describe('Limiter, whatever happens in whatever order', () => {
  test('keeps the limit, ends every task once, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        for (const each of steps) {
          await world.take(each);
          world.check();
        }
        for (let round = 0; round <= world.jobs.length; round++) {
          for (const job of world.jobs) if (job.starts === 1) job.work.resolve();
          await settle();
        }
        world.check();
        expect([world.limiter.queued, world.limiter.running, world.clock.pending]).toEqual([
          0, 0, 0,
        ]);
        for (const job of world.jobs) {
          expect(job.ends).toBe(1);
          // What ran to its end is done, however late its signal was aborted.
          expect(job.outcome).toBe(job.starts === 1 ? 'done' : 'failed');
        }
        world.limiter.dispose();
      }),
      SEED,
    );
  });

  test('starts every kind of work within a bound, however many chats keep coming', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Action[]>('inline', 'live', 'batch'),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 500, max: 3_000 }),
        async (kind, concurrency, slotMs) => {
          const clock = new FakeClock();
          const limiter = new Limiter(
            { concurrency, queueLimit: 10_000, adaptiveConcurrency: true },
            clock,
          );
          const work = (): Promise<void> =>
            new Promise((resolve) => {
              clock.setTimeout(resolve, slotMs);
            });
          const signal = new AbortController().signal;
          const add = (each: Action, onStart: (waitedMs: number) => void): Promise<void> =>
            limiter.run(work, {
              action: each,
              signal,
              admitted: true,
              onQueued: () => {},
              onStart,
            });
          const chats: Promise<void>[] = [];
          const waits: number[] = [];
          const chat = (): void => void chats.push(add('chat', () => {}));
          for (let each = 0; each < concurrency; each++) chat();
          const task = add(kind, (ms) => void waits.push(ms));
          // As many chats as the slots can take, for ever.
          const perRound = concurrency;
          for (
            let passed = 0;
            waits.length === 0 && passed <= 4 * AGING_STEP_MS;
            passed += slotMs
          ) {
            for (let each = 0; each < perRound; each++) chat();
            await clock.advance(slotMs);
          }
          expect(waits[0]).toBeLessThanOrEqual(3 * AGING_STEP_MS + 2 * slotMs);
          while (limiter.running + limiter.queued > 0) await clock.advance(slotMs);
          await Promise.all([task, ...chats]);
          limiter.dispose();
        },
      ),
      { seed: 3, numRuns: 12 },
    );
  });
});
