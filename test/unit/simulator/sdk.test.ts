import Anthropic, {
  APIConnectionError,
  APIError,
  AuthenticationError,
  BadRequestError,
  ContentTooLargeError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/simulator/simulator';
import { simulator } from './support';

/** The real client of the API, as nobody here wrote it. */
function client(server: Simulator, headers: Record<string, string> = {}): Anthropic {
  return new Anthropic({
    apiKey: 'sk-test',
    baseURL: server.url,
    maxRetries: 0,
    defaultHeaders: headers,
  });
}

function question(
  content: string,
  model = 'simulator-fast',
): { model: string; max_tokens: number; messages: { role: 'user'; content: string }[] } {
  return { model, max_tokens: 8_000, messages: [{ role: 'user', content }] };
}

async function failure(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('the SDK', () => {
  it('streams text, usage and stop reason through its helper', async () => {
    const server = await simulator();
    const stream = client(server).messages.stream(question('markdown'));
    let streamed = '';
    stream.on('text', (text) => (streamed += text));
    const message = await stream.finalMessage();
    expect(await stream.finalText()).toBe(streamed);
    expect(streamed).toContain('# Markdown, one of each');
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(100);
    expect(stream.request_id).toMatch(/^req_011/);
  });

  it('gets a thinking block with its signature', async () => {
    const server = await simulator();
    const message = await client(server)
      .messages.stream(question('hello', 'simulator-deep'))
      .finalMessage();
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
    const [thinking] = message.content;
    expect(thinking?.type === 'thinking' && thinking.signature).toMatch(/^\w{180}$/);
    expect(message.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(10);
  });

  it('gets a tool call with its input, sends the result and gets an answer', async () => {
    const server = await simulator();
    const tools = [
      {
        name: 'get_weather',
        input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
      },
    ];
    const first = { ...question('what does get_weather say?'), tools };
    const message = await client(server).messages.stream(first).finalMessage();
    const call = message.content.find((block) => block.type === 'tool_use');
    expect(message.stop_reason).toBe('tool_use');
    expect(call?.input).toEqual({ city: 'what does get_weather say?' });
    const answer = await client(server).messages.create({
      ...first,
      messages: [
        ...first.messages,
        { role: 'assistant', content: message.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'rain' }],
        },
      ],
    });
    expect(JSON.stringify(answer.content)).toContain('rain');
  });

  it('gets the whole text of every shape of stream', async () => {
    const server = await simulator();
    const text = async (shape: string): Promise<string> =>
      client(server, { 'x-simulator-shape': shape })
        .messages.stream(question('unicode'))
        .finalText();
    const plain = await text('pings=none');
    expect(await text('pings=odd emptyDeltas writes=split deltaTokens=1')).toBe(plain);
    expect(await text('padding=no writes=event')).toBe(plain);
  });

  it('answers without stream', async () => {
    const server = await simulator();
    const message = await client(server).messages.create(question('hello'));
    expect(message.content[0]).toMatchObject({ type: 'text' });
    expect(message.stop_reason).toBe('end_turn');
  });

  it('counts tokens and lists models', async () => {
    const server = await simulator();
    const { max_tokens: _, ...counted } = question('hello');
    expect((await client(server).messages.countTokens(counted)).input_tokens).toBeGreaterThan(5);
    const ids: string[] = [];
    for await (const model of client(server).models.list({ limit: 1 })) ids.push(model.id);
    expect(ids).toEqual([
      'simulator-balanced',
      'simulator-deep',
      'simulator-fast',
      'simulator-legacy',
    ]);
    const deep = await client(server).models.retrieve('simulator-deep');
    expect(deep.capabilities?.effort.xhigh?.supported).toBe(true);
    expect(deep.capabilities?.thinking.types.disabled.supported).toBe(false);
  });

  it.each([
    ['overload', OverloadedError, 'overloaded_error'],
    ['rate-limit', RateLimitError, 'rate_limit_error'],
    ['auth', AuthenticationError, 'authentication_error'],
    ['invalid', BadRequestError, 'invalid_request_error'],
    ['not-found', NotFoundError, 'not_found_error'],
    ['server-error', InternalServerError, 'api_error'],
    ['too-large', ContentTooLargeError, 'request_too_large'],
  ])('throws its own error for %s', async (fault, errorClass, type) => {
    const server = await simulator();
    const error = await failure(
      client(server, { 'x-simulator-fault': fault }).messages.create(question('x')),
    );
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ type });
    expect(error instanceof APIError && error.requestID).toMatch(/^req_011/);
  });

  it('reads the code of a spend limit', async () => {
    const server = await simulator();
    const error = await failure(
      client(server, { 'x-simulator-fault': 'spend-limit' }).messages.create(question('x')),
    );
    expect(error).toMatchObject({ errorCode: 'enforced_spend_limit_reached' });
  });

  it('throws the error that comes inside a stream', async () => {
    const server = await simulator();
    const stream = client(server).messages.stream(question('markdown [[fault error after=5]]'));
    const error = await failure(stream.finalMessage());
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: undefined, type: 'overloaded_error' });
  });

  it('notices a stream that ends too soon, in its helper', async () => {
    const server = await simulator();
    const stream = client(server).messages.stream(question('markdown [[fault truncate]]'));
    expect(await failure(stream.finalMessage())).toBeInstanceOf(Error);
  });

  it('throws a connection error when the connection is reset before the headers', async () => {
    const server = await simulator();
    const error = await failure(
      client(server).messages.create(question('x [[fault reset at=headers]]')),
    );
    expect(error).toBeInstanceOf(APIConnectionError);
  });
});
