import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { streamText } from 'ai';
import pLimit from 'p-limit';
import { Engine } from '../../../src/engine/engine';
import { parseSettings } from '../../../src/engine/settings';
import type { ChatRequest, Endpoint } from '../../../src/engine/types';
import { streamWithBaseline } from './baselineClient';

export const BENCH_MODEL = 'claude-sonnet-5-5';
const PROMPT = 'Say something long about streams.';
const KEY = 'bench-key';

/** The same question through one way of asking it: streams the whole reply and resolves with its text. */
export interface StreamClient {
  readonly name: string;
  stream(): Promise<string>;
  dispose(): void;
}

const nothing = (): void => {};
export const sdkRequest = {
  model: BENCH_MODEL,
  max_tokens: 4_096,
  messages: [{ role: 'user' as const, content: PROMPT }],
};

export function baselineClient(baseURL: string): StreamClient {
  return {
    name: 'baseline: fetch and a minimal parser',
    stream: () => streamWithBaseline(baseURL, { ...sdkRequest, stream: true }),
    dispose: nothing,
  };
}

/** As the SDK comes, its own retries on. */
export function sdkIteratorClient(baseURL: string): StreamClient {
  const client = newSdkClient(baseURL);
  return {
    name: 'SDK messages.create({stream: true})',
    stream: async () => {
      let text = '';
      for await (const event of await client.messages.create({ ...sdkRequest, stream: true })) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
          text += event.delta.text;
        }
      }
      return text;
    },
    dispose: nothing,
  };
}

/** The same, so many at once. */
export function sdkLimitedClient(baseURL: string, concurrency: number): StreamClient {
  const client = sdkIteratorClient(baseURL);
  const limit = pLimit(concurrency);
  return {
    name: `${client.name} and p-limit`,
    stream: () => limit(() => client.stream()),
    dispose: nothing,
  };
}

export function sdkHelperClient(baseURL: string): StreamClient {
  const client = newSdkClient(baseURL);
  return {
    name: 'SDK messages.stream()',
    stream: async () => {
      let text = '';
      const stream = client.messages.stream(sdkRequest);
      stream.on('text', (delta) => {
        text += delta;
      });
      await stream.finalMessage();
      return text;
    },
    dispose: nothing,
  };
}

export function newSdkClient(baseURL: string, fetchFunction?: typeof fetch): Anthropic {
  return new Anthropic({
    apiKey: KEY,
    baseURL,
    ...(fetchFunction === undefined ? {} : { fetch: fetchFunction }),
  });
}

export function aiSdkClient(baseURL: string): StreamClient {
  const model = createAnthropic({ apiKey: KEY, baseURL: `${baseURL}/v1` })(BENCH_MODEL);
  return {
    name: 'AI SDK streamText',
    stream: async () => {
      let text = '';
      const { textStream } = streamText({ model, prompt: PROMPT, maxOutputTokens: 4_096 });
      for await (const delta of textStream) text += delta;
      return text;
    },
    dispose: nothing,
  };
}

function benchEndpoint(baseURL: string): Endpoint {
  return {
    id: 'bench',
    baseURL,
    authStyle: 'bearer',
    apiVersion: '2026-10-21',
    headers: {},
  };
}

export const benchRequest: ChatRequest = {
  model: BENCH_MODEL,
  action: 'chat',
  maxTokens: 4_096,
  messages: [{ role: 'user', content: PROMPT }],
};

/** An engine that keeps no answers, whose metrics are watched as the editor watches them. */
export function newBenchEngine(
  baseURL: string,
  concurrency: number,
  fetchFunction?: typeof fetch,
): Engine {
  const engine = new Engine({
    endpoint: benchEndpoint(baseURL),
    keys: { getKey: () => Promise.resolve(KEY) },
    settings: parseSettings({ concurrency, 'cache.enabled': false }),
    ...(fetchFunction === undefined ? {} : { fetch: fetchFunction }),
  });
  engine.metrics.onChange(() => engine.metrics.snapshot());
  return engine;
}

/** The whole engine: factory, checks, limiter, retries, watchdogs, recorder. */
export function pulseClient(baseURL: string, concurrency = 10): StreamClient {
  const engine = newBenchEngine(baseURL, concurrency);
  return {
    name: 'Pulse, the whole engine',
    stream: async () => {
      let text = '';
      await engine.stream(benchRequest, {
        onEvent: (event) => {
          if (event.type === 'text') text += event.text;
        },
      });
      return text;
    },
    dispose: () => engine.dispose(),
  };
}
