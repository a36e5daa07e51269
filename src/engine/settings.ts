import * as v from 'valibot';
import type { Price } from './types';

const milliseconds = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.minValue(min), v.maxValue(max)), fallback);
const count = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), fallback);

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
  /** Requests on the wire at once, over all models. */
  concurrency: count(1, 100, 10),
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
      /** Tokens of visible reply. */
      maxTokens: count(1, 128_000, 4_096),
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
