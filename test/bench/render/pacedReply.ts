import type { MarkedText } from '../lib/markedText';
import { seededRandom } from '../../helpers/seededRandom';

/** 1,000 tokens of four characters a second. */
export const CHARACTERS_PER_SECOND = 4_000;

/**
 * Sends `text` from offset `from` on, in deltas of two to six characters, as many as are due by the clock. Resolves when all
 * of it is sent, with when the end of each mark was (ms since 1970; `NaN` for those before `from`).
 */
export async function sendPaced(
  { text, markEnds }: MarkedText,
  from: number,
  send: (delta: string) => void,
): Promise<number[]> {
  const random = seededRandom(7);
  const sentAt = markEnds.filter((end) => end <= from).map(() => Number.NaN);
  const startedAt = performance.now();
  let sent = from;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = from + ((performance.now() - startedAt) / 1_000) * CHARACTERS_PER_SECOND;
      while (sent < due && sent < text.length) {
        const delta = text.slice(sent, sent + 2 + Math.floor(5 * random()));
        sent += delta.length;
        send(delta);
        const now = performance.timeOrigin + performance.now();
        while ((markEnds[sentAt.length] ?? Infinity) <= sent) sentAt.push(now);
      }
      if (sent < text.length) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  return sentAt;
}
