import * as v from 'valibot';
import type { Endpoint } from '../engine/types';

const DEFAULT_API_VERSION = '2026-10-21';
const DEFAULT_GROUP = 'default';

const nonEmpty = v.pipe(v.string(), v.nonEmpty());
const headerText = v.pipe(v.string(), v.regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'no line breaks'));

export const endpointSchema = v.strictObject({
  id: v.exactOptional(nonEmpty),
  baseURL: v.pipe(v.string(), v.check(isBaseURL)),
  apiKey: v.exactOptional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/))),
  authStyle: v.optional(v.picklist(['bearer', 'x-api-key', 'none']), 'bearer'),
  apiVersion: v.optional(v.pipe(nonEmpty, headerText), DEFAULT_API_VERSION),
  headers: v.optional(
    v.record(v.pipe(v.string(), v.regex(/^[\w!#$%&'*+.^`|~-]+$/)), headerText),
    {},
  ),
  group: v.exactOptional(nonEmpty),
  weight: v.exactOptional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1_000))),
  models: v.exactOptional(v.record(v.string(), nonEmpty)),
});

export type EndpointInput = v.InferOutput<typeof endpointSchema>;

/** What is expected of a member, where valibot's own words would not tell a person. */
export const EXPECTED_OF_ENDPOINT: Readonly<Record<string, string>> = {
  baseURL: 'an http or https address without user name, query or fragment',
  apiKey: 'a key without spaces and line breaks',
};

/** The endpoints as the engine knows them, and their keys beside them. */
export interface ParsedEndpoints {
  readonly endpoint: Endpoint;
  readonly others: readonly Endpoint[];
  /** By the endpoint's id; none for one that takes none. */
  readonly keys: ReadonlyMap<string, string>;
  /** Names of the groups that have an endpoint. */
  readonly groups: ReadonlySet<string>;
  /** What makes no sense about them, without any key. */
  readonly problems: readonly string[];
}

export function readEndpoints(
  first: EndpointInput,
  further: readonly EndpointInput[],
): ParsedEndpoints {
  const keys = new Map<string, string>();
  const groups = new Set<string>();
  const ids = new Set<string>();
  const problems: string[] = [];
  const read = (input: EndpointInput, path: string): Endpoint => {
    const { apiKey, ...rest } = input;
    const endpoint = {
      ...rest,
      id: input.id ?? new URL(input.baseURL).host,
      baseURL: input.baseURL.replace(/\/+$/, '').replace(/\/v1$/, ''),
    };
    if (apiKey !== undefined) keys.set(endpoint.id, apiKey);
    else if (input.authStyle !== 'none') {
      problems.push(
        `${path}.apiKey: expected a key, got none (or set ${path}.authStyle to "none")`,
      );
    }
    if (ids.has(endpoint.id)) {
      problems.push(
        `${path}.id: expected another one for each endpoint, got "${endpoint.id}" again`,
      );
    }
    ids.add(endpoint.id);
    groups.add(input.group ?? DEFAULT_GROUP);
    return endpoint;
  };
  const endpoint = read(first, 'endpoint');
  const others = further.map((each, index) => read(each, `others.${index}`));
  return { endpoint, others, keys, groups, problems };
}

function isBaseURL(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}
