import { limited } from '../../base/abort';
import { systemClock, type Clock } from '../../base/clock';
import { parseBody, readText } from './responseBody';
import { isRecord } from './wireGuards';

const PROBE_MS = 500;
const ANSWER_BYTES = 16_384;

/**
 * What answers at a base URL, found out with an empty request that starts no model and carries no key: a server of the Messages
 * API refuses it in that API's own words. Never rejects.
 * @returns `undefined` when nothing answers within 500 ms, or on abort
 */
export async function probeServer(
  baseURL: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
  clock: Clock = systemClock,
): Promise<'anthropic' | 'other' | undefined> {
  const limit = { signal, limitMs: PROBE_MS, clock };
  try {
    return await limited((either) => probe(baseURL, fetch, either, clock), limit);
  } catch {
    return undefined;
  }
}

async function probe(
  baseURL: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
  clock: Clock,
): Promise<'anthropic' | 'other'> {
  const response = await fetch(`${baseURL.replace(/\/+$/, '')}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: '{}',
    redirect: 'manual',
    signal,
  });
  const { text } = await readText(response, { maxBytes: ANSWER_BYTES, maxMs: PROBE_MS }, clock);
  const body = parseBody(text);
  const speaks = isRecord(body) && body['type'] === 'error' && isRecord(body['error']);
  return speaks ? 'anthropic' : 'other';
}
