import * as fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { InFlight } from '../../../../src/engine/cache/inFlight';
import { settle } from '../../../helpers/fakeClock';

/** Adjacent pieces in one. */
const merge = (events: readonly string[]): readonly string[] =>
  events.length === 0 ? [] : [events.join('')];

/** The work under one key, steered by hand. */
class Bench {
  readonly inFlight = new InFlight<string, string>();
  readonly works: Work[] = [];
  readonly callers: Caller[] = [];
  /** How many events each merge had to go through. */
  readonly mergedSizes: number[] = [];

  join(behaviour: { readonly throwsAt?: number; readonly onEvent?: () => void } = {}): Caller {
    const caller = new Caller(behaviour);
    this.callers.push(caller);
    caller.outcome = this.inFlight
      .run('key', {
        signal: caller.controller.signal,
        onEvent: caller.onEvent,
        onShared: () => caller.log.push('<shared>'),
        merge: (events) => {
          this.mergedSizes.push(events.length);
          return merge(events);
        },
        start: ({ signal, onEvent }) => {
          const work = { signal, onEvent, end: new Deferred<string>(), told: '' };
          this.works.push(work);
          return work.end.promise;
        },
      })
      .then(
        (value) => caller.settled.push(`value ${value}`),
        (error: unknown) => caller.settled.push(`error ${String(error)}`),
      );
    return caller;
  }

  get work(): Work {
    const work = this.works.at(-1);
    if (!work) throw new Error('no work was started');
    return work;
  }

  tell(text: string): void {
    this.work.told += text;
    this.work.onEvent(text);
  }
}

interface Work {
  readonly signal: AbortSignal;
  readonly onEvent: (event: string) => void;
  readonly end: Deferred<string>;
  told: string;
}

class Caller {
  readonly controller = new AbortController();
  readonly log: string[] = [];
  readonly settled: string[] = [];
  outcome: Promise<unknown> = Promise.resolve();
  readonly #behaviour: { readonly throwsAt?: number; readonly onEvent?: () => void };

  constructor(behaviour: { readonly throwsAt?: number; readonly onEvent?: () => void }) {
    this.#behaviour = behaviour;
  }

  readonly onEvent = (text: string): void => {
    this.log.push(text);
    this.#behaviour.onEvent?.();
    const { throwsAt } = this.#behaviour;
    if (throwsAt !== undefined && this.text.length > throwsAt) throw new Error('reader failed');
  };

  get text(): string {
    return this.log.filter((entry) => entry !== '<shared>').join('');
  }

  get listeners(): number {
    return getEventListeners(this.controller.signal, 'abort').length;
  }
}

