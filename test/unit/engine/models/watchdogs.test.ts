import { afterEach, describe, expect, it } from 'vitest';
import { Watchdogs } from '../../../../src/engine/models/watchdogs';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import {
  Cleanup,
  failure,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { sse, streamHead, streamTail, textDelta } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const timeouts = {
  firstEventMs: 1_000,
  firstEventPerThousandTokensMs: 100,
  idleMs: 500,
  silenceMs: 300,
};

const ping = sse({ type: 'ping' });

/** A `fetch` whose one response is written by the test. */
function scriptedFetch() {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  let answer: ((response: Response) => void) | undefined;
  const state = { cancelled: false, signal: undefined as AbortSignal | undefined | null };
  const fetch: typeof globalThis.fetch = (_input, init) => {
    state.signal = init?.signal;
    return new Promise((resolve, reject) => {
      answer = resolve;
      init?.signal?.addEventListener('abort', () => {
        reject(new DOMException('This operation was aborted', 'AbortError'));
      });
    });
  };
  return {
    fetch,
    state,
    headers: async () => {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          body = controller;
        },
        cancel: () => {
          state.cancelled = true;
        },
      });
      answer?.(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
      await settle();
    },
    write: async (text: string) => {
      body?.enqueue(new TextEncoder().encode(text));
      await settle();
    },
    close: async () => {
      body?.close();
      await settle();
    },
  };
}

async function start(request = {}, limits: object = timeouts) {
  const clock = new FakeClock();
  const server = scriptedFetch();
  const factory = cleanup.add(
    testFactory({ endpoint: testEndpoint('http://127.0.0.1:1234'), clock, fetch: server.fetch }),
  );
  const attempt = startAttempt(factory, { request, settings: { timeouts: limits } });
  // The SDK and the pool are loaded by the first request.
  while (server.state.signal === undefined) await settle();
  return { clock, server, attempt };
}

describe('watchdogs', () => {
  it('give up when nothing comes at all', async () => {
    const { clock, attempt, server } = await start();
    await clock.advance(999);
    expect(server.state.signal?.aborted).toBe(false);
    await clock.advance(2);
    const error = await failure(attempt);
    expect(error).toMatchObject({ kind: 'timeout_first_event', retryable: true });
    expect(error.message).toContain('1 s');
    expect(server.state.signal?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('give up when headers come and no event, pings do not help', async () => {
    const { clock, attempt, server } = await start();
    await clock.advance(600);
    await server.headers();
    await server.write(ping);
    await clock.advance(399);
    await server.write(ping);
    await clock.advance(2);
    expect(await failure(attempt)).toMatchObject({ kind: 'timeout_first_event', partialText: '' });
    expect(server.state.cancelled).toBe(true);
  });

  it('wait longer for the first event of a longer prompt', async () => {
    const messages = [{ role: 'user', content: 'x'.repeat(30_000) }];
    const { clock, attempt, server } = await start({ messages });
    await clock.advance(1_900);
    expect(server.state.signal?.aborted).toBe(false);
    await clock.advance(150);
    expect(await failure(attempt)).toMatchObject({ kind: 'timeout_first_event' });
  });

  it('tell a silent socket from a reply that makes no progress', async () => {
    const silent = await start();
    await silent.server.headers();
    await silent.server.write(streamHead + textDelta('Half'));
    await silent.clock.advance(301);
    const silence = await failure(silent.attempt);
    expect(silence).toMatchObject({ kind: 'timeout_idle', partialText: 'Half' });
    expect(silence.message).toContain('went silent');

    const pinging = await start();
    await pinging.server.headers();
    await pinging.server.write(streamHead + textDelta('Half'));
    await pinging.clock.advance(250);
    await pinging.server.write(ping);
    await pinging.clock.advance(240);
    await pinging.server.write(ping);
    await pinging.clock.advance(11);
    const idle = await failure(pinging.attempt);
    expect(idle).toMatchObject({ kind: 'timeout_idle', partialText: 'Half' });
    expect(idle.message).toContain('no progress');
  });

  it('are content with a slow reply that goes on', async () => {
    const { clock, attempt, server } = await start();
    await server.headers();
    await server.write(streamHead);
    for (let n = 0; n < 20; n++) {
      await clock.advance(290);
      await server.write(textDelta(`${n} `));
    }
    await server.write(streamTail);
    await server.close();
    await success(attempt);
    expect(attempt.text()).toContain('19 ');
    expect(clock.pending).toBe(0);
    expect(attempt.progress.firstTokenAt).toBe(290);
    expect(attempt.progress.lastEventAt).toBe(20 * 290);
  });

  it('do not wait for the connection to end after the reply did', async () => {
    const { clock, attempt, server } = await start();
    await server.headers();
    await server.write(streamHead + textDelta('a') + streamTail);
    await success(attempt);
    expect(server.state.cancelled).toBe(false);
    await clock.advance(1_001);
    expect(server.state.cancelled).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('stop a reply whose connection does not react to the abort', async () => {
    const { attempt, server } = await start();
    await server.headers();
    await server.write(streamHead + textDelta('a'));
    attempt.controller.abort();
    expect(await failure(attempt)).toMatchObject({ kind: 'aborted', partialText: 'a' });
    expect(server.state.cancelled).toBe(true);
  });
});

describe('watchdogs while a connection is being opened', () => {
  const limits = { connectMs: 5_000, firstEventMs: 1_000, idleMs: 500, silenceMs: 300 };

  function connecting() {
    const clock = new FakeClock();
    const watch = cleanup.add(new Watchdogs(new AbortController().signal, limits, clock));
    watch.sent();
    watch.connecting();
    return { clock, watch };
  }

  it('put the first event off by as long as that takes', async () => {
    const { clock, watch } = connecting();
    await clock.advance(4_000);
    watch.sent();
    await clock.advance(999);
    expect(watch.failure).toBeUndefined();
    await clock.advance(2);
    expect(watch.failure?.kind).toBe('timeout_first_event');
  });

  it('have a limit all the same when nobody tells how it ended', async () => {
    const { clock, watch } = connecting();
    await clock.advance(5_000 + 1_000);
    expect(watch.failure).toBeUndefined();
    await clock.advance(2_001);
    expect(watch.failure?.kind).toBe('timeout_first_event');
    expect(clock.pending).toBe(0);
  });

  it('watch a reply that comes although nobody told that it is open', async () => {
    const { clock, watch } = connecting();
    watch.received(clock.now(), true);
    // Another request's connection: no matter to a reply that streams.
    watch.connecting();
    await clock.advance(301);
    expect(watch.failure?.kind).toBe('timeout_idle');
  });
});
