import * as v from 'valibot';
import { storeErrors, STORE_ERROR_KINDS } from './storeError';
import type { StoreError } from './storeError';
import { answerLimitsSchema, answerRecordSchema, keptAnswerJsonSchema } from './answerSchemas';
import { limitUseSchema } from './limitUseSchema';
import {
  metricsBatchSchema,
  metricsCursorSchema,
  metricsExchangedSchema,
  metricsRangeSchema,
  metricsReadSchema,
  metricsRetentionSchema,
  spendingSchema,
} from './metricsSchemas';
import {
  conversationSchema,
  feedbackSchema,
  idSchema,
  outcomeSchema,
  patchSchema,
  searchHitSchema,
  storedTurnSchema,
} from './turnSchemas';

/**
 * All that the extension host's thread and the store's thread say to each other. Each side checks what arrives. One call is on its way
 * at a time; it is answered exactly once.
 */

export const workerOptionsSchema = v.object({
  file: v.pipe(v.string(), v.minLength(1)),
  /** This store among all that share the file. */
  owner: v.pipe(v.string(), v.minLength(1)),
  busyTimeoutMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(60_000)),
});
export type WorkerOptions = v.InferOutput<typeof workerOptionsSchema>;

const filterFields = {
  workspace: v.optional(v.string()),
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
};

const callSchema = v.variant('op', [
  v.object({ op: v.literal('createConversation'), conversation: conversationSchema }),
  v.object({ op: v.literal('updateConversation'), id: idSchema, patch: patchSchema }),
  v.object({ op: v.literal('listConversations'), ...filterFields }),
  v.object({ op: v.literal('searchConversations'), query: v.string(), ...filterFields }),
  v.object({ op: v.literal('getConversation'), id: idSchema }),
  v.object({ op: v.literal('deleteConversation'), id: idSchema }),
  v.object({ op: v.literal('restoreConversation'), id: idSchema }),
  v.object({ op: v.literal('purgeDeleted'), id: v.optional(idSchema) }),
  /** Erases some of what was deleted for good. */
  v.object({ op: v.literal('sweep') }),
  v.object({ op: v.literal('deleteEverything') }),
  v.object({
    op: v.literal('importConversation'),
    conversation: conversationSchema,
    turns: v.pipe(v.array(storedTurnSchema), v.readonly()),
  }),
  v.object({ op: v.literal('insertTurn'), turn: storedTurnSchema }),
  v.object({
    op: v.literal('appendToTurn'),
    id: idSchema,
    text: v.string(),
    thinking: v.string(),
  }),
  v.object({ op: v.literal('finishTurn'), id: idSchema, outcome: outcomeSchema }),
  v.object({
    op: v.literal('setFeedback'),
    id: idSchema,
    feedback: v.optional(feedbackSchema),
  }),
  v.object({ op: v.literal('deleteTurn'), id: idSchema }),
  v.object({ op: v.literal('changeCount') }),
  v.object({ op: v.literal('getAnswer'), key: idSchema, notBefore: v.number() }),
  v.object({
    op: v.literal('putAnswer'),
    answer: answerRecordSchema,
    limits: answerLimitsSchema,
  }),
  v.object({ op: v.literal('clearAnswers') }),
  v.object({ op: v.literal('exchangeLimitUse'), scope: idSchema, used: v.array(limitUseSchema) }),
  v.object({
    op: v.literal('exchangeMetrics'),
    batch: metricsBatchSchema,
    retention: metricsRetentionSchema,
    seen: v.optional(metricsCursorSchema),
  }),
  v.object({
    op: v.literal('readMetrics'),
    range: metricsRangeSchema,
    maxRequests: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
  v.object({ op: v.literal('metricsSpending'), range: metricsRangeSchema }),
  v.object({ op: v.literal('removeMetricEvent'), uid: idSchema }),
  v.object({ op: v.literal('clearMetrics') }),
  v.object({ op: v.literal('close') }),
]);
export type StoreCall = v.InferOutput<typeof callSchema>;
export type StoreOp = StoreCall['op'];
export type CallOf<Op extends StoreOp> = Extract<StoreCall, { op: Op }>;

const nothing = v.undefined();
const resultSchemas = {
  createConversation: nothing,
  updateConversation: nothing,
  listConversations: v.array(conversationSchema),
  searchConversations: v.array(searchHitSchema),
  getConversation: v.optional(
    v.object({ conversation: conversationSchema, turns: v.array(storedTurnSchema) }),
  ),
  deleteConversation: nothing,
  restoreConversation: v.boolean(),
  purgeDeleted: nothing,
  /** Whether nothing is left to do. */
  sweep: v.boolean(),
  deleteEverything: nothing,
  importConversation: idSchema,
  insertTurn: nothing,
  appendToTurn: nothing,
  finishTurn: nothing,
  setFeedback: nothing,
  deleteTurn: nothing,
  changeCount: v.number(),
  getAnswer: v.optional(keptAnswerJsonSchema),
  putAnswer: nothing,
  clearAnswers: nothing,
  exchangeLimitUse: v.array(limitUseSchema),
  exchangeMetrics: metricsExchangedSchema,
  readMetrics: metricsReadSchema,
  metricsSpending: spendingSchema,
  removeMetricEvent: nothing,
  clearMetrics: nothing,
  close: nothing,
} satisfies Record<StoreOp, v.GenericSchema>;
export type StoreResult<Op extends StoreOp> = v.InferOutput<(typeof resultSchemas)[Op]>;

const requestSchema = v.object({ id: v.number(), call: v.unknown() });
/** `call` is checked by itself, so that a bad one can be answered. */
export type StoreRequest = v.InferOutput<typeof requestSchema>;

const responseSchema = v.variant('type', [
  v.object({ type: v.literal('result'), id: v.number(), value: v.unknown() }),
  v.object({
    type: v.literal('error'),
    id: v.number(),
    kind: v.picklist(STORE_ERROR_KINDS),
    message: v.string(),
    /** What the system said, for the log. */
    detail: v.string(),
  }),
  /** A damaged file was found and moved to this path. */
  v.object({ type: v.literal('recovered'), movedTo: v.string() }),
]);
export type StoreResponse = v.InferOutput<typeof responseSchema>;

/** @throws StoreError `worker` */
export function parseWorkerOptions(input: unknown): WorkerOptions {
  return parse(workerOptionsSchema, input);
}

/** @throws StoreError `worker` when it is no request at all */
export function parseRequest(input: unknown): StoreRequest {
  return parse(requestSchema, input);
}

/** @throws StoreError `invalid` */
export function parseCall(input: unknown): StoreCall {
  const result = v.safeParse(callSchema, input);
  if (result.success) return result.output;
  throw storeErrors.invalid(v.summarize(result.issues));
}

/** @throws StoreError `worker` */
export function parseResponse(input: unknown): StoreResponse {
  return parse(responseSchema, input);
}

/** @throws StoreError `worker` */
export function parseResult<Op extends StoreOp>(op: Op, input: unknown): StoreResult<Op> {
  return parse(resultSchemas[op], input);
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const summary = v.summarize(result.issues);
  throw storeErrors.unexpected(`a message of the wrong form: ${summary}`);
}

export function toErrorResponse(id: number, error: StoreError): StoreResponse {
  const { kind, message, cause } = error;
  const detail = cause instanceof Error ? cause.message : '';
  return { type: 'error', id, kind, message, detail };
}
