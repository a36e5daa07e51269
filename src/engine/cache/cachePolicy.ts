import { assertNever } from '../../base/assertNever';
import type { EngineSettings } from '../settings';
import type { ChatRequest } from '../types';

/** What one request may have in common with others. */
export interface CachePolicy {
  /** Joins the same request under way, and may be joined. */
  readonly share: boolean;
  /** Takes a kept answer. */
  readonly read: boolean;
  /** Leaves its answer to be kept, if that ended by itself (`AnswerCache.put` looks at the stop reason). */
  readonly write: boolean;
}

/** A temperature above this asks for variety: the same answer again would be a wrong one. */
const HIGHEST_STEADY_TEMPERATURE = 0.3;

const NOTHING: CachePolicy = { share: false, read: false, write: false };
const SHARE: CachePolicy = { share: true, read: false, write: false };
const WRITE: CachePolicy = { share: false, read: false, write: true };
const KEEP: CachePolicy = { share: false, read: true, write: true };
const SHARE_AND_KEEP: CachePolicy = { share: true, read: true, write: true };

/**
 * - Work that is a function of its input (`inline`, `batch`): shared and kept.
 * - `live`: shared only; what was asked of a feed an hour ago has another answer now.
 * - `chat`: kept when the user switched that on, and never shared: two tabs that ask the same get an answer each.
 * - `fresh`: an answer of its own, which replaces the kept one.
 * - Nothing that is `unkept`.
 * - Nothing with tools, since a `tool_use` must run anew; nothing at a high temperature; nothing when the cache is off.
 *
 * @param sentTemperature what really goes to the model; `undefined` where none is sent
 */
export function cachePolicy(
  request: ChatRequest,
  settings: EngineSettings['cache'],
  sentTemperature: number | undefined,
): CachePolicy {
  if (!settings.enabled || request.unkept === true) return NOTHING;
  const policy = policyOf(request, settings);
  if (policy === NOTHING || asksForVariety(sentTemperature) || hasTools(request)) return NOTHING;
  if (request.fresh !== true) return policy;
  return policy.write ? WRITE : NOTHING;
}

function policyOf({ action }: ChatRequest, settings: EngineSettings['cache']): CachePolicy {
  switch (action) {
    case 'inline':
    case 'batch':
      return SHARE_AND_KEEP;
    case 'live':
      return SHARE;
    case 'chat':
      return settings.chat ? KEEP : NOTHING;
    default:
      return assertNever(action);
  }
}

function asksForVariety(temperature: number | undefined): boolean {
  return temperature !== undefined && temperature > HIGHEST_STEADY_TEMPERATURE;
}

function hasTools({ tools }: ChatRequest): boolean {
  return tools !== undefined && tools.length > 0;
}
