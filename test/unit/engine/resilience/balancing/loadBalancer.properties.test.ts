import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoadBalancer } from '../../../../../src/engine/resilience/balancing/loadBalancer';
import { DEFAULT_SETTINGS } from '../../../../../src/engine/settings';
import { FakeClock } from '../../../../helpers/fakeClock';
import { testEndpoint } from '../../../../helpers/modelHarness';
import { seededRandom } from '../../../../helpers/seededRandom';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const GROUPS = ['default', 'private'] as const;

const id = fc.constantFrom(...IDS);
const ids = fc.subarray([...IDS]);
const endpoints = fc.uniqueArray(
  fc.record({
    id,
    group: fc.constantFrom(...GROUPS),
    weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
  }),
  { selector: (endpoint) => endpoint.id, minLength: 1 },
);

type Step =
  | {
      readonly kind: 'pick';
      readonly group: string;
      readonly conversationId: string | undefined;
      readonly exclude: readonly string[];
      readonly unusable: readonly string[];
    }
  | { readonly kind: 'fail' | 'ok'; readonly id: string; readonly times: number }
  | { readonly kind: 'probed'; readonly id: string; readonly ok: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'share'; readonly share: number }
  | {
      readonly kind: 'endpoints';
      readonly endpoints: readonly { id: string; group: string; weight: number }[];
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pick' as const),
      group: fc.constantFrom(...GROUPS),
      conversationId: fc.constantFrom(undefined, 'x', 'y'),
      exclude: ids,
      unusable: ids,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('fail' as const, 'fail' as const, 'ok' as const),
      id,
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  fc.record({ kind: fc.constant('probed' as const), id, ok: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60_000 }) }),
  fc.record({ kind: fc.constant('share' as const), share: fc.constantFrom(0, 0.25, 0.5, 1) }),
  fc.record({ kind: fc.constant('endpoints' as const), endpoints }),
);

/** A clock whose timers never fire by themselves: what is due is noticed by the balancer anyway. */
class JumpingClock extends FakeClock {
  #now = 0;

  override now(): number {
    return this.#now;
  }

  jump(ms: number): void {
    this.#now += ms;
  }
}

describe('LoadBalancer, whatever happens', () => {
  test('keeps to the group, to what is excluded, to a conversation and to the limit of ejections', () => {
    fc.assert(
      fc.property(endpoints, fc.array(step, { maxLength: 60 }), fc.nat(), (first, steps, seed) => {
        const clock = new JumpingClock();
        let share = DEFAULT_SETTINGS.balancing.maxEjectedShare;
        const balancer = new LoadBalancer({
          settings: () => ({ ...DEFAULT_SETTINGS.balancing, maxEjectedShare: share }),
          clock,
          random: seededRandom(seed),
        });
        let present = first;
        const set = (next: typeof first): void => {
          present = next;
          balancer.setEndpoints(next.map((one) => testEndpoint('http://localhost', one)));
        };
        const isEjected = (one: string): boolean => balancer.state(one).ejectedForMs !== undefined;
        const homes = new Map<string, string>();
        const pick = (it: Extract<Step, { kind: 'pick' }>): void => {
          const excluded = new Set(it.exclude);
          const members = present
            .filter((one) => one.group === it.group)
            .map((one): string => one.id);
          const left = members.filter((one) => !excluded.has(one));
          const isUsable = (one: string): boolean => !it.unusable.includes(one);
          const picked = balancer.pick({ ...it, exclude: excluded, isUsable });
          if (left.length === 0) {
            expect(picked).toBeUndefined();
            return;
          }
          expect(left).toContain(picked);
          if (picked === undefined) return;
          const fit = left.filter((one) => isUsable(one) && !isEjected(one));
          if (fit.length > 0) expect(fit).toContain(picked);
          if (it.conversationId === undefined || members.length < 2) return;
          const home = homes.get(it.conversationId);
          if (home !== undefined && fit.includes(home)) expect(picked).toBe(home);
          homes.set(it.conversationId, picked);
        };

        set(first);
        for (const it of steps) {
          if (it.kind === 'pick') pick(it);
          else if (it.kind === 'wait') clock.jump(it.ms);
          else if (it.kind === 'share') share = it.share;
          else if (it.kind === 'endpoints') set([...it.endpoints] as typeof first);
          else if (it.kind === 'probed') balancer.probed(it.id, it.ok);
          else {
            for (let time = 0; time < it.times; time += 1) {
              balancer.started(it.id);
              balancer.ended(
                it.id,
                it.kind === 'ok'
                  ? { kind: 'ok', firstTokenMs: 100 * it.times }
                  : { kind: 'failure' },
              );
            }
          }
          for (const group of GROUPS) {
            const members = present.filter((one) => one.group === group);
            // The first question after a change of the settings is what makes it count.
            members.forEach((one) => balancer.state(one.id));
            const ejected = members.filter((one) => isEjected(one.id)).length;
            expect(ejected).toBeLessThanOrEqual(members.length * share);
            if (members.length > 0) expect(ejected).toBeLessThan(members.length);
          }
        }
        balancer.dispose();
        expect(clock.pending).toBe(0);
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});
