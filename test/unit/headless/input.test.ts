import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/engine/settings';
import { parseInput } from '../../../src/headless/input';
import { containing } from '../../helpers/matchers';

const key = 'sk-test-0123456789';
const endpoint = { baseURL: 'http://127.0.0.1:8080', apiKey: key };
const messages = [{ role: 'user', content: 'Why?' }];
const smallest = { endpoint, model: 'm', messages };

describe('parseInput', () => {
  test('fills in what is left out', () => {
    expect(parseInput(JSON.stringify(smallest))).toEqual({
      endpoint: {
        id: '127.0.0.1:8080',
        baseURL: 'http://127.0.0.1:8080',
        authStyle: 'bearer',
        apiVersion: '2026-10-21',
        headers: {},
      },
      others: [],
      keys: new Map([['127.0.0.1:8080', key]]),
      settings: {
        ...DEFAULT_SETTINGS,
        // Nobody watches a script.
        retry: { ...DEFAULT_SETTINGS.retry, patienceMs: 60_000 },
        reply: { ...DEFAULT_SETTINGS.reply, autoContinue: 'off' },
      },
      requests: [{ id: undefined, delayMs: 0, request: { model: 'm', messages, action: 'chat' } }],
    });
  });

  test('takes every member', () => {
    const request = {
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64' } }] }],
      system: ['stable', 'changes'],
      action: 'batch',
      conversationId: 'talk',
      group: 'inside',
      fresh: true,
      partial: 'So far',
      notBefore: 1_800_000_000_000,
      maxTokens: 5,
      temperature: 0.5,
      effort: 'low',
      thinking: 'off',
      stopSequences: ['x'],
      tools: [{ name: 't', input_schema: {} }],
    };
    const own = {
      ...endpoint,
      authStyle: 'x-api-key',
      apiVersion: '2023-06-01',
      headers: { 'x-team': 'blue' },
      id: 'main',
      group: 'inside',
      weight: 2.5,
      models: { m: 'vendor.m-v1' },
    };
    const input = parseInput(
      JSON.stringify({ endpoint: own, settings: { retry: { retries: 0 } }, ...request }),
    );
    expect(input.requests).toEqual([{ id: undefined, delayMs: 0, request }]);
    expect(input.endpoint).toEqual({
      id: 'main',
      baseURL: 'http://127.0.0.1:8080',
      authStyle: 'x-api-key',
      apiVersion: '2023-06-01',
      headers: { 'x-team': 'blue' },
      group: 'inside',
      weight: 2.5,
      models: { m: 'vendor.m-v1' },
    });
    expect(input.settings.retry.retries).toBe(0);
  });

  test.each([
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://api.example.com/v1', 'https://api.example.com'],
    ['https://gateway.example.com/anthropic/v1/', 'https://gateway.example.com/anthropic'],
  ])('takes %s as the base %s', (baseURL, expected) => {
    const input = parseInput(JSON.stringify({ ...smallest, endpoint: { ...endpoint, baseURL } }));
    expect(input.endpoint.baseURL).toBe(expected);
  });

  test('needs no key where none is sent', () => {
    const open = { baseURL: 'http://localhost:11434', authStyle: 'none' };
    expect(parseInput(JSON.stringify({ ...smallest, endpoint: open })).keys.size).toBe(0);
  });

  test('takes further endpoints, each with its own key', () => {
    const input = parseInput(
      JSON.stringify({
        ...smallest,
        others: [
          { baseURL: 'https://b.example/v1', apiKey: 'key-b' },
          { id: 'local', baseURL: 'http://127.0.0.1:8080', authStyle: 'none', group: 'inside' },
        ],
        group: 'inside',
      }),
    );
    expect(input.others.map(({ id, baseURL, group }) => ({ id, baseURL, group }))).toEqual([
      { id: 'b.example', baseURL: 'https://b.example', group: undefined },
      { id: 'local', baseURL: 'http://127.0.0.1:8080', group: 'inside' },
    ]);
    expect(input.keys).toEqual(
      new Map([
        ['127.0.0.1:8080', key],
        ['b.example', 'key-b'],
      ]),
    );
    expect(JSON.stringify([input.endpoint, input.others])).not.toContain('key');
  });

  test.each([
    { retry: { patienceMs: 5 } },
    { 'pulse.retry.patienceMs': 5 },
    { 'retry.patienceMs': 5 },
  ])('lets the settings say how long to wait for recovery: %j', (settings) => {
    const input = parseInput(JSON.stringify({ ...smallest, settings }));
    expect(input.settings.retry.patienceMs).toBe(5);
    const other = parseInput(JSON.stringify({ ...smallest, settings: { retry: { retries: 1 } } }));
    expect(other.settings.retry).toMatchObject({ patienceMs: 60_000, retries: 1 });
  });

  test('takes several requests, with what they have in common said once', () => {
    const input = parseInput(
      JSON.stringify({
        endpoint,
        model: 'm',
        requests: [
          { id: 'a', messages },
          { id: 'b', messages, model: 'n', action: 'live', delayMs: 250, fresh: true },
        ],
      }),
    );
    expect(input.requests).toEqual([
      { id: 'a', delayMs: 0, request: { model: 'm', messages, action: 'chat' } },
      { id: 'b', delayMs: 250, request: { model: 'n', messages, action: 'live', fresh: true } },
    ]);
  });

  test.each<[string, unknown, string]>([
    [
      'no endpoint',
      { model: 'm', messages },
      'endpoint: expected a value, got none. The form is {',
    ],
    [
      'no key',
      { ...smallest, endpoint: { baseURL: 'http://x' } },
      'endpoint.apiKey: expected a key, got none',
    ],
    [
      'a key with a line break',
      { ...smallest, endpoint: { ...endpoint, apiKey: `${key}\n` } },
      'endpoint.apiKey: expected a key without',
    ],
    [
      'no address',
      { ...smallest, endpoint: { ...endpoint, baseURL: 'api.example.com' } },
      'endpoint.baseURL: expected an http',
    ],
    [
      'another protocol',
      { ...smallest, endpoint: { ...endpoint, baseURL: 'ftp://x' } },
      'endpoint.baseURL',
    ],
    [
      'a key in the address',
      { ...smallest, endpoint: { ...endpoint, baseURL: `http://u:${key}@x` } },
      'endpoint.baseURL',
    ],
    [
      'an unknown way to authenticate',
      { ...smallest, endpoint: { ...endpoint, authStyle: key } },
      'endpoint.authStyle: expected ("bearer" | "x-api-key" | "none")',
    ],
    [
      'a header that is none',
      { ...smallest, endpoint: { ...endpoint, headers: { 'x y': key } } },
      'endpoint.headers',
    ],
    [
      'a header with a line break',
      { ...smallest, endpoint: { ...endpoint, headers: { x: `${key}\r\n` } } },
      'endpoint.headers.x',
    ],
    ['an unknown member', { ...smallest, apiKey: key }, 'apiKey: there is no such member'],
    [
      'an unknown member of the endpoint',
      { ...smallest, endpoint: { ...endpoint, url: key } },
      'endpoint.url: there is no such member',
    ],
    ['no model', { endpoint, messages }, 'model: expected a value, got none'],
    [
      'messages that are text',
      { ...smallest, messages: 'hi' },
      'messages: expected Array, got "hi"',
    ],
    [
      'an unknown role',
      { ...smallest, messages: [{ role: 'system', content: 'x' }] },
      'messages.0.role: expected ("user" | "assistant"), got "system"',
    ],
    [
      'a message without content',
      { ...smallest, messages: [{ role: 'user' }] },
      'messages.0.content: expected',
    ],
    ['an unknown effort', { ...smallest, effort: 'huge' }, 'effort: expected ("low" |'],
    [
      'an unknown setting',
      { ...smallest, settings: { speed: 1 } },
      'settings.speed: there is no such setting',
    ],
    [
      'a setting out of range',
      { ...smallest, settings: { retry: { factor: 9 } } },
      'settings.retry.factor: expected <=3, got 9',
    ],
    [
      'text as settings',
      { ...smallest, settings: 'fast' },
      'Bad input: settings: expected an object',
    ],
    [
      'a number as a conversation',
      { ...smallest, conversationId: 1 },
      'conversationId: expected string, got 1',
    ],
    [
      'a group without an endpoint',
      { ...smallest, group: 'inside' },
      'group: expected that of an endpoint (default), got "inside"',
    ],
    [
      'two endpoints of one name',
      { ...smallest, others: [endpoint] },
      'others.0.id: expected another one for each endpoint, got "127.0.0.1:8080" again',
    ],
    [
      'a further endpoint without a key',
      { ...smallest, others: [{ baseURL: 'http://x' }] },
      'others.0.apiKey: expected a key, got none (or set others.0.authStyle to "none")',
    ],
    [
      'a further endpoint with a bad address',
      { ...smallest, others: [{ ...endpoint, baseURL: `http://u:${key}@x` }] },
      'others.0.baseURL: expected an http',
    ],
    [
      'a key as further endpoints',
      { ...smallest, others: key },
      'others: expected Array. The form',
    ],
    [
      'a weight of nothing',
      { ...smallest, endpoint: { ...endpoint, weight: 0 } },
      'endpoint.weight: expected >0',
    ],
    ['no request at all', { endpoint, requests: [] }, 'requests: expected !0'],
    [
      'members of one request beside several',
      { ...smallest, requests: [{ id: 'a', messages }] },
      'messages: there is no such member. The form is {"endpoint":{"baseURL","apiKey"},"model"?,"requests"',
    ],
    [
      'a request without an id',
      { endpoint, model: 'm', requests: [{ messages }] },
      'requests.0.id: expected a value, got none',
    ],
    [
      'an id that is there twice',
      {
        endpoint,
        model: 'm',
        requests: [
          { id: 'a', messages },
          { id: 'a', messages },
        ],
      },
      'requests.1.id: expected another one for each request, got "a" again',
    ],
    [
      'a request without a model',
      { endpoint, requests: [{ id: 'a', messages }] },
      'requests.0.model: expected a value here or in model, got none',
    ],
    [
      "a request's group without an endpoint",
      { endpoint, model: 'm', requests: [{ id: 'a', messages, group: 'inside' }] },
      'requests.0.group: expected that of an endpoint',
    ],
    [
      'a delay into the past',
      { endpoint, model: 'm', requests: [{ id: 'a', messages, delayMs: -1 }] },
      'requests.0.delayMs: expected >=0, got -1',
    ],
    ['a list', [], 'expected one JSON object'],
    ['null', null, 'expected one JSON object'],
  ])('refuses %s and names it', (_, input, problem) => {
    let caught: unknown;
    try {
      parseInput(JSON.stringify(input));
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({
      kind: 'invalid_input',
      message: containing(problem),
    });
    expect(String(caught)).not.toContain(key);
  });

  test.each([
    ['', 'got nothing'],
    ['  \n', 'got nothing'],
    [`{"endpoint": {"apiKey": "${key}"`, 'not JSON'],
    [`{"endpoint": {"apiKey": ${key}}}`, 'not JSON'],
  ])('refuses what is no JSON: %j', (input, problem) => {
    expect(() => parseInput(input)).toThrow(problem);
    expect(() => parseInput(input)).not.toThrow(key);
  });
});
