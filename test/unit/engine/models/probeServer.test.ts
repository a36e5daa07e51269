import { afterEach, describe, expect, it } from 'vitest';
import { probeServer } from '../../../../src/engine/models/probeServer';
import { FakeClock } from '../../../helpers/fakeClock';
import { Cleanup } from '../../../helpers/modelHarness';
import { answerWith, fail, startReplayServer, type Answer } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function probe(answer: Answer) {
  const server = cleanup.closing(await startReplayServer(answer));
  // A clock that stands still: the limit is another test's, and a busy machine is slow to answer.
  return probeServer(server.url, fetch, undefined, new FakeClock());
}

describe('probeServer', () => {
  it('knows a server of the Messages API by how it refuses an empty request', async () => {
    expect(await probe(fail(400, 'invalid_request_error', 'model: Field required'))).toBe(
      'anthropic',
    );
    expect(await probe(fail(401, 'authentication_error', 'no key'))).toBe('anthropic');
  });

  it('tells other servers apart', async () => {
    expect(await probe((response) => void response.writeHead(404).end('404 page not found'))).toBe(
      'other',
    );
    expect(await probe((response) => void response.end('{"error":"unexpected endpoint"}'))).toBe(
      'other',
    );
    expect(await probe((response) => void response.writeHead(302, { location: '/' }).end())).toBe(
      'other',
    );
  });

  it('carries no key and starts no model', async () => {
    const server = cleanup.closing(await startReplayServer(answerWith('x')));
    await probeServer(`${server.url}/`, fetch, undefined);
    const [request] = server.requests;
    expect(request).toMatchObject({ path: '/v1/messages', body: '{}' });
    expect(request?.headers).not.toHaveProperty('authorization');
  });

  it('finds nothing where nothing answers, or not in time, or when stopped', async () => {
    const gone = await startReplayServer(answerWith('x'));
    await gone.close();
    expect(await probeServer(gone.url, fetch, undefined)).toBeUndefined();
    expect(await probeServer('nonsense', fetch, undefined)).toBeUndefined();

    const silent = cleanup.closing(await startReplayServer(() => undefined));
    const clock = new FakeClock();
    const late = probeServer(silent.url, fetch, undefined, clock);
    await expect.poll(() => silent.requests.length).toBe(1);
    await clock.advance(501);
    expect(await late).toBeUndefined();
    expect(clock.pending).toBe(0);
    expect(await probeServer(silent.url, fetch, AbortSignal.abort())).toBeUndefined();
  });
});
