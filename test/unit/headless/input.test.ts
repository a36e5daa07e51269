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
      apiKey: key,
      settings: DEFAULT_SETTINGS,
      request: { model: 'm', messages, action: 'chat' },
    });
  });

  test('takes every member', () => {
    const request = {
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64' } }] }],
      system: 's',
      action: 'batch',
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
    };
    const input = parseInput(
      JSON.stringify({ endpoint: own, settings: { retry: { retries: 0 } }, ...request }),
    );
    expect(input.request).toEqual(request);
    expect(input.endpoint).toMatchObject({
      authStyle: 'x-api-key',
      apiVersion: '2023-06-01',
      headers: { 'x-team': 'blue' },
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
    expect(parseInput(JSON.stringify({ ...smallest, endpoint: open })).apiKey).toBeUndefined();
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
