import * as v from 'valibot';
import type { AnswerLimits, AnswerRecord, KeptAnswerJson } from '../engine/ports';
import { idSchema } from './turnSchemas';

/** Checks of kept answers on their way to the store's thread and back. The answer itself is checked by who reads it. */

/** Milliseconds since 1970. SQLite's strict integers take no fraction. */
const time = v.pipe(v.number(), v.finite(), v.transform(Math.round));
const conversationId = v.optional(idSchema, () => undefined);

export const answerRecordSchema = v.object({
  key: idSchema,
  value: v.string(),
  at: time,
  conversationId,
}) satisfies v.GenericSchema<unknown, AnswerRecord>;

export const answerLimitsSchema = v.object({
  notBefore: time,
  maxEntries: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  maxBytes: v.pipe(v.number(), v.finite(), v.minValue(0)),
}) satisfies v.GenericSchema<unknown, AnswerLimits>;

export const keptAnswerJsonSchema = v.object({
  value: v.string(),
  conversationId,
}) satisfies v.GenericSchema<unknown, KeptAnswerJson>;
