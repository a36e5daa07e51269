import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimitOptions } from '../../../src/simulator/ratePolicy';
import type { RateUse } from '../../../src/simulator/rateLimits';
import type { BenchReport } from '../lib/benchReport';
import type { RemoteSimulator, SimulatorProcess } from '../lib/simulatorProcess';
import { rounded } from '../lib/statistics';
import { pulseTurns, sdkTurns, type TurnClient, type TurnQuestion } from '../lib/turnClients';

const MODEL = 'claude-haiku-4-5';
/** Callers of each client: each asks again as soon as it is answered or refused. */
const CALLERS = 30;
const FOREIGN_SHARE = 0.2;
const NOTE =
  'Three buckets each, enforced, empty at the start; the named one is what runs out. usedPercent: of what the bucket got and\n' +
  'foreign traffic on the same key (20 % of the refill, as long as it finds some) did not take. refusedPercent: 429s among all\n' +
  'requests that the server got. All six at the same time, each with a key and a server of its own.';

type BucketName = 'requests' | 'inputTokens' | 'outputTokens';

/** Work that uses up one of the buckets first. */
interface Profile {
  readonly bucket: BucketName;
  readonly limits: Required<RateLimitOptions>;
  readonly question: (number: number) => TurnQuestion;
}

const PROFILES: readonly Profile[] = [
  {
    bucket: 'requests',
    limits: { requests: 300, inputTokens: 60_000, outputTokens: 40_000 },
    question: (number) => asked(`echo Number ${number} ${'of so many '.repeat(number % 20)}`),
  },
  {
    bucket: 'inputTokens',
    limits: { requests: 300, inputTokens: 400_000, outputTokens: 40_000 },
    question: (number) => ({
      model: MODEL,
      messages: [
        { role: 'user', content: `Note ${number}. ${prose(4_000 + (number % 7) * 1_000)}` },
        { role: 'assistant', content: 'Noted.' },
        { role: 'user', content: `echo Number ${number}` },
      ],
    }),
  },
  {
    bucket: 'outputTokens',
    limits: { requests: 300, inputTokens: 60_000, outputTokens: 120_000 },
    question: (number) => asked(`paragraph ${1 + (number % 3)}`, number),
  },
];

/** Different from every other question, so that no prompt is in anybody's cache. */
function asked(question: string, number = 0): TurnQuestion {
  return {
    model: MODEL,
    messages: [
      { role: 'user', content: `Question ${number}.` },
      { role: 'assistant', content: 'Yes?' },
      { role: 'user', content: question },
    ],
  };
}

function prose(characters: number): string {
  return 'The queue is long and the bucket is empty. '.repeat(characters / 43);
}

/** How much of a rate limit is used, and at the cost of how many refusals. */
export async function benchGoodput(
  report: BenchReport,
  simulators: SimulatorProcess,
  quick: boolean,
): Promise<void> {
  const seconds = quick ? 60 : 300;
  const contenders = await Promise.all(
    PROFILES.flatMap((profile, index) =>
      (['pulse', 'sdk'] as const).map(async (kind) => {
        const simulator = await simulators.start({
          seed: index + 1,
          limits: profile.limits,
          initialFill: 0,
          foreign: { share: FOREIGN_SHARE },
          latencyMs: 300,
          tokensPerSecond: 600,
        });
        const client =
          kind === 'pulse' ? pulseTurns(simulator.url, PULSE) : sdkTurns(simulator.url);
        return { profile, simulator, client };
      }),
    ),
  );
  const runs = await Promise.all(contenders.map((contender) => run(contender, seconds)));
  report.addTable(`Goodput under rate limits, ${seconds} s`, NOTE, runs);
  const ours = runs.filter(({ name }) => name === 'Pulse');
  const used = Math.min(...ours.map(({ usedPercent }) => usedPercent));
  const refused = Math.max(...ours.map(({ refusedPercent }) => refusedPercent));
  report.addTarget('left-over capacity used, the least of the three', '>=', 95, used, '%');
  report.addTarget('429 among the requests, the most of the three', '<=', 1, refused, '%');
}

/** More slots than callers: what is measured is the pacing. */
const PULSE = { concurrency: 100, 'cache.enabled': false };

interface Contender {
  readonly profile: Profile;
  readonly simulator: RemoteSimulator;
  readonly client: TurnClient;
}

async function run({ profile, simulator, client }: Contender, seconds: number) {
  const over = new AbortController();
  let number = 0;
  let answered = 0;
  let failed = 0;
  const caller = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { whole } = await client.ask(profile.question(number++), over.signal);
      if (over.signal.aborted) return;
      if (whole) answered++;
      else failed++;
    }
  };
  const callers = Array.from({ length: CALLERS }, caller);
  await sleep(seconds * 1_000);
  const { counters, rateUse } = await simulator.report();
  over.abort();
  await Promise.all(callers);
  client.dispose();
  return {
    name: client.name,
    bucket: profile.bucket,
    answered,
    failed,
    requests: counters.requests,
    refusedPercent: rounded((counters.rateLimited / Math.max(1, counters.requests)) * 100, 2),
    usedPercent: rounded(usedShare(rateUse, profile.bucket) * 100, 1),
    foreignPercent: rounded(foreignShare(rateUse, profile.bucket) * 100, 1),
  };
}

function usedShare([use]: readonly RateUse[], bucket: BucketName): number {
  if (!use) return 0;
  const { used, offered, foreign } = use[bucket];
  return used / (offered - foreign);
}

function foreignShare([use]: readonly RateUse[], bucket: BucketName): number {
  return use ? use[bucket].foreign / use[bucket].offered : 0;
}
