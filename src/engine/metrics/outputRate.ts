/** A reply that came in less, ms, came in one piece: its rate would be the network's, not the model's. */
const MIN_STREAM_MS = 100;

/** Output tokens per second between first token and end of a turn; `undefined` where that tells nothing. */
export function outputRate(
  {
    firstTokenMs,
    totalMs,
  }: { readonly firstTokenMs: number | undefined; readonly totalMs: number },
  outputTokens: number,
): number | undefined {
  if (firstTokenMs === undefined || outputTokens <= 0) return undefined;
  const streamMs = totalMs - firstTokenMs;
  return streamMs >= MIN_STREAM_MS ? (outputTokens / streamMs) * 1_000 : undefined;
}
