import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchReport } from '../lib/benchReport';
import { PACED_EVENTS_PER_SECOND, replyOf, type ReplyStyle } from '../lib/benchServer';
import type { BenchServerProcess } from '../lib/benchServerProcess';
import { collectGarbage } from '../lib/garbage';
import { rounded } from '../lib/statistics';
import { pulseClient, sdkIteratorClient, type StreamClient } from '../lib/streamClients';

const STREAMS = 5;
const RESOLUTION_MS = 1;
const IDLE_MS = 2_000;
const NOTE =
  `Time between two turns of a ${RESOLUTION_MS} ms timer, the timer's own ${RESOLUTION_MS} ms included (an idle loop reads a little over that).\n` +
  `cpuPercent: CPU time of this process by wall time.`;

interface Delay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly cpuPercent: number;
}

/** How long the event loop is held up while five streams of 500 events a second arrive at once. */
export async function benchEventLoopDelay(
  report: BenchReport,
  server: BenchServerProcess,
  quick: boolean,
): Promise<void> {
  const style: ReplyStyle = quick ? 'pacedShort' : 'paced';
  const { text } = replyOf(style);
  const sdk = sdkIteratorClient(server.baseURL(style));
  const pulse = pulseClient(server.baseURL(style));
  const idle = await measure(() => sleep(IDLE_MS));
  const runs: { readonly name: string; readonly delay: Delay }[] = [];
  for (const client of [sdk, pulse, pulse, sdk]) {
    runs.push({ name: client.name, delay: await measure(() => streamAtOnce(client, text)) });
  }
  pulse.dispose();
  const worstOf = (name: string): Delay => worst(runs.filter((run) => run.name === name));
  report.addTable(
    `Event-loop delay, ${STREAMS} streams of ${PACED_EVENTS_PER_SECOND} events/s at once (the worse of two runs)`,
    NOTE,
    [
      { name: 'idle', ...idle },
      { name: sdk.name, ...worstOf(sdk.name) },
      { name: pulse.name, ...worstOf(pulse.name) },
    ],
  );
  report.addTarget('event-loop delay P99', '<=', 10, worstOf(pulse.name).p99Ms, 'ms');
}

async function streamAtOnce(client: StreamClient, text: string): Promise<void> {
  const texts = await Promise.all(Array.from({ length: STREAMS }, () => client.stream()));
  if (texts.some((got) => got !== text)) throw new Error(`${client.name}: another text`);
}

async function measure(work: () => Promise<unknown>): Promise<Delay> {
  await collectGarbage();
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  histogram.enable();
  await work();
  histogram.disable();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const toMs = (nanoseconds: number): number => rounded(nanoseconds / 1e6, 2);
  return {
    p50Ms: toMs(histogram.percentile(50)),
    p99Ms: toMs(histogram.percentile(99)),
    maxMs: toMs(histogram.max),
    cpuPercent: rounded((user + system) / 10 / wallMs, 1),
  };
}

function worst(runs: readonly { readonly delay: Delay }[]): Delay {
  const highest = (figure: keyof Delay): number =>
    Math.max(...runs.map(({ delay }) => delay[figure]));
  return {
    p50Ms: highest('p50Ms'),
    p99Ms: highest('p99Ms'),
    maxMs: highest('maxMs'),
    cpuPercent: highest('cpuPercent'),
  };
}
