import { afterEach } from 'vitest';
import type { Clock } from '../../../src/base/clock';
import { isRecord } from '../../../src/simulator/json';
import type { JsonRecord } from '../../../src/simulator/json';
import type { SimulatorOptions } from '../../../src/simulator/options';
import { startSimulator } from '../../../src/simulator/simulator';
import type { Simulator } from '../../../src/simulator/simulator';

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulator without delays that is closed after the test. */
export async function simulator(options: SimulatorOptions = {}, clock?: Clock): Promise<Simulator> {
  const started = await startSimulator({ burst: true, ...options }, clock);
  running.push(started);
  return started;
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Fields of the body beside the usual ones. */
  readonly body?: JsonRecord;
}

/** POST /v1/messages, streamed, with one question. */
export function ask(
  server: Pick<Simulator, 'url'>,
  prompt: string,
  options: AskOptions = {},
): Promise<Response> {
  return post(
    server,
    {
      model: 'simulator-fast',
      max_tokens: 64_000,
      stream: true,
      messages: [{ role: 'user', content: prompt }],
      ...options.body,
    },
    options,
  );
}

/** POST of any body. */
export function post(
  server: Pick<Simulator, 'url'>,
  body: unknown,
  { headers = {}, signal }: Omit<AskOptions, 'body'> = {},
  path = '/v1/messages',
): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2026-10-21',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

export interface SseEvent {
  readonly event: string;
  readonly data: JsonRecord;
}

/** The events of a whole stream; refuses anything that is not one. */
export function parseEvents(stream: string): SseEvent[] {
  const parts = stream.split('\n\n');
  if (parts.pop() !== '') throw new Error('the stream ends inside an event');
  return parts.map((part) => {
    const match = /^event: (\S+)\ndata: (.*)$/.exec(part);
    const data: unknown = JSON.parse(match?.[2] ?? '');
    if (!isRecord(data)) throw new Error(`no object in ${part}`);
    return { event: match?.[1] ?? '', data };
  });
}

export function recordAt(value: JsonRecord | undefined, key: string): JsonRecord {
  const found = value?.[key];
  if (!isRecord(found)) throw new Error(`no object at ${key}`);
  return found;
}

/** All text of one kind of delta. */
export function textOfDeltas(events: readonly SseEvent[], field = 'text'): string {
  return events
    .filter(({ event }) => event === 'content_block_delta')
    .map(({ data }) => recordAt(data, 'delta')[field])
    .filter((text) => typeof text === 'string')
    .join('');
}

export function stopReason(events: readonly SseEvent[]): unknown {
  const last = events.find(({ event }) => event === 'message_delta');
  return recordAt(last?.data, 'delta')['stop_reason'];
}

export async function askForEvents(
  server: Pick<Simulator, 'url'>,
  prompt: string,
  options: AskOptions = {},
): Promise<SseEvent[]> {
  const response = await ask(server, prompt, options);
  return parseEvents(await response.text());
}

/** The JSON object that a response holds. */
export async function jsonOf(response: Response): Promise<JsonRecord> {
  const body: unknown = await response.json();
  if (!isRecord(body)) throw new Error('expected a JSON object');
  return body;
}

export async function errorOf(response: Response): Promise<{ type: unknown; message: string }> {
  const { type, message } = recordAt(await jsonOf(response), 'error');
  return { type, message: String(message) };
}

/** Reads as much of a body as comes, and tells how it ended. */
export async function readAll(
  response: Response,
): Promise<{ text: string; error: Error | undefined }> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return { text, error: undefined };
  } catch (error) {
    return { text, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
