import { createHash } from 'node:crypto';
import type { ChatRequest, Endpoint } from '../types';

export interface CacheKeyParts {
  readonly endpoint: Endpoint;
  /** Only goes into the hash; nothing else is made of it. */
  readonly apiKey: string | undefined;
  /** As it is sent, after shaping. */
  readonly request: ChatRequest;
  /** What else decides the answer: the reply settings as they were resolved for this request. Plain data. */
  readonly extra: unknown;
}

/** Changes with the way that keys are made, so that answers kept by another version are never met. */
const FORMAT = 'pulse answer 1';
/** Also what JSON has no place for. */
const NULL = 'z';
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Says who asks, where and when, not what. `action` is no such member: work must not join one that waits in a slower lane. */
const NOT_ASKED: ReadonlySet<string> = new Set<keyof ChatRequest>([
  'conversationId',
  'group',
  'fresh',
  'notBefore',
]);

/**
 * SHA-256 (base64url) over everything that decides an answer: the server and what is sent along to it, the key that asks, the whole
 * request. Members of objects count in any order, and one that is `undefined` counts as absent, as in JSON. Members that `ChatRequest`
 * may get later count by themselves.
 */
export function cacheKey({ endpoint, apiKey, request, extra }: CacheKeyParts): string {
  const { id, baseURL, authStyle, apiVersion, headers, models } = endpoint;
  const sentAs = models?.[request.model];
  const server = { id, baseURL, authStyle, apiVersion, headers, sentAs, apiKey };
  const text = FORMAT + canonical(server) + members(request, NOT_ASKED) + canonical(extra);
  // As UTF-8 all lone halves of characters would be alike.
  const encoding = LONE_SURROGATE.test(text) ? 'utf16le' : 'utf8';
  return createHash('sha256').update(text, encoding).digest('base64url');
}

/** Text that is the same for equal values and different for different ones: each string with its length, members sorted by name. */
function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return string(value);
    case 'object':
      return value === null ? NULL : object(value);
    case 'number':
    case 'boolean':
    case 'bigint':
      return `${String(value)};`;
    case 'undefined':
    case 'function':
    case 'symbol':
      return NULL;
  }
}

function string(value: string): string {
  return `"${value.length}:${value}`;
}

function object(value: object): string {
  if (Array.isArray(value)) return list(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return canonical(JSON.parse(JSON.stringify(value)));
  }
  return members(value);
}

function list(values: readonly unknown[]): string {
  let text = `[${values.length}:`;
  for (const value of values) text += canonical(value);
  return text;
}

function members(value: object, leftOut?: ReadonlySet<string>): string {
  let text = '{';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, member] of entries) {
    if (member === undefined || leftOut?.has(name)) continue;
    text += string(name) + canonical(member);
  }
  return `${text}}`;
}
