import { LLMock } from '@copilotkit/aimock';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Cleanup,
  failure,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { matching } from '../../../helpers/matchers';

/** A server that nobody here wrote, so that both sides do not share one misunderstanding. */
const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function mock(): Promise<LLMock> {
  const server = new LLMock({ port: 0, logLevel: 'silent' });
  await server.start();
  cleanup.later(() => server.stop());
  return server;
}

function attemptAt(server: LLMock, question: string, settings: unknown = {}) {
  const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
  return startAttempt(factory, {
    request: { messages: [{ role: 'user', content: question }] },
    settings,
  });
}

const answer = 'Streaming means that words arrive as they are made: 一字一句, ✅.';

describe('against aimock', () => {
  it('a reply arrives in pieces and whole', async () => {
    const server = await mock();
    server.onMessage(
      'stream',
      { content: answer, usage: { input_tokens: 11, output_tokens: 22 } },
      { chunkSize: 5, latency: 1 },
    );
    const attempt = attemptAt(server, 'stream');
    const result = await success(attempt);
    expect(attempt.text()).toBe(answer);
    expect(attempt.events.length).toBeGreaterThan(5);
    expect(result.stopReason).toBe('end_turn');
    expect(attempt.progress.usage).toMatchObject({ inputTokens: 11, outputTokens: 22 });
  });

  it('thinking and tool calls arrive', async () => {
    const server = await mock();
    server.onMessage('think', { content: 'Done.', reasoning: 'Let me see.' });
    const thinking = attemptAt(server, 'think');
    await success(thinking);
    const thoughts = thinking.events.filter(({ type }) => type === 'thinking');
    expect(thoughts.length).toBeGreaterThan(0);

    server.onMessage('weather', {
      toolCalls: [{ name: 'get_weather', arguments: '{"city":"Oslo"}' }],
    });
    const tool = attemptAt(server, 'weather');
    const result = await success(tool);
    expect(result.stopReason).toBe('tool_use');
    expect(tool.events).toEqual([
      { type: 'tool_use', id: matching(/./), name: 'get_weather', input: { city: 'Oslo' } },
    ]);
  });

  it('a stream cut by the server is truncated, with the text so far', async () => {
    const server = await mock();
    server.onMessage(
      'cut',
      { content: answer },
      { chunkSize: 5, latency: 5, truncateAfterChunks: 6 },
    );
    const attempt = attemptAt(server, 'cut');
    const error = await failure(attempt);
    expect(['truncated', 'network']).toContain(error.kind);
    expect(error.retryable).toBe(true);
    expect(error.partialText).not.toBe('');
    expect(answer.startsWith(error.partialText)).toBe(true);
    expect(attempt.text()).toBe(error.partialText);
  });

  it('a connection dropped by the server is a truncated or broken reply', async () => {
    const server = await mock();
    server.onMessage(
      'drop',
      { content: answer },
      { chunkSize: 3, latency: 10, disconnectAfterMs: 60 },
    );
    const error = await failure(attemptAt(server, 'drop'));
    expect(['truncated', 'network']).toContain(error.kind);
    expect(answer.startsWith(error.partialText)).toBe(true);
  });

  it('a slow first token runs into its limit', async () => {
    const server = await mock();
    server.onMessage('slow', { content: answer }, { chaos: { latencyMs: 5_000 } });
    const error = await failure(attemptAt(server, 'slow', { timeouts: { firstEventMs: 150 } }));
    expect(error.kind).toBe('timeout_first_event');
  });

  it('a stall inside the stream runs into its limit', async () => {
    const server = await mock();
    server.onMessage(
      'stall',
      { content: answer },
      { chunkSize: 5, streamingProfile: { ttft: 1, tps: 1 } },
    );
    const error = await failure(
      attemptAt(server, 'stall', { timeouts: { idleMs: 150, firstEventMs: 5_000 } }),
    );
    expect(error.kind).toBe('timeout_idle');
  });

  it.each([
    [429, 'rate_limit_error', 'rate_limit', true],
    [529, 'overloaded_error', 'overloaded', true],
    [500, 'api_error', 'api', true],
    [400, 'invalid_request_error', 'invalid_request', false],
    [401, 'authentication_error', 'authentication', false],
  ])('an error %i of type %s is told as %s', async (status, type, kind, retryable) => {
    const server = await mock();
    server.nextRequestError(status, { message: 'as ordered', type });
    const error = await failure(attemptAt(server, 'anything'));
    expect(error).toMatchObject({ kind, status, retryable });
    expect(error.message).toContain('as ordered');
  });

  it.each([
    ['dropped requests', { dropRate: 1 }],
    ['malformed answers', { malformedRate: 1 }],
    ['rate limits', { rateLimitRate: 1 }],
    ['disconnects', { disconnectRate: 1 }],
  ])('chaos with %s always ends in a typed error', async (_what, chaos) => {
    const server = await mock();
    server.onMessage('chaos', { content: answer }, { chaos });
    const error = await failure(attemptAt(server, 'chaos'));
    expect(error.kind).not.toBe('internal');
    expect(error.message.length).toBeGreaterThan(10);
  });
});
