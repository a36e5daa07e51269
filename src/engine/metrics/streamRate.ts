/** A reply that came in less, ms, came in one piece: its rate would be the network's, not the model's. */
const MIN_STREAM_MS = 100;

/** Output tokens per second of a reply that was written for `streamMs`; `undefined` where that says nothing about the model. */
export function streamRate(streamMs: number, outputTokens: number): number | undefined {
  const isTold = streamMs >= MIN_STREAM_MS && outputTokens > 0;
  return isTold ? (outputTokens / streamMs) * 1_000 : undefined;
}
