import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LoadBalancer } from '../../../../../src/engine/resilience/balancing/loadBalancer';
import type { PickQuery } from '../../../../../src/engine/resilience/balancing/loadBalancer';
import { DEFAULT_SETTINGS } from '../../../../../src/engine/settings';
import type { Endpoint } from '../../../../../src/engine/types';
import { FakeClock } from '../../../../helpers/fakeClock';
import { testEndpoint } from '../../../../helpers/modelHarness';
import { seededRandom } from '../../../../helpers/seededRandom';

const HOUR = 3_600_000;

function endpoint(id: string, changes: Partial<Endpoint> = {}): Endpoint {
  return testEndpoint('http://localhost', { id, ...changes });
}

describe('LoadBalancer', () => {
  let clock: FakeClock;
  let balancer: LoadBalancer;
  let settings = DEFAULT_SETTINGS.balancing;

  function make(...endpoints: readonly (Endpoint | string)[]): LoadBalancer {
    balancer = new LoadBalancer({ settings: () => settings, clock, random: seededRandom(7) });
    balancer.setEndpoints(endpoints.map((it) => (typeof it === 'string' ? endpoint(it) : it)));
    return balancer;
  }

  function pick(changes: Partial<PickQuery> = {}): string | undefined {
    return balancer.pick({
      group: 'default',
      conversationId: undefined,
      exclude: undefined,
      isUsable: () => true,
      ...changes,
    });
  }

  /** How often each is picked. */
  function shares(picks: number, changes: Partial<PickQuery> = {}): Record<string, number> {
    const counts: Record<string, number> = {};
    for (let index = 0; index < picks; index += 1) {
      const id = pick(changes) ?? 'none';
      counts[id] = (counts[id] ?? 0) + 1 / picks;
    }
    return counts;
  }

  function call(id: string, firstTokenMs?: number): void {
    balancer.started(id);
    balancer.ended(id, { kind: 'ok', firstTokenMs });
  }

  function fail(id: string, times = 1): void {
    for (let index = 0; index < times; index += 1) {
      balancer.started(id);
      balancer.ended(id, { kind: 'failure' });
    }
  }

  const isEjected = (id: string): boolean => balancer.state(id).ejectedForMs !== undefined;

  beforeEach(() => {
    clock = new FakeClock();
    settings = DEFAULT_SETTINGS.balancing;
  });

  afterEach(() => {
    balancer.dispose();
    expect(clock.pending).toBe(0);
  });

  describe('with one endpoint', () => {
    test('picks it, whatever state it is in, unless it is excluded', () => {
      make('a');
      fail('a', 50);
      expect(pick({ isUsable: () => false })).toBe('a');
      expect(pick({ exclude: new Set(['a']) })).toBeUndefined();
      expect(isEjected('a')).toBe(false);
    });

    test('counts what runs and how fast it answers', () => {
      make('a');
      balancer.started('a');
      expect(balancer.state('a')).toEqual({
        firstTokenMs: undefined,
        ejectedForMs: undefined,
        running: 1,
      });
      balancer.ended('a', { kind: 'ok', firstTokenMs: 700 });
      expect(balancer.state('a')).toMatchObject({ firstTokenMs: 700, running: 0 });
    });
  });

  describe('groups', () => {
    test('are kept apart', () => {
      make('a', endpoint('b', { group: 'private' }), endpoint('c', { group: 'private' }));
      expect(balancer.groupOf('a')).toBe('default');
      expect(balancer.groupOf('b')).toBe('private');
      expect(balancer.groupOf('x')).toBeUndefined();
      expect(Object.keys(shares(100, { group: 'private' })).sort()).toEqual(['b', 'c']);
      expect(pick({ group: 'nobody' })).toBeUndefined();
      expect(pick({ group: 'default', exclude: new Set(['a']) })).toBeUndefined();
    });

    test('a conversation does not follow its endpoint into another group', () => {
      make('a', 'b', endpoint('c', { group: 'private' }), endpoint('d', { group: 'private' }));
      expect(['a', 'b']).toContain(pick({ conversationId: 'talk' }));
      expect(['c', 'd']).toContain(pick({ conversationId: 'talk', group: 'private' }));
      expect(['a', 'b']).toContain(pick({ conversationId: 'talk' }));
    });
  });

  describe('shares', () => {
    test('follow the weights while all are idle and equally fast', () => {
      make(endpoint('a', { weight: 6 }), endpoint('b', { weight: 3 }), 'c');
      const idle = shares(10_000);
      // Three standard deviations of 10,000 draws are below 0.015.
      expect(Math.abs((idle['a'] ?? 0) - 0.6)).toBeLessThan(0.02);
      expect(Math.abs((idle['b'] ?? 0) - 0.3)).toBeLessThan(0.02);
      expect(Math.abs((idle['c'] ?? 0) - 0.1)).toBeLessThan(0.02);
    });

    test('level out at the weights while requests run', () => {
      make(endpoint('a', { weight: 3 }), 'b');
      for (let index = 0; index < 400; index += 1) balancer.started(pick() ?? '');
      expect(balancer.state('a').running).toBeGreaterThan(285);
      expect(balancer.state('a').running).toBeLessThan(315);
    });

    test('go to the one with less to do', () => {
      make('a', 'b');
      balancer.started('a');
      const busy = shares(2_000);
      // Only when both picks fall on it.
      expect(busy['a']).toBeGreaterThan(0.2);
      expect(busy['a']).toBeLessThan(0.3);
    });

    test('go to the faster one, and the slow one still gets some', () => {
      make('a', 'b');
      call('a', 5_000);
      call('b', 500);
      const unequal = shares(2_000);
      expect(unequal['a']).toBeGreaterThan(0.2);
      expect(unequal['a']).toBeLessThan(0.3);
    });

    test('include one that has not answered yet', () => {
      make('a', 'b', 'c');
      call('a', 5_000);
      call('b', 500);
      expect(shares(1_000)['c']).toBeGreaterThan(0.3);
    });

    test('leave out what is excluded or unusable', () => {
      make('a', 'b', 'c');
      expect(shares(200, { exclude: new Set(['a']) })).not.toHaveProperty('a');
      expect(shares(200, { isUsable: (id) => id === 'c' })).toEqual({
        c: expect.closeTo(1) as number,
      });
      expect(pick({ exclude: new Set(['a', 'b', 'c']) })).toBeUndefined();
    });

    test('an unusable one is picked when no other is left', () => {
      make('a', 'b');
      expect(pick({ isUsable: () => false, exclude: new Set(['a']) })).toBe('b');
      fail('a', 5);
      expect(pick({ isUsable: (id) => id === 'a' })).toBe('a');
    });
  });

  describe('conversations', () => {
    test('stay where their prompt cache is, however busy it is', () => {
      make('a', 'b');
      const home = pick({ conversationId: 'talk' }) ?? '';
      for (let index = 0; index < 50; index += 1) balancer.started(home);
      expect(shares(100, { conversationId: 'talk' })).toEqual({
        [home]: expect.closeTo(1) as number,
      });
    });

    test.each([
      ['unusable', (home: string) => ({ isUsable: (id: string) => id !== home })],
      ['excluded', (home: string) => ({ exclude: new Set([home]) })],
    ])('move away from an endpoint that is %s, and stay there', (_, change) => {
      make('a', 'b', 'c');
      const home = pick({ conversationId: 'talk' }) ?? '';
      const next = pick({ conversationId: 'talk', ...change(home) });
      expect(next).not.toBe(home);
      expect(shares(50, { conversationId: 'talk' })).toEqual({
        [next ?? '']: expect.closeTo(1) as number,
      });
    });

    test('move away from an ejected endpoint', () => {
      make('a', 'b');
      const home = pick({ conversationId: 'talk' }) ?? '';
      fail(home, 5);
      expect(pick({ conversationId: 'talk' })).not.toBe(home);
    });

    test('stay when all are unwell', () => {
      make('a', 'b', 'c');
      const home = pick({ conversationId: 'talk' }) ?? '';
      const unwell = shares(50, { conversationId: 'talk', isUsable: () => false });
      expect(Object.keys(unwell)).toEqual([home]);
    });

    test('are free again after an hour', async () => {
      make('a', 'b');
      const home = pick({ conversationId: 'talk' }) ?? '';
      for (let index = 0; index < 50; index += 1) balancer.started(home);
      await clock.advance(HOUR);
      const free = () =>
        new Set(Array.from({ length: 20 }, (_, n) => pick({ conversationId: `${n}` })));
      expect(free().size).toBe(2);
      const homes = new Set<string | undefined>();
      for (let index = 0; index < 30; index += 1) {
        homes.add(pick({ conversationId: 'talk' }));
        await clock.advance(HOUR);
      }
      expect(homes.size).toBe(2);
    });
  });

  describe('ejection', () => {
    test('comes after five failures in a row', () => {
      make('a', 'b');
      fail('a', 4);
      call('a');
      fail('a', 4);
      expect(isEjected('a')).toBe(false);
      fail('a');
      expect(balancer.state('a').ejectedForMs).toBe(30_000);
      expect(shares(100)).not.toHaveProperty('a');
    });

    test('does not count what says nothing about the endpoint', () => {
      make('a', 'b');
      fail('a', 4);
      for (let index = 0; index < 10; index += 1) {
        balancer.started('a');
        balancer.ended('a', { kind: 'ignored' });
      }
      expect(isEjected('a')).toBe(false);
      expect(balancer.state('a').running).toBe(0);
      fail('a');
      expect(isEjected('a')).toBe(true);
    });

    test('comes at a failure share far above that of the others', () => {
      make('a', 'b');
      for (let index = 0; index < 10; index += 1) call('b');
      for (let index = 0; index < 4; index += 1) {
        fail('a');
        call('a');
      }
      // Nine calls are too few to tell.
      fail('a');
      expect(isEjected('a')).toBe(false);
      fail('a');
      expect(isEjected('a')).toBe(true);
    });

    test('compares with the others only, and only where they have been asked enough', () => {
      make('a', 'b');
      for (let index = 0; index < 9; index += 1) call('b');
      for (let index = 0; index < 6; index += 1) call('a');
      fail('a', 4);
      expect(isEjected('a')).toBe(false);
      balancer.setEndpoints([endpoint('c'), endpoint('d')]);
      balancer.setEndpoints([endpoint('a'), endpoint('b')]);
      for (let index = 0; index < 10; index += 1) call('b');
      for (let index = 0; index < 6; index += 1) call('a');
      fail('a', 4);
      expect(isEjected('a')).toBe(true);
    });

    test('starts with a clean record afterwards', async () => {
      make('a', 'b');
      fail('a', 5);
      await clock.advance(30_000);
      fail('a', 4);
      expect(isEjected('a')).toBe(false);
      for (let index = 0; index < 20; index += 1) {
        call('a');
        call('b');
      }
      fail('a');
      expect(isEjected('a')).toBe(false);
    });

    test('leaves those that are out where they are when the limit is reached', async () => {
      make('a', 'b');
      fail('a', 5);
      await clock.advance(1_000);
      fail('b', 10);
      expect([isEjected('a'), isEjected('b')]).toEqual([true, false]);
      await clock.advance(29_000);
      fail('b');
      expect([isEjected('a'), isEjected('b')]).toEqual([false, true]);
    });

    test('does not come when the others fail as much', () => {
      make('a', 'b');
      for (let index = 0; index < 20; index += 1) {
        for (const id of ['a', 'b']) {
          fail(id);
          call(id);
        }
      }
      expect([isEjected('a'), isEjected('b')]).toEqual([false, false]);
    });

    test('forgets failures that are more than two minutes old', async () => {
      make('a', 'b');
      for (let index = 0; index < 9; index += 1) {
        fail('a');
        call('a');
      }
      await clock.advance(130_000);
      for (let index = 0; index < 20; index += 1) call('b');
      fail('a');
      expect(isEjected('a')).toBe(false);
    });

    test('ends by itself, and both are told', async () => {
      make('a', 'b');
      let changes = 0;
      balancer.onChange(() => (changes += 1));
      fail('a', 5);
      expect(changes).toBe(1);
      await clock.advance(29_999);
      expect(balancer.state('a').ejectedForMs).toBe(1);
      await clock.advance(1);
      expect(isEjected('a')).toBe(false);
      expect(changes).toBe(2);
      expect(clock.pending).toBe(0);
    });

    test('grows with each in a row, up to the longest, and shrinks again while all is well', async () => {
      make('a', 'b');
      for (const expected of [30_000, 60_000, 90_000, 120_000]) {
        fail('a', 5);
        expect(balancer.state('a').ejectedForMs).toBe(expected);
        await clock.advance(expected);
      }
      settings = { ...settings, maxEjectionMs: 100_000 };
      fail('a', 5);
      expect(balancer.state('a').ejectedForMs).toBe(100_000);
      settings = DEFAULT_SETTINGS.balancing;
      await clock.advance(100_000);
      // Three times 30 s of health take three off the five.
      await clock.advance(90_000);
      fail('a', 5);
      expect(balancer.state('a').ejectedForMs).toBe(90_000);
    });

    test('is not started anew by calls that end meanwhile', async () => {
      make('a', 'b');
      fail('a', 5);
      await clock.advance(10_000);
      fail('a', 5);
      expect(balancer.state('a').ejectedForMs).toBe(20_000);
    });

    test.each([
      { endpoints: 2, share: 0.5, most: 1 },
      { endpoints: 2, share: 1, most: 1 },
      { endpoints: 3, share: 0.5, most: 1 },
      { endpoints: 4, share: 0.5, most: 2 },
      { endpoints: 4, share: 0, most: 0 },
    ])(
      'leaves out at most $most of $endpoints at a share of $share',
      ({ endpoints, share, most }) => {
        settings = { ...settings, maxEjectedShare: share };
        const ids = ['a', 'b', 'c', 'd'].slice(0, endpoints);
        make(...ids);
        for (const id of ids) fail(id, 10);
        expect(ids.filter(isEjected)).toHaveLength(most);
      },
    );

    test('gives back when the share is set lower: the one with the least time left', async () => {
      make('a', 'b', 'c', 'd');
      fail('a', 5);
      await clock.advance(1_000);
      fail('b', 5);
      settings = { ...settings, maxEjectedShare: 0.25 };
      expect([isEjected('a'), isEjected('b')]).toEqual([false, true]);
    });
  });

  describe('a health probe of an ejected endpoint', () => {
    test('halves the time that is left when it is good', async () => {
      make('a', 'b');
      fail('a', 5);
      await clock.advance(10_000);
      balancer.probed('a', true);
      expect(balancer.state('a').ejectedForMs).toBe(10_000);
      await clock.advance(10_000);
      expect(isEjected('a')).toBe(false);
    });

    test('keeps it out until the next probe when it is bad', async () => {
      make('a', 'b');
      fail('a', 5);
      await clock.advance(29_000);
      balancer.probed('a', false);
      expect(balancer.state('a').ejectedForMs).toBe(82_000);
      settings = { ...settings, ejectionMs: 300_000 };
      await clock.advance(82_000);
      fail('a', 5);
      balancer.probed('a', false);
      expect(balancer.state('a').ejectedForMs).toBe(300_000);
    });

    test('changes nothing where none is ejected', () => {
      make('a', 'b');
      balancer.probed('a', false);
      balancer.probed('x', false);
      expect([isEjected('a'), isEjected('x')]).toEqual([false, false]);
    });
  });

  describe('when the endpoints change', () => {
    test('keeps what it knows of those that stay', () => {
      make('a', 'b');
      call('a', 900);
      fail('b', 5);
      balancer.setEndpoints([endpoint('a'), endpoint('b', { weight: 4 }), endpoint('c')]);
      expect(balancer.state('a').firstTokenMs).toBe(900);
      expect(isEjected('b')).toBe(true);
    });

    test('takes back an ejected one that is alone now', () => {
      make('a', 'b');
      fail('b', 5);
      balancer.setEndpoints([endpoint('b')]);
      expect(isEjected('b')).toBe(false);
    });

    test('still counts the requests of one that was taken out, until they have ended', () => {
      make('a', 'b');
      balancer.started('b');
      balancer.setEndpoints([endpoint('a')]);
      expect(balancer.groupOf('b')).toBeUndefined();
      balancer.setEndpoints([endpoint('a'), endpoint('b')]);
      expect(balancer.state('b').running).toBe(1);
      balancer.setEndpoints([endpoint('a')]);
      balancer.ended('b', { kind: 'ok', firstTokenMs: 1 });
      expect(balancer.state('b')).toMatchObject({ firstTokenMs: undefined, running: 0 });
    });

    test('a conversation whose endpoint is gone moves', () => {
      make('a', 'b', 'c');
      const home = pick({ conversationId: 'talk' });
      balancer.setEndpoints(['a', 'b', 'c'].filter((id) => id !== home).map((id) => endpoint(id)));
      expect(pick({ conversationId: 'talk' })).not.toBe(home);
    });

    test('refuses a weight that is not above 0 and stays as it was', () => {
      make('a', 'b');
      expect(() => balancer.setEndpoints([endpoint('c', { weight: 0 })])).toThrow(
        'endpoint c: expected a weight above 0, got 0',
      );
      expect(balancer.groupOf('a')).toBe('default');
    });
  });
});
