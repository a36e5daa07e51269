import { createHistogram } from 'node:perf_hooks';
import type { BenchReport } from '../lib/benchReport';
import { replyOf, type ReplyStyle } from '../lib/benchServer';
import type { BenchServerProcess } from '../lib/benchServerProcess';
import { collectGarbage } from '../lib/garbage';
import { quantile, rounded } from '../lib/statistics';
import { pulseClient, sdkLimitedClient, type StreamClient } from '../lib/streamClients';

const AT_ONCE = 100;
const WARM_UP_SLICES = 4;
/** At the start of a slice, when a hundred connections are opened at once: not part of the percentiles. */
const CONNECTING_MS = 500;
const MB = 2 ** 20;
const NOTE =
  'p50Ms, p99Ms: lower quartile over the slices (what else runs on the machine only ever adds), without the first half\n' +
  'second of each, when the connections are opened. heapGrowthMB: heap in use after collection, end of a slice against its\n' +
  'start, summed over the slices.';

interface Slices {
  readonly count: number;
  readonly ms: number;
}

/**
 * Full load by Pulse and by the bare SDK with p-limit, in slices that take turns: once with answers after 50-150 ms, where a hundred
 * are always under way, and once with answers at once, where the client's core is full.
 */
export async function benchLocalLoad(
  report: BenchReport,
  server: BenchServerProcess,
  quick: boolean,
): Promise<void> {
  const steady = await compare(
    server,
    'delayed',
    quick ? { count: 2, ms: 1_500 } : { count: 24, ms: 2_500 },
  );
  report.addTable(`Local load, ${AT_ONCE} at once, answers after 50-150 ms`, NOTE, steady.rows);
  const full = await compare(
    server,
    'small',
    quick ? { count: 2, ms: 1_500 } : { count: 4, ms: 2_000 },
  );
  report.addTable(`As fast as it goes, ${AT_ONCE} at once, answers at once`, NOTE, full.rows);
  const { requestsPerSecond, heapGrowthMB } = steady.pulse;
  report.addTarget('local load: requests per second', '>=', 100, requestsPerSecond, '/s');
  report.addTarget('local load: P99 added to the bare SDK', '<=', 5, steady.addedP99Ms, 'ms');
  report.addTarget('local load: heap growth after collection', '<=', 10, heapGrowthMB, 'MB');
}

async function compare(server: BenchServerProcess, style: ReplyStyle, slices: Slices) {
  const baseURL = server.baseURL(style);
  const { text } = replyOf(style);
  const sdk = newLoad(sdkLimitedClient(baseURL, AT_ONCE));
  const pulse = newLoad(pulseClient(baseURL, AT_ONCE));
  // Until the code of both is compiled for good, a request costs up to twice as much.
  for (let warmUp = 0; warmUp < WARM_UP_SLICES; warmUp++) {
    for (const { client } of [sdk, pulse]) await runSlice(newLoad(client), text, slices.ms);
  }
  for (let slice = 0; slice < slices.count; slice++) {
    for (const load of slice % 2 === 0 ? [sdk, pulse] : [pulse, sdk]) {
      await runSlice(load, text, slices.ms);
    }
  }
  pulse.client.dispose();
  const [ofSdk, ofPulse] = [figures(sdk), figures(pulse)];
  return { rows: [ofSdk, ofPulse], pulse: ofPulse, addedP99Ms: ofPulse.p99Ms - ofSdk.p99Ms };
}

/** What one client did over all its slices. */
interface Load {
  readonly client: StreamClient;
  /** From asking to the whole text, one entry for each slice. */
  readonly p50Ms: number[];
  readonly p99Ms: number[];
  requests: number;
  wallMs: number;
  cpuUs: number;
  heapGrowthBytes: number;
}

function newLoad(client: StreamClient): Load {
  return { client, p50Ms: [], p99Ms: [], requests: 0, wallMs: 0, cpuUs: 0, heapGrowthBytes: 0 };
}

async function runSlice(load: Load, text: string, sliceMs: number): Promise<void> {
  // Microseconds, off the heap.
  const latency = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  await collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    for (;;) {
      const askedAt = performance.now();
      if (askedAt - startedAt >= sliceMs) return;
      if ((await load.client.stream()) !== text) {
        throw new Error(`${load.client.name}: another text`);
      }
      load.requests++;
      if (askedAt - startedAt < CONNECTING_MS) continue;
      latency.record(Math.max(1, Math.round((performance.now() - askedAt) * 1_000)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  load.wallMs += performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  load.cpuUs += user + system;
  load.p50Ms.push(latency.percentile(50) / 1_000);
  load.p99Ms.push(latency.percentile(99) / 1_000);
  await collectGarbage();
  load.heapGrowthBytes += process.memoryUsage().heapUsed - heapBefore;
}

function figures({ client, requests, p50Ms, p99Ms, wallMs, cpuUs, heapGrowthBytes }: Load) {
  return {
    name: client.name,
    seconds: rounded(wallMs / 1_000, 0),
    requests,
    requestsPerSecond: rounded((requests / wallMs) * 1_000, 0),
    p50Ms: rounded(quantile(p50Ms, 0.25), 1),
    p99Ms: rounded(quantile(p99Ms, 0.25), 1),
    cpuUsPerRequest: rounded(cpuUs / requests, 0),
    heapGrowthMB: rounded(heapGrowthBytes / MB, 2),
  };
}
