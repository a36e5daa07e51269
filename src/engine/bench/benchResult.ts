import * as v from 'valibot';
import { ERROR_KINDS } from '../types';

/**
 * What a benchmark measured, as it is kept: single requests, from which every figure is worked out (`figures.ts`). Neither prompts nor
 * answers are in it.
 */

const whole = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const maxTokens = whole(1, 4_096);
/** More than any scenario sends at once or in a row. */
const MOST_SAMPLES = 1_000;

const scenarioSchema = v.variant('kind', [
  /** One request after the other. */
  v.object({ kind: v.literal('latency'), requests: whole(1, MOST_SAMPLES), maxTokens }),
  /** `concurrency` at once until so many were sent or the time is over. */
  v.object({
    kind: v.literal('throughput'),
    requests: whole(1, MOST_SAMPLES),
    concurrency: whole(1, 100),
    limitMs: milliseconds,
    maxTokens,
  }),
  /** Sent at even distances over `spreadMs`, whatever becomes of those before. */
  v.object({
    kind: v.literal('availability'),
    requests: whole(1, MOST_SAMPLES),
    spreadMs: milliseconds,
    maxTokens,
  }),
  /** Steps of 1, 2, 4, ... at once up to `maxConcurrency`, of twice as many requests each but at least `leastRequests`. */
  v.object({
    kind: v.literal('load'),
    maxConcurrency: whole(1, 100),
    leastRequests: whole(1, MOST_SAMPLES),
    maxTokens,
  }),
]);
export type Scenario = v.InferOutput<typeof scenarioSchema>;
export type ScenarioKind = Scenario['kind'];

/**
 * Why a request has no figures: an error's kind, or
 * - `too_slow` it was given up when its time was over
 * - `other_model` another model answered in its place
 */
const failureSchema = v.picklist([...ERROR_KINDS, 'too_slow', 'other_model']);
export type Failure = v.InferOutput<typeof failureSchema>;

const answeredSchema = v.object({
  outcome: v.literal('answered'),
  /** From handing the request to the engine, waits in its queue included; absent where a reply had no text. */
  firstTokenMs: v.exactOptional(milliseconds),
  totalMs: milliseconds,
  /** Of it in Pulse's own queue and for a rate limit. */
  waitMs: milliseconds,
  outputTokens: v.pipe(v.number(), v.minValue(0)),
  /** Requests sent for it; above 1 it was repeated. */
  attempts: v.pipe(v.number(), v.minValue(0)),
  /** US$; absent where the price is not known. */
  costUSD: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
});
const sampleSchema = v.variant('outcome', [
  answeredSchema,
  v.object({ outcome: v.literal('failed'), failure: failureSchema, totalMs: milliseconds }),
]);
export type Sample = v.InferOutput<typeof sampleSchema>;
export type AnsweredSample = v.InferOutput<typeof answeredSchema>;

const stepSchema = v.object({
  /** Requests at once at most. */
  concurrency: whole(1, MOST_SAMPLES),
  /** From the first request to the last one's end. */
  tookMs: milliseconds,
  samples: v.pipe(v.array(sampleSchema), v.maxLength(MOST_SAMPLES), v.readonly()),
});
export type Step = v.InferOutput<typeof stepSchema>;

const measurementSchema = v.object({
  scenario: scenarioSchema,
  model: v.string(),
  /** Several for `load` only. */
  steps: v.pipe(v.array(stepSchema), v.maxLength(20), v.readonly()),
});
export type Measurement = v.InferOutput<typeof measurementSchema>;

const benchResultSchema = v.object({
  version: v.literal(1),
  endpointId: v.string(),
  /** Ms since 1970. */
  startedAt: v.number(),
  tookMs: milliseconds,
  /** Whether it came to its end; otherwise only what was measured until then is there. */
  isWhole: v.boolean(),
  measurements: v.pipe(v.array(measurementSchema), v.maxLength(200), v.readonly()),
});
export type BenchResult = v.InferOutput<typeof benchResultSchema>;

/** Reads what was kept; `undefined` for what is none, or of another version. */
export function parseBenchResult(value: unknown): BenchResult | undefined {
  const result = v.safeParse(benchResultSchema, value);
  return result.success ? result.output : undefined;
}
