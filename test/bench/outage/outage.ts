import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchReport } from '../lib/benchReport';
import { NO_LIMITS, type RemoteSimulator, type SimulatorProcess } from '../lib/simulatorProcess';
import { median, quantile, rounded } from '../lib/statistics';
import { pulseTurns, sdkTurns, type TurnClient } from '../lib/turnClients';

const MODEL = 'claude-haiku-4-5';
const CLIENTS = 24;
/** Between a reply and the next question. */
const THINKING_MS = 1_000;
const WELL_BEFORE_MS = 5_000;
/** Turns that wait get so long after the outage. */
const WELL_AFTER_MS = 30_000;
const NOTE =
  '24 users at once, each asks again a second after a reply, and at once after an error. requestsDuring: requests that met a\n' +
  '529. waiting: turns under way when the outage ended. firstText: from that moment to their first text.';

/** How a client gets through an outage of 30 s. */
export async function benchOutage(
  report: BenchReport,
  simulators: SimulatorProcess,
  quick: boolean,
): Promise<void> {
  const outageMs = quick ? 10_000 : 30_000;
  const runs = await Promise.all(
    [
      (url: string) => pulseTurns(url, { concurrency: 30, 'cache.enabled': false }),
      (url: string) => sdkTurns(url),
    ].map(async (connect) => {
      const simulator = await simulators.start({
        ...NO_LIMITS,
        latencyMs: 300,
        tokensPerSecond: 400,
      });
      return run(connect(simulator.url), simulator, outageMs);
    }),
  );
  const seconds = outageMs / 1_000;
  report.addTable(`An outage: ${seconds} s of 529`, NOTE, runs);
  const [pulse, sdk] = runs;
  if (!pulse || !sdk) return;
  const share = (pulse.requestsDuring / sdk.requestsDuring) * 100;
  report.addTarget('requests during the outage, of what the SDK sends', '<=', 10, share, '%');
  const late = pulse.lastFirstTextMs;
  report.addTarget(
    'first text of a waiting turn after it, the last of them',
    '<=',
    5_000,
    late,
    'ms',
  );
  report.addTarget('turns that failed', '<=', 0, pulse.failed, 'turns');
}

async function run(client: TurnClient, simulator: RemoteSimulator, outageMs: number) {
  const over = new AbortController();
  /** When the outage ended; turns that began before and had no text by then are those that waited. */
  let endedAt = Number.POSITIVE_INFINITY;
  const waitedMs: number[] = [];
  let answered = 0;
  let failed = 0;
  const user = async (number: number): Promise<void> => {
    await sleep((number / CLIENTS) * THINKING_MS);
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      const messages = [{ role: 'user', content: 'paragraph 1' } as const];
      const { whole, firstTextMs } = await client.ask({ model: MODEL, messages }, over.signal);
      if (over.signal.aborted) return;
      const textAt = startedAt + (firstTextMs ?? 0);
      if (whole && startedAt < endedAt && textAt >= endedAt) waitedMs.push(textAt - endedAt);
      if (whole) answered++;
      else failed++;
      if (whole) await sleep(THINKING_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  };
  const users = Array.from({ length: CLIENTS }, (_, number) => user(number));
  await sleep(WELL_BEFORE_MS);
  const before = await simulator.report();
  await simulator.play(`overload for ${outageMs}ms; ok`);
  await sleep(outageMs);
  endedAt = performance.now();
  const during = await simulator.report();
  await sleep(WELL_AFTER_MS);
  over.abort();
  await Promise.all(users);
  client.dispose();
  return {
    name: client.name,
    answered,
    failed,
    requestsDuring: during.counters.faulted - before.counters.faulted,
    waiting: waitedMs.length,
    firstFirstTextMs: rounded(Math.min(...waitedMs), 0),
    medianFirstTextMs: rounded(median(waitedMs), 0),
    p90FirstTextMs: rounded(quantile(waitedMs, 0.9), 0),
    lastFirstTextMs: rounded(Math.max(...waitedMs), 0),
  };
}
