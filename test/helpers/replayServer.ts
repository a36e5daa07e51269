import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ReplayServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** Answers one request; the next one gets the next answer, the last answer again and again. */
export type Answer = (response: ServerResponse) => void | Promise<void>;

/** A server on 127.0.0.1 that answers whatever is posted with what it was given, byte for byte. */
export async function startReplayServer(...answers: readonly Answer[]): Promise<ReplayServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const answer = answers[Math.min(requests.length, answers.length - 1)];
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      void answer?.(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A recorded stream, written in pieces whose sizes `random` chooses: 1 to `largest` bytes, also inside characters. */
export function replay(recording: Buffer, random: () => number, largest: number): Answer {
  return async (response) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'request-id': 'req_replay',
    });
    for (let at = 0; at < recording.length;) {
      const end = at + 1 + Math.floor(random() * largest);
      response.write(recording.subarray(at, end));
      at = end;
      // Each piece by itself on the wire, not all in one.
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    response.end();
  };
}

/** An error as the Messages API answers it. */
export function fail(
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'request-id': `req_${status}`,
      ...headers,
    });
    response.end(JSON.stringify({ type: 'error', error: { type, message } }));
  };
}

/** A stream of one text block in these pieces; between `head` and `tail` a test can wait. */
export function sse(...events: readonly Readonly<Record<string, unknown>>[]): string {
  return events
    .map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

export const streamHead = sse(
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'test-model',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 12, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
);

export function textDelta(text: string): string {
  return sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
}

export const streamTail = sse(
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 7 },
  },
  { type: 'message_stop' },
);

/** A whole reply at once. */
export function answerWith(...texts: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_whole' });
    response.end(streamHead + texts.map(textDelta).join('') + streamTail);
  };
}
