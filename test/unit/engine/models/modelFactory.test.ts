import { afterEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import type { BaseModel } from '../../../../src/engine/models/baseModel';
import { DEFAULT_MODEL } from '../../../../src/engine/models/builtinModels';
import { FakeClock } from '../../../helpers/fakeClock';
import {
  Cleanup,
  TEST_KEY,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { answerWith, fail, startReplayServer, type Answer } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function serve(...answers: readonly Answer[]) {
  return cleanup.closing(await startReplayServer(...answers));
}

function json(body: unknown, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

/** Answers when the test lets it. */
function held(answer: Answer, release: Promise<void>): Answer {
  return async (response) => {
    await release;
    await answer(response);
  };
}

const one = json({ data: [{ id: 'model-a' }], has_more: false });

describe('models', () => {
  const endpoint = testEndpoint('http://127.0.0.1:9');

  it('are made once for each type and name', () => {
    const factory = cleanup.add(testFactory({ endpoint }));
    expect(factory.model('a')).toBe(factory.model('a'));
    expect(factory.model('a')).not.toBe(factory.model('b'));
    expect(factory.model().name).toBe(DEFAULT_MODEL);
    expect(factory.model('a')).toMatchObject({ type: 'claude', name: 'a' });
  });

  it('of further types come from one registration', () => {
    const factory = cleanup.add(testFactory({ endpoint }));
    const made: string[] = [];
    factory.registerType({
      type: 'echo',
      defaultModel: 'echo-1',
      create: ({ name, type, catalog }): BaseModel => {
        made.push(name);
        return {
          type,
          name,
          info: catalog.info(name),
          startReply: () => Promise.reject(new Error('not called')),
          countTokens: () => Promise.resolve({ tokens: 1, estimated: false }),
          isAvailable: () => Promise.resolve(true),
        };
      },
    });
    expect(factory.model('a', 'echo')).toBe(factory.model('a', 'echo'));
    expect(factory.model('a', 'echo')).not.toBe(factory.model('a'));
    factory.setDefaultType('echo');
    expect(factory.model()).toMatchObject({ type: 'echo', name: 'echo-1' });
    expect(made).toEqual(['a', 'echo-1']);
    expect(() => factory.model('a', 'nope')).toThrow('There is no model type "nope"');
    expect(() => factory.setDefaultType('nope')).toThrow('Known types: claude, echo');
    expect(() => factory.model(' ')).toThrow('No model is named');
  });

  it('are made anew for another endpoint, not for the same one or another key', () => {
    const factory = cleanup.add(testFactory({ endpoint }));
    const model = factory.model('a');
    factory.setEndpoints([{ ...endpoint }]);
    factory.keyChanged();
    expect(factory.model('a')).toBe(model);
    factory.setEndpoints([testEndpoint('http://127.0.0.1:10')]);
    expect(factory.model('a')).not.toBe(model);
    expect(factory.endpoint.baseURL).toBe('http://127.0.0.1:10');
  });

  it('of an endpoint that was taken out are not those of another one', () => {
    const factory = cleanup.add(testFactory({ endpoint }));
    factory.setEndpoints([testEndpoint('http://127.0.0.1:10', { id: 'other' })]);
    expect(() => factory.model('a', undefined, endpoint.id)).toThrow(
      `${endpoint.id} is not among the endpoints any more`,
    );
    expect(factory.connectionStatsOf(endpoint.id)).toMatchObject({ open: 0 });
  });

  it('that run go on at the old endpoint', async () => {
    const release = new Deferred<void>();
    const before = await serve(held(answerWith('old'), release.promise));
    const after = await serve(answerWith('new'));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(before.url) }));
    const running = startAttempt(factory);
    await expect.poll(() => before.requests.length).toBe(1);
    factory.setEndpoints([testEndpoint(after.url)]);
    const next = startAttempt(factory);
    await success(next);
    release.resolve();
    await success(running);
    expect([running.text(), next.text()]).toEqual(['old', 'new']);
  });
});

