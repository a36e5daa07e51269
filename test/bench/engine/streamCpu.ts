import type { BenchReport } from '../lib/benchReport';
import { replyOf, type ReplyStyle } from '../lib/benchServer';
import type { BenchServerProcess } from '../lib/benchServerProcess';
import { interleave, type Contender } from '../lib/interleave';
import { median, quantile, rounded } from '../lib/statistics';
import {
  aiSdkClient,
  baselineClient,
  pulseClient,
  sdkHelperClient,
  sdkIteratorClient,
  type StreamClient,
} from '../lib/streamClients';

const STREAMS_PER_SAMPLE = 4;
const NOTE =
  'CPU time of this process (user and system, all threads) for one streamed event; the server is another process.\n' +
  'ratio: to the baseline in the same round, median over the rounds. The AI SDK has rounds of its own with the baseline,\n' +
  "after the others, because its garbage would be collected at its neighbours' expense.";

interface Rounds {
  readonly warmUp: number;
  readonly measured: number;
  /** Of the slow contender. */
  readonly slow: number;
}

/** CPU for each streamed event by five ways of reading the same stream, from socket to text. */
export async function benchStreamCpu(
  report: BenchReport,
  server: BenchServerProcess,
  quick: boolean,
): Promise<void> {
  const burst = await compare(
    server,
    'burst',
    quick ? { warmUp: 5, measured: 10, slow: 4 } : { warmUp: 10, measured: 60, slow: 12 },
  );
  report.addTable('CPU per event, burst of 2,000 text deltas', NOTE, burst.rows);
  const each = await compare(
    server,
    'each',
    quick ? { warmUp: 2, measured: 5, slow: 3 } : { warmUp: 3, measured: 16, slow: 8 },
  );
  report.addTable('CPU per event, one write for each event', NOTE, each.rows);
  report.addTarget('CPU per event, burst: Pulse to the baseline', '<=', 1.2, burst.toBaseline, 'x');
  report.addTarget("CPU per event, burst: Pulse to the SDK's iterator", '<=', 1, burst.toSdk, 'x');
}

interface Comparison {
  readonly rows: readonly { readonly name: string; readonly [figure: string]: string | number }[];
  readonly toBaseline: number;
  readonly toSdk: number;
}

async function compare(
  server: BenchServerProcess,
  style: 'burst' | 'each',
  { warmUp, measured, slow }: Rounds,
): Promise<Comparison> {
  const baseURL = server.baseURL(style);
  const baseline = baselineClient(baseURL);
  const fast = [
    baseline,
    sdkIteratorClient(baseURL),
    sdkHelperClient(baseURL),
    pulseClient(baseURL),
  ];
  const fastCosts = await interleave(
    fast.map((client) => perEventCost(client, style, STREAMS_PER_SAMPLE)),
    { warmUp, measured },
  );
  for (const client of fast) client.dispose();
  const aiSdk = aiSdkClient(baseURL);
  const slowCosts = await interleave(
    [baseline, aiSdk].map((client) => perEventCost(client, style, 1)),
    { warmUp: 2, measured: slow },
  );
  const [baselineCosts = [], sdkCosts = []] = fastCosts;
  const pulseCosts = fastCosts.at(-1) ?? [];
  const [slowBaseline = [], aiSdkCosts = []] = slowCosts;
  return {
    rows: [
      ...fast.map(({ name }, index) => figures(name, fastCosts[index] ?? [], baselineCosts)),
      figures(aiSdk.name, aiSdkCosts, slowBaseline),
    ],
    toBaseline: median(ratios(pulseCosts, baselineCosts)),
    toSdk: median(ratios(pulseCosts, sdkCosts)),
  };
}

/**
 * Microseconds of CPU for each event. One stream more than is counted: what the contender before has left behind is
 * paid for in that one.
 * @throws Error when a client lost or changed some of the text
 */
function perEventCost(client: StreamClient, style: ReplyStyle, streams: number): Contender {
  const { text, events } = replyOf(style);
  const stream = async (): Promise<void> => {
    if ((await client.stream()) !== text) throw new Error(`${client.name}: another text`);
  };
  return {
    name: client.name,
    sample: async () => {
      await stream();
      const before = process.cpuUsage();
      for (let count = 0; count < streams; count++) await stream();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / (events.length * streams);
    },
  };
}

const ratios = (costs: readonly number[], baseline: readonly number[]): number[] =>
  costs.map((cost, round) => cost / (baseline[round] ?? Number.NaN));

function figures(
  name: string,
  costs: readonly number[],
  baseline: readonly number[],
): { readonly name: string; readonly [figure: string]: string | number } {
  const toBaseline = ratios(costs, baseline);
  return {
    name,
    medianUs: rounded(median(costs), 2),
    p10Us: rounded(quantile(costs, 0.1), 2),
    p90Us: rounded(quantile(costs, 0.9), 2),
    ratio: rounded(median(toBaseline), 2),
    ratioP10: rounded(quantile(toBaseline, 0.1), 2),
    ratioP90: rounded(quantile(toBaseline, 0.9), 2),
  };
}
