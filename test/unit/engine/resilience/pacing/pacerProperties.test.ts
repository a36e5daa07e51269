import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../../../src/engine/resilience/pacing/pacer';
import { DEFAULT_SETTINGS } from '../../../../../src/engine/settings';
import type { Action } from '../../../../../src/engine/types';
import { FakeClock } from '../../../../helpers/fakeClock';
import { seededRandom } from '../../../../helpers/seededRandom';
import { drive, usage } from './drive';
import { ReferenceServer } from './referenceServer';

const MINUTE_MS = 60_000;
const LIMITS = {
  requestsPerMinute: 20,
  inputTokensPerMinute: 10_000,
  outputTokensPerMinute: 2_000,
};
const settings = () => ({ ...DEFAULT_SETTINGS.pacing, ...LIMITS });

const action = fc.constantFrom<Action>('chat', 'inline', 'live', 'batch');
const step = fc.record({
  action,
  afterMs: fc.integer({ min: 0, max: 5_000 }),
  inputTokens: fc.integer({ min: 0, max: 10_000 }),
  maxOutputTokens: fc.integer({ min: 1, max: 2_000 }),
  /** When the caller gives up; far off: never. */
  patienceMs: fc.integer({ min: 0, max: 200_000 }),
});
const steps = fc.array(step, { maxLength: 25 });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Sent extends Step {
  readonly at: number;
}

/** Requests that never end, so that nothing put aside comes back. */
async function play(plan: readonly Step[], forMs: number) {
  const clock = new FakeClock();
  const pacer = new Pacer({ endpointId: 'e', settings, clock });
  const sent: Sent[] = [];
  let ended = 0;
  const learning = pacer.tryReserve({
    family: 'f',
    model: 'other',
    action: 'chat',
    inputTokens: 0,
    maxOutputTokens: 0,
  });
  if ('settle' in learning) learning.settle(usage(0, 0));
  for (const each of plan) {
    await clock.advance(each.afterMs);
    const giveUp = new AbortController();
    const onWait = ({ waitMs }: { readonly waitMs: number }): void => {
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThan(1e9);
    };
    const timer = clock.setTimeout(() => giveUp.abort(), each.patienceMs);
    void pacer
      .reserve({ family: 'f', model: 'm', ...each }, { signal: giveUp.signal, onWait })
      .then(
        () => void sent.push({ ...each, at: clock.now() }),
        () => undefined,
      )
      .finally(() => {
        ended++;
        timer.dispose();
      });
  }
  await clock.advance(forMs);
  return { clock, pacer, sent, ended };
}

describe('for any requests', () => {
  it('no minute sees more than the bucket and its refill', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { sent, pacer } = await play(plan, 200_000);
        pacer.dispose();
        for (const { at: from } of sent) {
          const inWindow = sent.filter(({ at }) => at >= from && at <= from + MINUTE_MS);
          const input = inWindow.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
          const output = inWindow.reduce(
            (sum, { maxOutputTokens }) => sum + Math.min(1_024, maxOutputTokens),
            0,
          );
          // The first one of the run asked for the limits.
          expect(inWindow.length).toBeLessThanOrEqual(2 * LIMITS.requestsPerMinute);
          expect(input).toBeLessThanOrEqual(2 * LIMITS.inputTokensPerMinute + 0.1);
          expect(output).toBeLessThanOrEqual(2 * LIMITS.outputTokensPerMinute + 0.1);
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('each is sent or given up, in the end, and nothing stays behind', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { clock, pacer, ended } = await play(plan, 25 * 2 * MINUTE_MS);
        expect(ended).toBe(plan.length);
        expect(clock.pending).toBe(0);
        for (const { waiting, remaining } of pacer.health()) {
          expect(waiting).toBe(0);
          expect(remaining).toBeGreaterThanOrEqual(0);
        }
        pacer.dispose();
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('of a server alone with us, none but the first is refused', async () => {
    const load = fc.record({
      seed: fc.integer({ min: 0, max: 1_000_000 }),
      fill: fc.double({ min: 0, max: 1, noNaN: true }),
      concurrency: fc.integer({ min: 1, max: 30 }),
      input: fc.integer({ min: 100, max: 8_000 }),
      output: fc.integer({ min: 10, max: 1_500 }),
      firstTokenMs: fc.integer({ min: 20, max: 3_000 }),
      tokensPerSecond: fc.integer({ min: 30, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(load, async ({ seed, fill, ...rest }) => {
        const clock = new FakeClock();
        const random = seededRandom(seed);
        const limits = { requests: 60, input: 40_000, output: 16_000 };
        const server = new ReferenceServer({ limits, clock, random, fill });
        const pacer = new Pacer({
          endpointId: 'e',
          settings: () => DEFAULT_SETTINGS.pacing,
          clock,
        });
        await drive({ clock, pacer, server, random, forMs: 90_000, ...rest });
        pacer.dispose();
        expect(server.refused).toBeLessThanOrEqual(2);
        expect(clock.pending).toBe(0);
      }),
      { seed: 3, numRuns: 40 },
    );
  });
});