describe('the list of models', () => {
  it('is read page by page', async () => {
    const server = await serve(
      json({ data: [{ id: 'a' }, { id: 'b', max_tokens: 5 }], has_more: true, last_id: 'b' }),
      json({ data: [{ id: 'c' }], has_more: false, last_id: 'c' }),
    );
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const list = await factory.availableModels();
    expect(list).toMatchObject({ source: 'server', problem: undefined });
    expect(list.models.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/v1/models?limit=100',
      '/v1/models?limit=100&after_id=b',
    ]);
    expect(factory.modelInfo('b')).toMatchObject({ source: 'server' });
    expect(factory.model('b').info.capabilities.maxOutputTokens).toBe(5);
  });

  it('is that of the endpoint that is named, and of no other when that is gone', async () => {
    const first = await serve(json({ data: [{ id: 'a' }] }));
    const second = await serve(json({ data: [{ id: 'b' }] }));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(first.url) }));
    factory.setEndpoints([
      testEndpoint(first.url),
      testEndpoint(second.url, { id: 'second', group: 'apart' }),
    ]);
    const { models } = await factory.availableModels(undefined, 'second');
    expect(models.map(({ id }) => id)).toEqual(['b']);
    expect(first.requests).toHaveLength(0);
    expect(() => factory.availableModels(undefined, 'gone')).toThrow('gone is not among');
  });

  it('ends with a server whose pages never do', async () => {
    const server = await serve(json({ data: [{ id: 'a' }], has_more: true, last_id: 'a' }));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    await factory.availableModels();
    expect(server.requests).toHaveLength(2);
    let page = 0;
    const endless = await serve((response) =>
      json({ data: [{ id: `m${++page}` }], has_more: true, last_id: `m${page}` })(response),
    );
    factory.setEndpoints([testEndpoint(endless.url)]);
    expect((await factory.availableModels()).models).toHaveLength(20);
  });

  it('is asked once by callers at the same time, kept, and asked again when old', async () => {
    const clock = new FakeClock();
    const server = await serve(one);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url), clock }));
    await Promise.all([factory.availableModels(), factory.availableModels()]);
    await factory.availableModels();
    expect(server.requests).toHaveLength(1);
    await clock.advance(600_001);
    await factory.availableModels();
    expect(server.requests).toHaveLength(2);
  });

  it('is forgotten with the key; an answer to the old key is not kept', async () => {
    const release = new Deferred<void>();
    const server = await serve(
      held(json({ data: [{ id: 'old', max_tokens: 1 }] }), release.promise),
      json({ data: [{ id: 'new' }] }),
    );
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const first = factory.availableModels();
    await expect.poll(() => server.requests.length).toBe(1);
    factory.keyChanged();
    release.resolve();
    await first;
    expect(factory.modelInfo('old').source).toBe('builtin');
    const second = await factory.availableModels();
    expect(second.models.map(({ id }) => id)).toEqual(['new']);
  });

  it.each([
    ['the server fails', fail(500, 'api_error', 'x'), 'api'],
    ['the key is refused', fail(401, 'authentication_error', 'x'), 'authentication'],
    ['there is no such list', fail(404, 'not_found_error', 'x'), 'not_found'],
    ['something else answers', json({ hello: 'world' }), 'protocol'],
    ['a page answers', (response) => void response.end('<html>'), 'protocol'],
  ] as readonly (readonly [string, Answer, string])[])(
    'is the built-in one, and says why, when %s',
    async (_when, answer, kind) => {
      const server = await serve(answer, one);
      const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
      const list = await factory.availableModels();
      expect(list).toMatchObject({ source: 'builtin', problem: { kind } });
      expect(list.models.map(({ id }) => id)).toContain(DEFAULT_MODEL);
      expect((await factory.availableModels()).source).toBe('server');
    },
  );

  it('leaves one who stops waiting, and the others get it', async () => {
    const release = new Deferred<void>();
    const server = await serve(held(one, release.promise));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const controller = new AbortController();
    const stopped = factory.availableModels(controller.signal);
    const stays = factory.availableModels();
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ kind: 'aborted' });
    release.resolve();
    expect((await stays).source).toBe('server');
  });

  it('does not wait for ever', async () => {
    const clock = new FakeClock();
    const server = await serve(held(one, new Promise(() => undefined)));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url), clock }));
    const list = factory.availableModels();
    await expect.poll(() => server.requests.length).toBe(1);
    await clock.advance(15_001);
    expect(await list).toMatchObject({ problem: { kind: 'timeout_first_event' } });
    expect(clock.pending).toBe(0);
  });
});

describe('whether a model is available', () => {
  it('is asked by its name, and its entry is remembered', async () => {
    const server = await serve(json({ id: 'claude-nova-9', max_tokens: 77, type: 'model' }));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    expect(await factory.isModelAvailable('claude-nova-9')).toBe(true);
    expect(server.requests[0]?.path).toBe('/v1/models/claude-nova-9');
    expect(factory.modelInfo('claude-nova-9').capabilities.maxOutputTokens).toBe(77);
  });

  it('is looked up in the list where a server knows no single models', async () => {
    const server = await serve(fail(404, 'not_found_error', 'x'), one);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    expect(await factory.isModelAvailable('model-a')).toBe(true);
    expect(await factory.isModelAvailable('model/b')).toBe(true);
    expect(server.requests[2]?.path).toBe('/v1/models/model%2Fb');
  });

  it('is no when neither knows it, and can not be told without a list or a network', async () => {
    const missing = await serve(fail(404, 'not_found_error', 'x'), one);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(missing.url) }));
    expect(await factory.isModelAvailable('model-z')).toBe(false);
    const bare = await serve(fail(404, 'not_found_error', 'x'));
    factory.setEndpoints([testEndpoint(bare.url)]);
    await expect(factory.isModelAvailable('a')).rejects.toMatchObject({ kind: 'not_found' });
    const away = await startReplayServer(one);
    await away.close();
    factory.setEndpoints([testEndpoint(away.url)]);
    await expect(factory.isModelAvailable('a')).rejects.toMatchObject({ kind: 'network' });
  });
});

describe('trying a key', () => {
  it('asks the endpoint with that key, not with the kept one', async () => {
    const server = await serve(one);
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint('http://127.0.0.1:9') }));
    expect(await factory.checkKey(testEndpoint(server.url), 'sk-new-key')).toBe('accepted');
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/models?limit=1');
    expect(request?.headers.authorization).toBe('Bearer sk-new-key');
  });

  it('says why it was refused, without quoting it', async () => {
    const server = await serve(fail(401, 'authentication_error', `bad ${TEST_KEY}`));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const checking = factory.checkKey(factory.endpoint, TEST_KEY);
    await expect(checking).rejects.toMatchObject({ kind: 'authentication', status: 401 });
    await expect(checking).rejects.not.toThrow(TEST_KEY);
  });

  it('can not tell where the server has no list of models', async () => {
    const server = await serve(fail(404, 'not_found_error', 'x'));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    expect(await factory.checkKey(factory.endpoint, TEST_KEY)).toBe('unknown');
  });

  it('can be stopped', async () => {
    const server = await serve(held(one, new Promise(() => undefined)));
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const controller = new AbortController();
    const checking = factory.checkKey(factory.endpoint, TEST_KEY, controller.signal);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort();
    await expect(checking).rejects.toMatchObject({ kind: 'aborted' });
  });
});
