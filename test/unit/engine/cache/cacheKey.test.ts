import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheKey } from '../../../../src/engine/cache/cacheKey';
import type { CacheKeyParts } from '../../../../src/engine/cache/cacheKey';
import type { ChatRequest, Endpoint } from '../../../../src/engine/types';

const endpoint: Endpoint = {
  id: 'main',
  baseURL: 'https://api.example.com',
  authStyle: 'bearer',
  apiVersion: '2023-06-01',
  headers: { 'x-team': 'a', 'x-tier': 'b' },
};
const request: ChatRequest = {
  model: 'claude-test',
  messages: [{ role: 'user', content: 'Hello' }],
  system: 'Be brief.',
  action: 'inline',
  maxTokens: 100,
};
const parts: CacheKeyParts = { endpoint, apiKey: 'secret', request, extra: { temperature: 0.2 } };
const key = cacheKey(parts);

const ofRequest = (change: Partial<ChatRequest>): string =>
  cacheKey({ ...parts, request: { ...request, ...change } });
const ofEndpoint = (change: Partial<Endpoint>): string =>
  cacheKey({ ...parts, endpoint: { ...endpoint, ...change } });
const ofExtra = (extra: unknown): string => cacheKey({ ...parts, extra });

describe('cacheKey', () => {
  it('is a SHA-256 that shows neither key nor question', () => {
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(cacheKey(structuredClone(parts))).toBe(key);
  });

  it('leaves out who asks, where and when', () => {
    const asked = { conversationId: 'c', group: 'g', fresh: true, notBefore: 5 };
    expect(ofRequest(asked)).toBe(key);
    expect(ofEndpoint({ weight: 2, group: 'g' })).toBe(key);
  });

  it.each<[string, string]>([
    ['the model', ofRequest({ model: 'claude-other' })],
    ['a message', ofRequest({ messages: [{ role: 'user', content: 'Hello!' }] })],
    ['a role', ofRequest({ messages: [{ role: 'assistant', content: 'Hello' }] })],
    [
      'blocks instead of text',
      ofRequest({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] }),
    ],
    ['the system prompt', ofRequest({ system: ['Be', 'brief.'] })],
    ['its segments', ofRequest({ system: ['Be brief.'] })],
    ['a parameter', ofRequest({ maxTokens: 101 })],
    ['stop sequences', ofRequest({ stopSequences: ['.'] })],
    ['the lane it waits in', ofRequest({ action: 'batch' })],
    ['the endpoint', ofEndpoint({ id: 'other' })],
    ['its address', ofEndpoint({ baseURL: 'https://api2.example.com' })],
    ['its version', ofEndpoint({ apiVersion: '2026-10-21' })],
    ['its headers', ofEndpoint({ headers: { 'x-team': 'a', 'x-tier': 'c' } })],
    ['its name for the model', ofEndpoint({ models: { 'claude-test': 'deployment-7' } })],
    ['the API key', cacheKey({ ...parts, apiKey: 'secret2' })],
    ['the lack of one', cacheKey({ ...parts, apiKey: undefined })],
    ['the reply settings', ofExtra({ temperature: 0.3 })],
  ])('changes with %s', (_, other) => {
    expect(other).not.toBe(key);
  });

  it('tells values apart that look alike when put one after the other', () => {
    const alike = [
      ['ab', 'c'],
      ['a', 'bc'],
      [['a'], 'bc'],
      'abc',
      ['1;'],
      [1],
      ['1'],
      [null],
      [[]],
      [{}],
      [true],
      ['true'],
      { a: 'b', c: 'd' },
      { a: 'bc', d: '' },
      { a: 'b"c"d' },
      { a: 'b"1:c"1:d' },
      '\ud800',
      '\udc00',
      '\ufffd',
    ];
    expect(new Set(alike.map(ofExtra)).size).toBe(alike.length);
  });

  it('is equal exactly where the wire would be', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(ofExtra(a) === ofExtra(b)).toBe(sortedJson(a) === sortedJson(b));
        expect(ofExtra(reversed(a))).toBe(ofExtra(a));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('takes dates and undefined members as JSON does', () => {
    const date = new Date(0);
    expect(ofExtra({ date })).toBe(ofExtra({ date: date.toJSON() }));
    expect(ofExtra({ a: 1, b: undefined })).toBe(ofExtra({ a: 1 }));
  });
});

/** JSON with the members in the order of their names; `-0` is `0` there. */
function sortedJson(value: unknown): string {
  return JSON.stringify(rebuilt(value, (names) => names.toSorted()));
}

function reversed(value: unknown): unknown {
  return rebuilt(value, (names) => names.toReversed());
}

function rebuilt(value: unknown, order: (names: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rebuilt(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const members = new Map<string, unknown>(Object.entries(value));
  const names = order([...members.keys()]);
  return Object.fromEntries(names.map((name) => [name, rebuilt(members.get(name), order)]));
}
