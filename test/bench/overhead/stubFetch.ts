import type { Engine } from '../../../src/engine/engine';
import type { Contender } from '../lib/interleave';
import { perCallCost } from '../lib/perCallCost';
import { benchRequest, newBenchEngine, newSdkClient, sdkRequest } from '../lib/streamClients';
import { makeWireStream } from '../lib/wireStream';

/** Nothing is ever sent here. */
const NOWHERE = 'http://127.0.0.1:1';
const shortReply = Buffer.concat(makeWireStream(1, 1).events);
const answerAtOnce = (): Promise<Response> =>
  Promise.resolve(new Response(shortReply, { headers: { 'content-type': 'text/event-stream' } }));

export function newStubbedEngine(): Engine {
  return newBenchEngine(NOWHERE, 10, answerAtOnce);
}

/** Whole requests with a reply of one word over a `fetch` that answers at once: what SDK, parser and `Response` add. */
export function stubFetchContenders(engine: Engine): Contender[] {
  const client = newSdkClient(NOWHERE, answerAtOnce);
  const params = { ...sdkRequest, stream: true } as const;
  return [
    perCallCost('stub fetch: the Response alone, read to its end', async () =>
      (await answerAtOnce()).arrayBuffer(),
    ),
    perCallCost('stub fetch: SDK create({stream: true}).asResponse(), not read', () =>
      client.messages.create(params).asResponse(),
    ),
    perCallCost('stub fetch: SDK create({stream: true}), iterated', async () => {
      for await (const event of await client.messages.create(params)) void event;
    }),
    perCallCost('stub fetch: Pulse, the whole engine', () => engine.stream(benchRequest)),
  ];
}
