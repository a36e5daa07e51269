import { sleep } from '../../../../../src/base/abort';
import type { Pacer, PacingWait } from '../../../../../src/engine/resilience/pacing/pacer';
import type { Action, Usage } from '../../../../../src/engine/types';
import type { FakeClock } from '../../../../helpers/fakeClock';
import type { ReferenceServer } from './referenceServer';

export interface Load {
  readonly clock: FakeClock;
  readonly pacer: Pacer;
  readonly server: ReferenceServer;
  readonly random: () => number;
  /** Requests at once. */
  readonly concurrency: number;
  readonly forMs: number;
  /** Tokens; each request varies by half of it up and down. */
  readonly input: number;
  readonly output: number;
  /** From the server's view on a request to its first token, and of the reply. */
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly action?: Action;
}

export function usage(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 };
}

const ONE_WAY_MS = 30;

/** Keeps pacers busy: as soon as a request has ended the next one waits for its turn. */
export async function drive(load: Load, ...others: readonly Pacer[]): Promise<void> {
  const stop = new AbortController();
  const workers = [load.pacer, ...others].flatMap((pacer) =>
    Array.from({ length: load.concurrency }, () => work({ ...load, pacer }, stop.signal)),
  );
  const all = Promise.allSettled(workers);
  await load.clock.advance(load.forMs);
  stop.abort();
  await all;
}

async function work(load: Load, signal: AbortSignal): Promise<void> {
  const { clock, pacer, server, random, input, output } = load;
  const vary = (amount: number): number => Math.round(amount * (0.5 + random()));
  const inputTokens = vary(input);
  const outputTokens = vary(output);
  const reservation = await pacer.reserve(
    {
      family: 'f',
      model: 'm',
      action: load.action ?? 'batch',
      inputTokens: inputTokens * 1.3,
      maxOutputTokens: output * 4,
    },
    { signal, onWait: checkWait },
  );
  await sleep(ONE_WAY_MS, signal, clock);
  const refusal = server.admit(inputTokens);
  const headersNow = server.headers();
  if (refusal) {
    await sleep(ONE_WAY_MS, signal, clock);
    reservation.answered(429, headersNow);
    pacer.throttled('f', refusal.retryAfterMs);
    reservation.settle(undefined);
  } else {
    await sleep(load.firstTokenMs, signal, clock);
    const lastsMs = (outputTokens / load.tokensPerSecond) * 1_000;
    server.produce(outputTokens, lastsMs);
    const headers = server.headers();
    await sleep(ONE_WAY_MS, signal, clock);
    reservation.answered(200, headers);
    await sleep(lastsMs, signal, clock);
    reservation.settle(usage(inputTokens, outputTokens));
  }
  return work(load, signal);
}

function checkWait({ waitMs }: PacingWait): void {
  if (!(waitMs > 0 && Number.isFinite(waitMs))) throw new Error(`a wait of ${waitMs} ms`);
}
