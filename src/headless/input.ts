import * as v from 'valibot';
import { EngineError } from '../engine/errors';
import { parseSettings, SettingsError } from '../engine/settings';
import type { EngineSettings } from '../engine/settings';
import { EFFORT_LEVELS } from '../engine/types';
import type { ChatRequest, Endpoint } from '../engine/types';

const DEFAULT_API_VERSION = '2026-10-21';

const nonEmpty = v.pipe(v.string(), v.nonEmpty());
const headerText = v.pipe(v.string(), v.regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'no line breaks'));

const endpointSchema = v.strictObject({
  baseURL: v.pipe(v.string(), v.check(isBaseURL)),
  apiKey: v.exactOptional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/))),
  authStyle: v.optional(v.picklist(['bearer', 'x-api-key', 'none']), 'bearer'),
  apiVersion: v.optional(v.pipe(nonEmpty, headerText), DEFAULT_API_VERSION),
  headers: v.optional(
    v.record(v.pipe(v.string(), v.regex(/^[\w!#$%&'*+.^`|~-]+$/)), headerText),
    {},
  ),
});

const messageSchema = v.strictObject({
  role: v.picklist(['user', 'assistant']),
  content: v.union([v.string(), v.array(v.looseObject({ type: v.string() }))]),
});

/** The members of `ChatRequest`, which the engine checks further. */
const requestSchema = {
  model: v.string(),
  messages: v.array(messageSchema),
  system: v.exactOptional(v.string()),
  action: v.optional(v.picklist(['chat', 'inline', 'live', 'batch']), 'chat'),
  maxTokens: v.exactOptional(v.number()),
  temperature: v.exactOptional(v.number()),
  effort: v.exactOptional(v.picklist(EFFORT_LEVELS)),
  thinking: v.exactOptional(v.picklist(['adaptive', 'off'])),
  stopSequences: v.exactOptional(v.array(v.string())),
  tools: v.exactOptional(v.array(v.record(v.string(), v.unknown()))),
};

const inputSchema = v.strictObject({
  endpoint: endpointSchema,
  settings: v.optional(v.unknown(), {}),
  ...requestSchema,
});

const FORM =
  '{"endpoint":{"baseURL","apiKey"},"model","messages":[{"role","content"}],"system"?,"settings"?}';

/** What is expected, where valibot's own words would not tell a person. */
const EXPECTED: Readonly<Record<string, string>> = {
  'endpoint.baseURL': 'an http or https address without user name, query or fragment',
  'endpoint.apiKey': 'a key without spaces and line breaks',
};

export interface HeadlessInput {
  readonly endpoint: Endpoint;
  readonly apiKey: string | undefined;
  readonly settings: EngineSettings;
  readonly request: ChatRequest;
}

/** Reads what came on standard input. @throws EngineError `invalid_input` that names each problem and never holds a key */
export function parseInput(text: string): HeadlessInput {
  const result = v.safeParse(inputSchema, parseJSON(text));
  if (!result.success) {
    throw invalid(`${result.issues.map(describe).join('; ')}. The form is ${FORM}`);
  }
  const { endpoint, settings, ...request } = result.output;
  const { apiKey, baseURL, authStyle, apiVersion, headers } = endpoint;
  if (apiKey === undefined && authStyle !== 'none') {
    throw invalid(
      'endpoint.apiKey: expected a key, got none (or set endpoint.authStyle to "none")',
    );
  }
  return {
    endpoint: {
      id: new URL(baseURL).host,
      baseURL: baseURL.replace(/\/+$/, '').replace(/\/v1$/, ''),
      authStyle,
      apiVersion,
      headers,
    },
    apiKey,
    settings: settingsFrom(settings),
    request,
  };
}

function parseJSON(text: string): unknown {
  if (text.trim() === '') throw invalid(`got nothing. The form is ${FORM}`);
  const value = jsonIn(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalid(`expected one JSON object. The form is ${FORM}`);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes its input, which holds the key.
    throw invalid(`got text that is not JSON. The form is ${FORM}`);
  }
}

function settingsFrom(input: unknown): EngineSettings {
  try {
    return parseSettings(input);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw invalid(error.problems.map((problem) => `settings.${problem}`).join('; '));
  }
}

function isBaseURL(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'input';
  if (issue.expected === 'never') return `${path}: there is no such member`;
  const expected = EXPECTED[path];
  // An absent member is reported with its own name as what was expected.
  if (issue.received === 'undefined') return `${path}: expected ${expected ?? 'a value'}, got none`;
  // A member of the endpoint may be a secret.
  const got = path.startsWith('endpoint') ? '' : `, got ${issue.received.slice(0, 80)}`;
  return `${path}: expected ${expected ?? issue.expected ?? 'another value'}${got}`;
}

function invalid(problem: string): EngineError {
  return new EngineError('invalid_input', `Bad input: ${problem}.`);
}
