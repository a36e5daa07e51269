import { abortable, LinkedAbort } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import { causeChain } from '../models/errorText';
import { networkError } from '../models/networkErrors';
import { tunnelStatus } from '../models/proxyErrors';
import { requestHeaders } from '../models/requestHeaders';
import type { KeySource } from '../ports';
import type { Endpoint, ErrorKind } from '../types';
import { failureOf, timed } from './timed';
import type { Failure, Probe } from './timed';

/** To the last byte that counts. */
const REQUEST_MS = 20_000;
/** From the headers on; what came until then tells the rate of a body that takes longer. */
const BODY_MS = 5_000;
const MAX_BYTES = 1024 * 1024;
/** A rate is told from so many bytes after the first piece on, or from fewer where they took long. */
const MIN_BYTES = 32_768;
const MIN_SLOW_BYTES = 1_024;
const SLOW_MS = 500;

export interface HttpAnswer {
  readonly status: number;
  readonly hadKey: boolean;
  /** From sending to the headers, connection included. */
  readonly firstByteMs: number;
  /** `undefined`: too few bytes came to tell. */
  readonly bytesPerSecond: number | undefined;
}

export interface HttpFailure extends Failure {
  readonly kind: ErrorKind;
  /** What a proxy on the way answered in place of the server; 407: it wants a login. */
  readonly proxyStatus: number | undefined;
  /** The engine's own sentence, without key or header values. */
  readonly message: string;
}

export interface HttpPorts {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly keys: KeySource;
}

/** Asks for the list of models, which costs nothing, on the way that questions take. */
export class HttpProbe {
  readonly #endpoint: Endpoint;
  readonly #ports: HttpPorts;

  constructor(endpoint: Endpoint, ports: HttpPorts) {
    this.#endpoint = endpoint;
    this.#ports = ports;
  }

  /** @throws the signal's reason when it is aborted, and nothing else */
  run(signal: AbortSignal): Promise<Probe<HttpAnswer, HttpFailure>> {
    const { clock } = this.#ports;
    return timed((stop) => this.#ask(stop), this.#failure, {
      limitMs: REQUEST_MS,
      clock,
      signal,
    });
  }

  async #ask(signal: AbortSignal): Promise<HttpAnswer> {
    const { clock, fetch, keys } = this.#ports;
    const { baseURL, authStyle, id } = this.#endpoint;
    // Without a key, or with a store of keys that fails, the way itself can still be tried.
    const key =
      authStyle === 'none' ? undefined : await keys.getKey(id, signal).catch(() => undefined);
    const asked: Endpoint =
      key === undefined ? { ...this.#endpoint, authStyle: 'none' } : this.#endpoint;
    const startedAt = clock.now();
    const response = await fetch(`${baseURL.replace(/\/+$/, '')}/v1/models?limit=1000`, {
      headers: requestHeaders(asked, key, false),
      redirect: 'manual',
      signal,
    });
    const firstByteMs = clock.now() - startedAt;
    const bytesPerSecond = await bodyRate(response, clock, signal);
    return { status: response.status, hadKey: key !== undefined, firstByteMs, bytesPerSecond };
  }

  readonly #failure = (error: unknown): HttpFailure => {
    // Of our own making: a key or header that can't be sent.
    if (error instanceof EngineError) {
      const { kind, message } = error;
      return { code: kind, kind, message, proxyStatus: undefined };
    }
    // No key: the text holds none, since the server's words are not in it.
    const context = { endpoint: this.#endpoint, key: undefined, wallNow: 0 };
    const { kind, message } = networkError(error, 'before_answer', context);
    const statuses = causeChain(error).map(tunnelStatus);
    const proxyStatus = statuses.find((status) => status !== undefined);
    return { ...failureOf(error), kind, message, proxyStatus };
  };
}

/**
 * Bytes per second between the first piece and the last. The first is left out: it was there before the measuring began. Nothing at
 * all in time: 0.
 */
async function bodyRate(
  response: Response,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!response.body) return undefined;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const limit = new LinkedAbort(signal);
  limit.abortAfter(BODY_MS, clock);
  let bytes = 0;
  let startedAt: number | undefined;
  let endedAt = clock.now();
  try {
    while (bytes < MAX_BYTES) {
      const { done, value } = await abortable(reader.read(), limit.signal);
      if (done) break;
      endedAt = clock.now();
      if (startedAt === undefined) startedAt = endedAt;
      else bytes += value.length;
    }
  } catch (error) {
    if (signal.aborted || !limit.signal.aborted) throw error;
    return (bytes / Math.max(1, clock.now() - (startedAt ?? endedAt))) * 1_000;
  } finally {
    limit.dispose();
    reader.cancel().catch(() => undefined);
  }
  const tookMs = endedAt - (startedAt ?? endedAt);
  const says = bytes >= MIN_BYTES || (tookMs >= SLOW_MS && bytes >= MIN_SLOW_BYTES);
  return says && tookMs > 0 ? (bytes / tookMs) * 1_000 : undefined;
}
