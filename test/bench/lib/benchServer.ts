import { createServer, type ServerResponse } from 'node:http';
import { makeWireStream, type WireStream } from './wireStream';

/** How the server sends a reply; the first part of the path, as in `/burst/v1/messages`. */
const REPLY_STYLES = {
  /** 2,000 deltas in one write. */
  burst: { deltas: 2_000, seed: 1 },
  /** The same, one write (one chunk of the transfer coding) per event. */
  each: { deltas: 2_000, seed: 1 },
  /** 500 events a second, one write each. */
  paced: { deltas: 4_000, seed: 2 },
  /** The same, short. */
  pacedShort: { deltas: 1_000, seed: 2 },
  /** 50 deltas in one write: a short answer. */
  small: { deltas: 50, seed: 3 },
  /** The same, after 50-150 ms. */
  delayed: { deltas: 50, seed: 3 },
} as const;
export type ReplyStyle = keyof typeof REPLY_STYLES;

export const PACED_EVENTS_PER_SECOND = 500;

export function replyOf(style: ReplyStyle): WireStream {
  const { deltas, seed } = REPLY_STYLES[style];
  return makeWireStream(deltas, seed);
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'request-id': 'req_bench',
};

/** Answers every POST with the reply that its path names. Bodies are made once, before the first request. */
export function startBenchServer(onListening: (port: number) => void): void {
  const senders = new Map<string, (response: ServerResponse) => void>([
    ['burst', sendAtOnce(replyOf('burst'))],
    ['each', sendEach(replyOf('each'))],
    ['paced', sendPaced(replyOf('paced'))],
    ['pacedShort', sendPaced(replyOf('pacedShort'))],
    ['small', sendAtOnce(replyOf('small'))],
    ['delayed', sendLater(replyOf('delayed'))],
  ]);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    request.resume();
    request.on('end', () => {
      const send = senders.get(request.url?.split('/')[1] ?? '');
      response.writeHead(send === undefined ? 404 : 200, HEADERS);
      if (send === undefined) response.end();
      else send(response);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') onListening(address.port);
  });
}

function sendAtOnce({ events }: WireStream): (response: ServerResponse) => void {
  const body = Buffer.concat(events);
  return (response) => {
    // Written before the end, so that it is sent chunked and without a length, as a stream is.
    response.write(body);
    response.end();
  };
}

function sendLater(reply: WireStream): (response: ServerResponse) => void {
  const send = sendAtOnce(reply);
  // Spread evenly, so that requests that came together do not stay together.
  return (response) => void setTimeout(() => send(response), 50 + 100 * Math.random());
}

function sendEach({ events }: WireStream): (response: ServerResponse) => void {
  return (response) => {
    let next = 0;
    const step = (): void => {
      const event = events[next++];
      if (event === undefined || response.destroyed) {
        response.end();
        return;
      }
      response.write(event);
      setImmediate(step);
    };
    step();
  };
}

function sendPaced({ events }: WireStream): (response: ServerResponse) => void {
  return (response) => {
    const startedAt = performance.now();
    let next = 0;
    const timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1_000) * PACED_EVENTS_PER_SECOND;
      for (; next < due; next++) {
        const event = events[next];
        if (event === undefined || response.destroyed) {
          clearInterval(timer);
          response.end();
          return;
        }
        response.write(event);
      }
    }, 1);
  };
}
