import { createHistogram } from 'node:perf_hooks';
import type { BenchReport } from '../lib/benchReport';
import { replyOf } from '../lib/benchServer';
import type { BenchServerProcess } from '../lib/benchServerProcess';
import { collectGarbage } from '../lib/garbage';
import { median, rounded } from '../lib/statistics';
import { pulseClient, sdkIteratorClient, type StreamClient } from '../lib/streamClients';

const AT_ONCE = 100;
/** At the start of a slice, when a hundred connections are opened at once: not part of the percentiles. */
const CONNECTING_MS = 500;
const MB = 2 ** 20;
const NOTE =
  `${AT_ONCE} workers ask again as soon as they are answered (50 deltas, one write), so the client's core is full and a request\n` +
  'waits for the 99 others. p50Ms, p99Ms: median over the slices, without the first half second\n' +
  'of each, when the connections are opened. heapGrowthMB: heap in use after collection, end of a slice against its start,\n' +
  'summed over the slices.';

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

/** Full load by Pulse and by the bare SDK, in slices that take turns. */
export async function benchLocalLoad(
  report: BenchReport,
  server: BenchServerProcess,
  quick: boolean,
): Promise<void> {
  const baseURL = server.baseURL('small');
  const { text } = replyOf('small');
  const sdk = newLoad(sdkIteratorClient(baseURL));
  const pulse = newLoad(pulseClient(baseURL, AT_ONCE));
  const slices = quick ? 2 : 12;
  const sliceMs = quick ? 1_500 : 5_000;
  for (const { client } of [sdk, pulse]) await runSlice(newLoad(client), text, sliceMs);
  for (let slice = 0; slice < slices; slice++) {
    for (const load of slice % 2 === 0 ? [sdk, pulse] : [pulse, sdk]) {
      await runSlice(load, text, sliceMs);
    }
  }
  pulse.client.dispose();
  const seconds = (slices * sliceMs) / 1_000;
  const ofSdk = figures(sdk);
  const ofPulse = figures(pulse);
  report.addTable(`Local load, ${AT_ONCE} at once for ${seconds} s each`, NOTE, [ofSdk, ofPulse]);
  const addedMs = median(
    pulse.p99Ms.map((p99Ms, slice) => p99Ms - (sdk.p99Ms[slice] ?? Number.NaN)),
  );
  const { requestsPerSecond, heapGrowthMB } = ofPulse;
  report.addTarget('local load: requests per second', '>=', 100, requestsPerSecond, '/s');
  report.addTarget('local load: P99 added to the bare SDK', '<=', 5, addedMs, 'ms');
  report.addTarget('local load: heap growth after collection', '<=', 10, heapGrowthMB, 'MB');
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
    requests,
    requestsPerSecond: rounded((requests / wallMs) * 1_000, 0),
    p50Ms: rounded(median(p50Ms), 1),
    p99Ms: rounded(median(p99Ms), 1),
    cpuUsPerRequest: rounded(cpuUs / requests, 0),
    heapGrowthMB: rounded(heapGrowthBytes / MB, 2),
  };
}
