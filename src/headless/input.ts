import * as v from 'valibot';
import { EngineError } from '../engine/errors';
import { parseSettings, SettingsError } from '../engine/settings';
import type { EngineSettings } from '../engine/settings';
import { EFFORT_LEVELS } from '../engine/types';
import type { ChatRequest, Endpoint } from '../engine/types';
import { endpointSchema, EXPECTED_OF_ENDPOINT, readEndpoints } from './endpointInput';

/**
 * Nobody watches here: a script rather fails after a minute than after the five that somebody at the panel may wait, and decides
 * itself what becomes of a reply that broke off.
 */
const DEFAULTS_HERE = { 'retry.patienceMs': 60_000, 'reply.autoContinue': 'off' };
/** As far as a timer goes. */
const MAX_DELAY_MS = 2_147_483_647;

const nonEmpty = v.pipe(v.string(), v.nonEmpty());

const messageSchema = v.strictObject({
  role: v.picklist(['user', 'assistant']),
  content: v.union([v.string(), v.array(v.looseObject({ type: v.string() }))]),
});

/** The members of `ChatRequest` but the model, which the engine checks further. */
const requestMembers = {
  messages: v.array(messageSchema),
  system: v.exactOptional(v.union([v.string(), v.array(v.string())])),
  action: v.optional(v.picklist(['chat', 'inline', 'live', 'batch']), 'chat'),
  conversationId: v.exactOptional(nonEmpty),
  group: v.exactOptional(nonEmpty),
  fresh: v.exactOptional(v.boolean()),
  partial: v.exactOptional(v.string()),
  notBefore: v.exactOptional(v.number()),
  maxTokens: v.exactOptional(v.number()),
  temperature: v.exactOptional(v.number()),
  effort: v.exactOptional(v.picklist(EFFORT_LEVELS)),
  thinking: v.exactOptional(v.picklist(['adaptive', 'off'])),
  stopSequences: v.exactOptional(v.array(v.string())),
  tools: v.exactOptional(v.array(v.record(v.string(), v.unknown()))),
};

/** What one request and several have in common. */
const commonMembers = {
  endpoint: endpointSchema,
  others: v.optional(v.array(endpointSchema), []),
  settings: v.optional(v.unknown(), {}),
};

const oneSchema = v.strictObject({ ...commonMembers, model: v.string(), ...requestMembers });

const severalSchema = v.strictObject({
  ...commonMembers,
  model: v.exactOptional(v.string()),
  requests: v.pipe(
    v.array(
      v.strictObject({
        id: nonEmpty,
        delayMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_DELAY_MS)), 0),
        model: v.exactOptional(v.string()),
        ...requestMembers,
      }),
    ),
    v.nonEmpty(),
  ),
});

type CommonMembers = Pick<v.InferOutput<typeof oneSchema>, 'endpoint' | 'others' | 'settings'>;
type SeveralRequests = v.InferOutput<typeof severalSchema>['requests'];

const FORM =
  '{"endpoint":{"baseURL","apiKey"},"model","messages":[{"role","content"}],"system"?,"settings"?}';
const FORM_OF_SEVERAL =
  '{"endpoint":{"baseURL","apiKey"},"model"?,"requests":[{"id","messages":[{"role","content"}],"model"?,"action"?,"delayMs"?}],"settings"?}';

/** One of the requests that are asked for. */
export interface HeadlessRequest {
  /** What its lines are marked with; `undefined` where there is only one. */
  readonly id: string | undefined;
  /** Handed to the engine so long after the start. */
  readonly delayMs: number;
  readonly request: ChatRequest;
}

export interface HeadlessInput {
  readonly endpoint: Endpoint;
  readonly others: readonly Endpoint[];
  /** By the endpoint's id; none for one that takes none. */
  readonly keys: ReadonlyMap<string, string>;
  readonly settings: EngineSettings;
  /** At least one. */
  readonly requests: readonly HeadlessRequest[];
}

/** Reads what came on standard input. @throws EngineError `invalid_input` that names each problem and never holds a key */
export function parseInput(text: string): HeadlessInput {
  const input = parseJSON(text);
  return Object.hasOwn(input, 'requests') ? parseSeveral(input) : parseOne(input);
}

function parseOne(input: object): HeadlessInput {
  const result = v.safeParse(oneSchema, input);
  if (!result.success) throw unfit(result.issues, FORM);
  const { endpoint, others, settings, ...request } = result.output;
  const only = { id: undefined, delayMs: 0, request };
  return composed({ endpoint, others, settings }, [only], () => '');
}

function parseSeveral(input: object): HeadlessInput {
  const result = v.safeParse(severalSchema, input);
  if (!result.success) throw unfit(result.issues, FORM_OF_SEVERAL);
  const { endpoint, others, settings, model: usualModel, requests } = result.output;
  const problems = repeatedIds(requests);
  const complete = requests.map(({ id, delayMs, ...rest }, index) => {
    const model = rest.model ?? usualModel;
    if (model === undefined) {
      problems.push(`requests.${index}.model: expected a value here or in model, got none`);
    }
    return { id, delayMs, request: { ...rest, model: model ?? '' } };
  });
  refuse(problems);
  return composed({ endpoint, others, settings }, complete, (index) => `requests.${index}.`);
}

function repeatedIds(requests: SeveralRequests): string[] {
  const seen = new Set<string>();
  return requests.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [`requests.${index}.id: expected another one for each request, got "${id}" again`];
  });
}

function composed(
  { endpoint, others, settings }: CommonMembers,
  requests: readonly HeadlessRequest[],
  path: (index: number) => string,
): HeadlessInput {
  const { problems, groups, ...endpoints } = readEndpoints(endpoint, others);
  const strangers = requests.flatMap(({ request: { group } }, index) =>
    group === undefined || groups.has(group)
      ? []
      : [
          `${path(index)}group: expected that of an endpoint (${[...groups].join(', ')}), got "${group}"`,
        ],
  );
  refuse([...problems, ...strangers]);
  return { ...endpoints, settings: settingsFrom(settings), requests };
}

function parseJSON(text: string): object {
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
  if (!isPlainObject(input)) throw invalid('settings: expected an object');
  try {
    // What stands later wins, nested or dotted.
    return parseSettings({ ...DEFAULTS_HERE, ...input });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw invalid(error.problems.map((problem) => `settings.${problem}`).join('; '));
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unfit(issues: readonly v.BaseIssue<unknown>[], form: string): EngineError {
  return invalid(`${issues.map(describe).join('; ')}. The form is ${form}`);
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'input';
  if (issue.expected === 'never') return `${path}: there is no such member`;
  // A member of an endpoint may be a secret.
  const ofEndpoint = /^(?:endpoint|others)(?:\.|$)/.test(path);
  const member = path.replace(/^(?:endpoint|others\.\d+)\./, '');
  const expected = ofEndpoint ? EXPECTED_OF_ENDPOINT[member] : undefined;
  // An absent member is reported with its own name as what was expected.
  if (issue.received === 'undefined') return `${path}: expected ${expected ?? 'a value'}, got none`;
  const got = ofEndpoint ? '' : `, got ${issue.received.slice(0, 80)}`;
  return `${path}: expected ${expected ?? issue.expected ?? 'another value'}${got}`;
}

/** @throws EngineError when there is any */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw invalid(problems.join('; '));
}

function invalid(problem: string): EngineError {
  return new EngineError('invalid_input', `Bad input: ${problem}.`);
}
