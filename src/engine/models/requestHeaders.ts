import { EngineError } from '../errors';
import type { Endpoint } from '../types';

export const USER_AGENT = 'claude-pulse';
/** RFC 9110: the characters of a header's name. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Set by `fetch` or by us; a custom one would break the request or send another key. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * All headers of a request to this endpoint. The endpoint's own headers win over ours, except those that belong to the transport.
 * @throws EngineError `no_key`, `invalid_input` for a key or header that can't be sent; none of them quotes the value
 */
export function requestHeaders(
  endpoint: Endpoint,
  key: string | undefined,
  hasBody: boolean,
): Headers {
  const headers = new Headers({
    accept: 'application/json',
    'anthropic-version': headerValue('anthropic-version', endpoint.apiVersion),
    'user-agent': USER_AGENT,
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
  });
  setKey(headers, endpoint, key);
  for (const [name, value] of Object.entries(endpoint.headers)) {
    if (!NAME.test(name) || RESERVED.has(name.toLowerCase())) {
      throw new EngineError(
        'invalid_input',
        `The header "${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)}" can't be set. Remove it from the endpoint's headers.`,
      );
    }
    headers.set(name, headerValue(name, value));
  }
  return headers;
}

function setKey(headers: Headers, endpoint: Endpoint, key: string | undefined): void {
  switch (endpoint.authStyle) {
    case 'none':
      return;
    case 'bearer':
      headers.set('authorization', `Bearer ${checkedKey(endpoint, key)}`);
      return;
    case 'x-api-key':
      headers.set('x-api-key', checkedKey(endpoint, key));
  }
}

function checkedKey(endpoint: Endpoint, key: string | undefined): string {
  const trimmed = key?.trim();
  if (!trimmed) {
    throw new EngineError('no_key', `There is no API key for ${endpoint.id}. Set one.`);
  }
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new EngineError(
      'invalid_input',
      `The API key for ${endpoint.id} has spaces, line breaks or other characters that no key has. Copy it again and set it anew.`,
    );
  }
  return trimmed;
}

function headerValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new EngineError(
    'invalid_input',
    `The header "${name}" has a line break or other characters that can't be sent. Correct the endpoint's headers.`,
  );
}
