import * as v from 'valibot';
import type { Price } from './types';

const milliseconds = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.minValue(min), v.maxValue(max)), fallback);
const count = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), fallback);

const number = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.minValue(min), v.maxValue(max)), fallback);

const price = v.object({
  input: v.pipe(v.number(), v.minValue(0)),
  output: v.pipe(v.number(), v.minValue(0)),
  cacheRead: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  cacheWrite: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  above: v.exactOptional(
    v.object({ inputTokens: v.number(), input: v.number(), output: v.number() }),
  ),
});

/**
 * The settings that the engine reads, with their ranges and defaults; the same names under `pulse.` in the editor
 * and under `settings` at the headless door.
 */
export const engineSettingsSchema = v.strictObject({
  /** Requests on the wire at once to one endpoint, over all models: the most that the adaptive limit goes to. */
  concurrency: count(1, 100, 10),
  /** Whether fewer go out at once after 429, 529 and when first tokens get slow; slowly back up while all is well. */
  adaptiveConcurrency: v.optional(v.boolean(), true),
  /** Requests waiting for a slot; one more is refused at once. */
  queueLimit: count(1, 100_000, 1_000),
  retry: v.optional(
    v.strictObject({
      /** Attempts after the first. */
      retries: count(0, 10, 3),
      /** Delay before the first retry; each further one waits `factor` times as long, full jitter. */
      initialDelayMs: milliseconds(0, 60_000, 1_000),
      factor: v.optional(v.pipe(v.number(), v.minValue(1.5), v.maxValue(3)), 2),
      maxDelayMs: milliseconds(0, 600_000, 30_000),
      /** A server that asks for a longer `retry-after` is not waited for. */
      retryAfterCapMs: milliseconds(0, 600_000, 60_000),
      /** Retries, hedges and fallbacks that each first attempt earns, per endpoint; a small reserve comes on top. */
      budget: number(0, 2, 0.5),
      /** A chat turn (or batch or live work) waits so long for an endpoint or the network to recover before it fails. */
      patienceMs: milliseconds(0, 3_600_000, 300_000),
    }),
    {},
  ),
  breaker: v.optional(
    v.strictObject({
      /** Failures in a row that open it. */
      failureThreshold: count(1, 20, 5),
      /** From opening to the first regular attempt. */
      recoveryMs: milliseconds(10_000, 300_000, 60_000),
      /** Successes in a row that close it again. */
      successThreshold: count(1, 10, 3),
      /** `recoveryMs` grows by this each time that recovery fails, up to 300 s. */
      factor: number(1.5, 3, 2),
      /** Attempts at once while it is half open. */
      halfOpenRequests: count(1, 10, 2),
      /** Whether the thresholds move with the observed failures and slow calls, inside their ranges. */
      adaptive: v.optional(v.boolean(), true),
    }),
    {},
  ),
  pacing: v.optional(
    v.strictObject({
      enabled: v.optional(v.boolean(), true),
      /** Per minute and model family; 0: what the server's headers say. */
      requestsPerMinute: count(0, 1_000_000, 0),
      inputTokensPerMinute: count(0, 1_000_000_000, 0),
      outputTokensPerMinute: count(0, 1_000_000_000, 0),
    }),
    {},
  ),
  balancing: v.optional(
    v.strictObject({
      /** An endpoint that fails far more than the others is left out for so long, times the number of times in a row. */
      ejectionMs: milliseconds(1_000, 300_000, 30_000),
      maxEjectionMs: milliseconds(1_000, 3_600_000, 300_000),
      /** Share of a group's endpoints that may be left out at once. */
      maxEjectedShare: number(0, 1, 0.5),
    }),
    {},
  ),
  fallback: v.optional(
    v.strictObject({
      /** Models asked in this order when the one chosen can't answer. */
      models: v.optional(v.array(v.pipe(v.string(), v.minLength(1))), []),
    }),
    {},
  ),
  hedging: v.optional(
    v.strictObject({
      /** Whether a second request is sent when the first token is late. Both are billed. */
      enabled: v.optional(v.boolean(), false),
      /** How late; 0: at the model's own P95. */
      delayMs: milliseconds(0, 600_000, 0),
    }),
    {},
  ),
  pool: v.optional(
    v.strictObject({
      /** Connections to one endpoint. */
      connections: count(1, 100, 10),
      /** An unused connection is closed after so long. */
      idleMs: milliseconds(1_000, 600_000, 60_000),
      /** Whether a connection is opened while the user types. */
      warm: v.optional(v.boolean(), true),
    }),
    {},
  ),
  shaping: v.optional(
    v.strictObject({
      /** From so many characters on, user content and system prompt are compacted without loss. */
      compactUserFrom: count(0, 100_000_000, 32_768),
      compactSystemFrom: count(0, 100_000_000, 8_192),
      /** What becomes of the oldest turns when a conversation outgrows the model's window. */
      history: v.optional(v.picklist(['drop', 'summarise']), 'drop'),
      /** Tokens of input at most; 0: what the model's window holds. */
      maxInputTokens: count(0, 100_000_000, 0),
    }),
    {},
  ),
  cache: v.optional(
    v.strictObject({
      /** Whether answers that are a function of their question are kept. */
      enabled: v.optional(v.boolean(), true),
      /** Whether that goes for chat, too. */
      chat: v.optional(v.boolean(), false),
      ttlMs: milliseconds(1_000, 2_592_000_000, 86_400_000),
      /** Kept answers, on disk and in memory together. */
      maxEntries: count(1, 100_000, 1_000),
      maxMegabytes: number(1, 1_000, 50),
    }),
    {},
  ),
  promptCache: v.optional(
    v.strictObject({
      /** Whether Anthropic is asked to keep prompts for the next turn. */
      enabled: v.optional(v.boolean(), true),
      /** For how long; an hour costs more to write. */
      ttl: v.optional(v.picklist(['5m', '1h']), '5m'),
    }),
    {},
  ),
  timeouts: v.optional(
    v.strictObject({
      connectMs: milliseconds(100, 600_000, 30_000),
      /** From sending to the first event, for a short prompt. */
      firstEventMs: milliseconds(100, 600_000, 30_000),
      /** Added to `firstEventMs` for each 1,000 tokens of input. */
      firstEventPerThousandTokensMs: milliseconds(0, 10_000, 200),
      /** Between events that are not pings. */
      idleMs: milliseconds(100, 600_000, 120_000),
      /** Without a single byte, pings included. */
      silenceMs: milliseconds(100, 600_000, 60_000),
    }),
    {},
  ),
  reply: v.optional(
    v.strictObject({
      /** Tokens of visible reply at most. */
      maxTokens: count(1, 128_000, 4_096),
      /** Where `max_tokens` starts; it grows with what similar requests needed, up to `maxTokens`. Only with `autoContinue` `always`. */
      initialMaxTokens: count(1, 128_000, 1_024),
      /**
       * What goes on by itself: `off` nothing; `faults` a reply that broke off after visible text; `always` also one that reached
       * `max_tokens` while that was below `maxTokens`.
       */
      autoContinue: v.optional(v.picklist(['off', 'faults', 'always']), 'always'),
      /**
       * Added where the model thinks, so that a reply is not cut before its first word: half of it (not below 1,024) at effort `low`,
       * twice at `high`, four times at `xhigh`, all that the model can at `max`; never more than that.
       */
      thinkingAllowance: count(0, 128_000, 8_192),
      temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2)), 0.7),
    }),
    {},
  ),
  /** US$ per million tokens by model id; adds to and overrides the built-in list. */
  prices: v.optional(v.record(v.string(), price), {}),
});

