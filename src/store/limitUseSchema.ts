import * as v from 'valibot';
import type { LimitUse } from '../engine/ports';

const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Checks a `LimitUse` on its way to the store's thread and back. */
export const limitUseSchema = v.object({
  family: v.string(),
  requests: amount,
  inputTokens: amount,
  outputTokens: amount,
}) satisfies v.GenericSchema<unknown, LimitUse>;