describe('InFlight', () => {
  it('starts once for callers of one key, and gives each all events and the outcome', async () => {
    const bench = new Bench();
    const [first, second] = [bench.join(), bench.join()];
    bench.tell('a');
    bench.tell('b');
    bench.work.end.resolve('done');
    await settle();
    expect(bench.works).toHaveLength(1);
    expect(first.log).toEqual(['a', 'b']);
    expect(second.log).toEqual(['<shared>', 'a', 'b']);
    expect([first.settled, second.settled]).toEqual([['value done'], ['value done']]);
    expect(bench.inFlight.size).toBe(0);
  });

  it('tells a late caller at once what came before, merged', () => {
    const bench = new Bench();
    bench.join();
    bench.tell('a');
    bench.tell('b');
    const late = bench.join();
    expect(late.log).toEqual(['<shared>', 'ab']);
    bench.tell('c');
    expect(late.log).toEqual(['<shared>', 'ab', 'c']);
  });

  it('keeps little for late callers, however many events there were', () => {
    const bench = new Bench();
    bench.join();
    for (let n = 0; n < 5_000; n++) bench.tell('x');
    expect(bench.join().log).toEqual(['<shared>', 'x'.repeat(5_000)]);
    expect(Math.max(...bench.mergedSizes)).toBeLessThan(1_000);
  });

  it('lets each caller stop alone, and stops the work with the last one', async () => {
    const bench = new Bench();
    const [first, second] = [bench.join(), bench.join()];
    bench.tell('a');
    first.controller.abort(new Error('first stops'));
    bench.tell('b');
    expect(bench.work.signal.aborted).toBe(false);
    second.controller.abort(new Error('second stops'));
    expect(bench.work.signal.aborted).toBe(true);
    expect(bench.inFlight.size).toBe(0);
    bench.tell('late');
    bench.work.end.reject(new Error('aborted'));
    await settle();
    expect([first.text, second.text]).toEqual(['a', 'ab']);
    expect(first.settled).toEqual(['error Error: first stops']);
    expect(second.settled).toEqual(['error Error: second stops']);
  });

  it('starts anew for one who comes after the last has gone', async () => {
    const bench = new Bench();
    bench.join().controller.abort();
    const next = bench.join();
    expect(bench.works).toHaveLength(2);
    bench.works[0]?.end.reject(new Error('aborted'));
    await settle();
    expect(bench.inFlight.size).toBe(1);
    bench.work.end.resolve('done');
    await settle();
    expect(next.settled).toEqual(['value done']);
    expect(next.log).toEqual([]);
  });

  it('fails all who wait with the same error', async () => {
    const bench = new Bench();
    const callers = [bench.join(), bench.join()];
    bench.work.end.reject(new Error('overloaded'));
    await settle();
    expect(callers.map(({ settled }) => settled)).toEqual([
      ['error Error: overloaded'],
      ['error Error: overloaded'],
    ]);
    expect(bench.work.signal.aborted).toBe(false);
  });

  it('turns a start that throws into the failure of its caller', async () => {
    const inFlight = new InFlight<string, string>();
    const call = {
      signal: new AbortController().signal,
      onEvent: () => undefined,
      onShared: () => undefined,
      start: () => {
        throw new Error('no start');
      },
      merge,
    };
    await expect(inFlight.run('key', call)).rejects.toThrow('no start');
    expect(inFlight.size).toBe(0);
  });

  it('starts nothing for a caller that has stopped before', async () => {
    const bench = new Bench();
    const running = bench.join();
    const signal = AbortSignal.abort(new Error('too late'));
    const nothing = (): never => {
      throw new Error('called');
    };
    const call = { signal, onEvent: nothing, onShared: nothing, start: nothing, merge };
    await expect(bench.inFlight.run('key', call)).rejects.toThrow('too late');
    await expect(bench.inFlight.run('other', call)).rejects.toThrow('too late');
    expect(running.settled).toEqual([]);
    expect(bench.inFlight.size).toBe(1);
  });

  it('tells all callers in one order when a caller causes an event', () => {
    const bench = new Bench();
    let isTold = false;
    const echo = (): void => {
      if (isTold) return;
      isTold = true;
      bench.tell('b');
    };
    bench.join({ onEvent: echo });
    const second = bench.join();
    bench.tell('a');
    bench.tell('c');
    expect(second.text).toBe('abc');
    isTold = false;
    const late = bench.join({ onEvent: echo });
    expect(late.text).toBe('abcb');
    expect(second.text).toBe('abcb');
  });

  it('gives one who joins while an event is told that event once', () => {
    const bench = new Bench();
    const late: Caller[] = [];
    bench.join({ onEvent: () => void (late.length === 0 && late.push(bench.join())) });
    bench.tell('a');
    bench.tell('b');
    expect(late[0]?.text).toBe('ab');
  });
});

type Step =
  | { readonly do: 'join'; readonly throwsAt: number }
  | { readonly do: 'tell'; readonly text: string }
  | { readonly do: 'abort'; readonly who: number }
  | { readonly do: 'succeed' | 'fail' | 'settle' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join'), throwsAt: fc.nat(30) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('tell'), text: fc.string({ maxLength: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('abort'), who: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('succeed', 'fail', 'settle') }) },
);

describe('InFlight, for any order of joining, telling, stopping, throwing and ending', () => {
  it('serves each caller a whole prefix, settles it once, and stops the work exactly when all have gone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const bench = new Bench();
        const joined: { readonly caller: Caller; readonly work: Work }[] = [];
        let ended = new Set<Work>();
        for (const step of steps) {
          await run(bench, step, joined, ended);
          for (const work of bench.works) {
            const callers = joined.filter((entry) => entry.work === work);
            const left = callers.filter(({ caller }) => caller.listeners > 0);
            if (!ended.has(work)) expect(work.signal.aborted).toBe(left.length === 0);
            for (const { caller } of left) expect(caller.text).toBe(work.told);
            for (const { caller } of callers) {
              expect(work.told.startsWith(caller.text)).toBe(true);
            }
          }
        }
        for (const { controller } of bench.callers) controller.abort();
        ended = new Set(bench.works);
        await settle();
        expect(bench.inFlight.size).toBe(0);
        for (const caller of bench.callers) {
          expect(caller.settled).toHaveLength(1);
          expect(caller.listeners).toBe(0);
        }
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});

async function run(
  bench: Bench,
  step: Step,
  joined: { readonly caller: Caller; readonly work: Work }[],
  ended: Set<Work>,
): Promise<void> {
  const work = bench.works.at(-1);
  switch (step.do) {
    case 'join': {
      const caller = bench.join({ throwsAt: step.throwsAt });
      joined.push({ caller, work: bench.work });
      return;
    }
    case 'tell':
      // What an aborted or ended request still says is for nobody.
      if (work && (work.signal.aborted || ended.has(work))) work.onEvent(step.text);
      else if (work) bench.tell(step.text);
      return;
    case 'abort':
      bench.callers[step.who]?.controller.abort();
      return;
    case 'succeed':
    case 'fail':
      if (!work) return;
      if (step.do === 'succeed') work.end.resolve('done');
      else work.end.reject(new Error('failed'));
      ended.add(work);
      await settle();
      return;
    case 'settle':
      await settle();
  }
}
