import type { Clock } from '../../base/clock';
import { sleep } from '../../base/abort';

export interface BodyLimit {
  /** Bytes after which reading stops. */
  readonly maxBytes: number;
  readonly maxMs: number;
}

/**
 * Reads a body as text, as far as it comes within the limits, and frees its connection. Never rejects: what arrived counts.
 * @returns the text, and whether it is all there was
 */
export async function readText(
  response: Response,
  limit: BodyLimit,
  clock: Clock,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  if (!response.body) return { text: '', whole: true };
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  const timer = new AbortController();
  let text = '';
  let bytes = 0;
  let whole = false;
  const reading = (async () => {
    while (bytes < limit.maxBytes) {
      const { done, value } = await reader.read();
      if (done) {
        whole = true;
        return;
      }
      bytes += value.length;
      text += decoder.decode(value, { stream: true });
    }
  })().catch(() => undefined);
  await Promise.race([reading, sleep(limit.maxMs, timer.signal, clock).catch(() => undefined)]);
  timer.abort();
  if (!whole) reader.cancel().catch(() => undefined);
  return { text: text + decoder.decode(), whole };
}

/** The JSON in the text, or the text itself. */
export function parseBody(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
