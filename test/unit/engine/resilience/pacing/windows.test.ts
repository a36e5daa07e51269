import { describe, expect, it } from 'vitest';
import type { LimitShare, LimitUse } from '../../../../../src/engine/ports';
import { Pacer } from '../../../../../src/engine/resilience/pacing/pacer';
import { DEFAULT_SETTINGS } from '../../../../../src/engine/settings';
import { FakeClock } from '../../../../helpers/fakeClock';
import { seededRandom } from '../../../../helpers/seededRandom';
import { drive } from './drive';
import { ReferenceServer } from './referenceServer';

/** Windows of one machine: what one reserved waits for the others until they ask. */
function shareAmong(windows: number): LimitShare[] {
  const unheard = Array.from({ length: windows }, (): LimitUse[] => []);
  return unheard.map((own, index) => ({
    exchange: (_, used) => {
      for (const [other, list] of unheard.entries()) if (other !== index) list.push(...used);
      return Promise.resolve(own.splice(0));
    },
  }));
}

describe('two busy windows', () => {
  it.each([
    ['a share of what they reserve', shareAmong(2)],
    ['nothing but the server’s headers', [undefined, undefined]],
  ])('use all of one key’s limits without a fight, with %s', async (_, shares) => {
    const clock = new FakeClock();
    const random = seededRandom(11);
    const limits = { requests: 1_000, input: 400_000, output: 80_000 };
    const server = new ReferenceServer({ limits, clock, random });
    const pacers = shares.map((share) => {
      const options = { endpointId: 'e', settings: () => DEFAULT_SETTINGS.pacing, clock };
      return new Pacer(share ? { ...options, share, scope: () => 's' } : options);
    });
    const load = { clock, server, random, concurrency: 10, input: 4_000, output: 300 };
    const [first, second] = pacers;
    if (!first || !second) throw new Error('two windows');
    const rates = { firstTokenMs: 500, tokensPerSecond: 200, forMs: 300_000 };
    await drive({ ...load, ...rates, pacer: first }, second);
    for (const pacer of pacers) pacer.dispose();
    const { used, offered } = server.buckets.input;
    expect(used / offered).toBeGreaterThan(0.95);
    expect(server.refused / (server.refused + server.accepted)).toBeLessThan(0.02);
    expect(clock.pending).toBe(0);
  });
});

describe('a window that was silent for an hour', () => {
  it('does not pay for all that another one has used meanwhile', async () => {
    const clock = new FakeClock();
    const [mine, others] = shareAmong(2);
    if (!mine || !others) throw new Error('two windows');
    const settings = { ...DEFAULT_SETTINGS.pacing, requestsPerMinute: 60 };
    const options = { endpointId: 'e', settings: () => settings, clock, scope: () => 's' };
    const pacer = new Pacer({ ...options, share: mine });
    const ask = {
      family: 'f',
      model: 'm',
      action: 'chat',
      inputTokens: 10,
      maxOutputTokens: 10,
    } as const;
    const first = pacer.tryReserve(ask);
    await clock.advance(2_000);
    await clock.advance(3_600_000);
    await others.exchange('s', [{ family: 'f', requests: 1_800, inputTokens: 0, outputTokens: 0 }]);
    const second = pacer.tryReserve(ask);
    await clock.advance(2_000);
    const [row] = pacer.health();
    expect(row).toMatchObject({ limit: 'requests', perMinute: 60 });
    // Half of the limit, minute by minute: that much is gone now.
    expect(row?.remaining).toBeGreaterThan(25);
    expect(row?.remaining).toBeLessThan(35);
    for (const reserved of [first, second]) if ('settle' in reserved) reserved.settle(undefined);
    pacer.dispose();
    expect(clock.pending).toBe(0);
  });
});
