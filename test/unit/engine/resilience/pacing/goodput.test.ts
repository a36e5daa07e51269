import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../../../src/engine/resilience/pacing/pacer';
import { DEFAULT_SETTINGS } from '../../../../../src/engine/settings';
import { FakeClock } from '../../../../helpers/fakeClock';
import { seededRandom } from '../../../../helpers/seededRandom';
import { drive } from './drive';
import { ReferenceServer } from './referenceServer';
import type { ServerLimits } from './referenceServer';

interface Case {
  readonly limits?: ServerLimits;
  readonly input: number;
  readonly output: number;
  readonly tokensPerSecond?: number;
  readonly concurrency?: number;
  readonly headers?: 0 | 6 | 9 | 12;
}

const LIMITS = { requests: 1_000, input: 400_000, output: 80_000 } as const;

/** Five minutes of more work than fits: buckets empty at the start, limits not known, a fifth of the refill taken by others. */
async function goodput(bucket: keyof ServerLimits, options: Case, seed: number) {
  const clock = new FakeClock();
  const random = seededRandom(seed);
  const { limits = LIMITS, headers = 12, concurrency = 20, tokensPerSecond = 200 } = options;
  const { input, output } = options;
  const server = new ReferenceServer({ limits, clock, random, headers, foreignShare: 0.2 });
  const settings = () => DEFAULT_SETTINGS.pacing;
  const pacer = new Pacer({ endpointId: 'e', settings, clock });
  const load = { clock, pacer, server, random, concurrency, input, output, tokensPerSecond };
  await drive({ ...load, forMs: 300_000, firstTokenMs: 500 });
  const foreign = pacer.health().map(({ foreignShare }) => foreignShare);
  pacer.dispose();
  expect(clock.pending).toBe(0);
  const { used, offered, foreign: taken } = server.buckets[bucket];
  return {
    used: used / (offered - taken),
    refused: server.refused / (server.refused + server.accepted),
    foreign,
  };
}

const CASES: readonly (readonly [string, keyof ServerLimits, Case])[] = [
  ['short replies fill the output bucket', 'output', { input: 1_000, output: 250 }],
  ['long replies fill the output bucket', 'output', { input: 1_000, output: 1_000 }],
  ['long prompts fill the input bucket', 'input', { input: 4_000, output: 100 }],
  [
    'many requests fill the requests bucket',
    'requests',
    { limits: { ...LIMITS, requests: 100 }, input: 1_000, output: 100 },
  ],
  [
    'answers carry 9 headers and there are 60 at once',
    'requests',
    { limits: { ...LIMITS, requests: 300 }, input: 500, output: 50, concurrency: 60, headers: 9 },
  ],
];

describe('under enforced limits', () => {
  it.each(CASES)(
    'nearly all is used and next to nothing refused when %s',
    async (_, bucket, options) => {
      const { used, refused, foreign } = await goodput(bucket, options, 7);
      expect(used).toBeGreaterThan(0.95);
      expect(refused).toBeLessThan(0.01);
      const share = foreign[['requests', 'input', 'output'].indexOf(bucket)];
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.4);
    },
  );

  it.each([6, 0] as const)(
    'the rate is found by trial where %s headers do not tell which bucket is empty',
    async (headers) => {
      const options = { limits: { ...LIMITS, input: 40_000 }, input: 1_000, output: 20, headers };
      const { used, refused } = await goodput('input', options, 7);
      expect(used).toBeGreaterThan(0.9);
      expect(refused).toBeLessThan(0.12);
    },
  );

  it('slow replies, most of them under way, still use nearly all', async () => {
    const options = { input: 1_000, output: 1_000, tokensPerSecond: 60 };
    const { used, refused } = await goodput('output', options, 7);
    expect(used).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(0.01);
  });
});
