import { sleep } from '../../base/abort';
import type { TurnIO } from './attempt';
import type { TurnServices } from './turnServices';

/** The clock on the wall is looked at so often at least, ms. */
const LONGEST_SLEEP_MS = 30_000;

/** Waits, visibly, until the moment that the request names, if it names one. @throws the signal's reason */
export async function awaitMoment(
  { request: { notBefore = 0 }, signal, emit, ledger }: TurnIO,
  { clock, metrics }: Pick<TurnServices, 'clock' | 'metrics'>,
): Promise<void> {
  const waitMs = notBefore - clock.wallNow();
  if (waitMs <= 0) return;
  emit({ type: 'waiting', reason: 'asked', waitMs });
  metrics.waitStarted();
  try {
    // In pieces: a timer goes no further than 24 days, and stands still on some machines while they sleep.
    for (let leftMs = waitMs; leftMs > 0; leftMs = notBefore - clock.wallNow()) {
      await sleep(Math.min(leftMs, LONGEST_SLEEP_MS), signal, clock);
    }
  } finally {
    metrics.waitEnded();
  }
  ledger.beginAgain();
}