export type EngineSettings = v.InferOutput<typeof engineSettingsSchema>;

export const DEFAULT_SETTINGS: EngineSettings = v.parse(engineSettingsSchema, {});

/** Refused settings: one line for each, "retry.factor: expected <=3, got 9". */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/**
 * Checks settings from outside and fills in the defaults. Names may be nested (`{"retry":{"factor":2}}`) or written as in the
 * editor's settings (`{"pulse.retry.factor":2}`, with or without `pulse.`).
 * @throws SettingsError
 */
export function parseSettings(input: unknown): EngineSettings {
  if (!isPlainObject(input)) throw new SettingsError(['settings: expected an object']);
  const result = v.safeParse(engineSettingsSchema, nest(input));
  if (result.success) return result.output;
  throw new SettingsError(result.issues.map(describe));
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'settings';
  if (issue.expected === 'never') return `${path}: there is no such setting`;
  // An absent member is reported with its own name as what was expected.
  if (issue.received === 'undefined') return `${path}: expected a value, got none`;
  return `${path}: expected ${issue.expected ?? 'a whole number'}, got ${issue.received}`;
}

/** Turns dotted names of the first level into nested ones. */
function nest(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    const [group = '', ...rest] = name.replace(/^pulse\./, '').split('.');
    const member = rest.join('.');
    const known = ownValue(nested, group);
    if (member !== '' && (known === undefined || isPlainObject(known))) {
      set(nested, group, { ...known, [member]: value });
    } else if (isPlainObject(value) && isPlainObject(known)) {
      set(nested, group, { ...known, ...value });
    } else {
      set(nested, group, value);
    }
  }
  return nested;
}

function ownValue(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Also for `__proto__`, which an assignment would not store. */
function set(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type PriceTable = Readonly<Record<string, Price>>;
