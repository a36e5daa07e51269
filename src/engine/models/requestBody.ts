import { assertNever } from '../../base/assertNever';
import type { EngineSettings } from '../settings';
import {
  EFFORT_LEVELS,
  type ChatRequest,
  type Effort,
  type Endpoint,
  type ModelCapabilities,
} from '../types';
import { cacheableParts, systemText } from './promptCaching';
import type { WireRecord } from './wireGuards';

/** From this version on the API refuses `temperature`, even at its default, for all models. */
const VERSION_WITHOUT_SAMPLING = '2026-10-21';
/** The least that `thinking.budget_tokens` may be. Source: the SDK's `ThinkingConfigEnabled`. */
const MIN_THINKING_BUDGET = 1_024;
/** How many times the allowance a model gets to think with, by its level of effort. `max` gets all that the model can. */
const ALLOWANCE_BY_EFFORT: Readonly<Record<Exclude<Effort, 'max'>, number>> = {
  low: 0.5,
  medium: 1,
  high: 2,
  xhigh: 4,
};

type Reply = EngineSettings['reply'];

/**
 * The body of `POST /v1/messages`: only parameters that the model takes, with values that it accepts, and the places marked up to which
 * the server keeps the prompt. Field names are the wire's.
 */
export function messageBody(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  endpoint: Endpoint,
  { reply, promptCache }: Pick<EngineSettings, 'reply' | 'promptCache'>,
): WireRecord {
  const thinking = thinkingParameter(request, capabilities, reply);
  const effort = effortLevel(request, capabilities);
  const temperature = sentTemperature(request, capabilities, endpoint, reply);
  return {
    model: request.model,
    messages: request.messages,
    max_tokens: outputTokens(request, capabilities, reply),
    stream: true,
    ...(thinking === undefined ? {} : { thinking }),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(request.stopSequences?.length ? { stop_sequences: request.stopSequences } : {}),
    ...cacheableParts(request, endpoint, promptCache),
  };
}

/** The body of `POST /v1/messages/count_tokens`: what counts as input. */
export function countBody(request: ChatRequest, capabilities: ModelCapabilities): WireRecord {
  // A budget needs `max_tokens`, which this request has not; it is no input anyway.
  const thinking =
    capabilities.thinking === 'budget' ? undefined : thinkingOf(request, capabilities);
  const system = systemText(request.system);
  return {
    model: request.model,
    ...(system === undefined ? {} : { system }),
    messages: request.messages,
    ...(thinking === undefined ? {} : { thinking }),
    ...(request.tools?.length ? { tools: request.tools } : {}),
  };
}

/** Whether this request will make the model think, so that `max_tokens` must hold more than the visible reply. */
export function thinks(request: ChatRequest, { thinking }: ModelCapabilities): boolean {
  if (thinking === 'always') return true;
  if (thinking === 'optional') return request.thinking !== 'off';
  return thinking === 'budget' && request.thinking === 'adaptive';
}

/** What `max_tokens` will be: the visible reply, plus the allowance for thinking, at most what the model can. */
export function outputTokens(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  reply: Reply,
): number {
  const visible = request.maxTokens ?? reply.maxTokens;
  const allowance = thinks(request, capabilities)
    ? thinkingAllowance(request, capabilities, reply)
    : 0;
  return Math.min(visible + allowance, capabilities.maxOutputTokens);
}

/**
 * Tokens for thinking: `reply.thinkingAllowance` times 0.5 for `low` (but 1,024 where the setting has that many), 1 for `medium` and
 * without a level, 2 for `high`, 4 for `xhigh`; for `max` all that the model can. With more effort a model thinks longer, and thinking
 * that uses up `max_tokens` leaves no reply. What counts is the level that is sent: models without levels get the setting as it is.
 */
function thinkingAllowance(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  reply: Reply,
): number {
  const scaled = scaledAllowance(effortLevel(request, capabilities), capabilities, reply);
  const least = capabilities.thinking === 'budget' ? MIN_THINKING_BUDGET : 0;
  return Math.min(Math.max(scaled, least), capabilities.maxOutputTokens);
}

function scaledAllowance(
  effort: Effort | undefined,
  { maxOutputTokens }: ModelCapabilities,
  { thinkingAllowance: allowance }: Reply,
): number {
  if (effort === 'max') return maxOutputTokens;
  const scaled = Math.round(allowance * ALLOWANCE_BY_EFFORT[effort ?? 'medium']);
  return Math.max(scaled, Math.min(allowance, MIN_THINKING_BUDGET));
}

function thinkingParameter(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  reply: Reply,
): WireRecord | undefined {
  if (capabilities.thinking !== 'budget') return thinkingOf(request, capabilities);
  if (request.thinking !== 'adaptive') return undefined;
  const visible = request.maxTokens ?? reply.maxTokens;
  // The budget must be below `max_tokens`; where the model's limit is short the visible reply keeps its share.
  const room = Math.max(capabilities.maxOutputTokens - visible, MIN_THINKING_BUDGET);
  const budget = Math.min(thinkingAllowance(request, capabilities, reply), room);
  if (budget >= outputTokens(request, capabilities, reply)) return undefined;
  return { type: 'enabled', budget_tokens: budget };
}

function thinkingOf(
  request: ChatRequest,
  { thinking, thinkingOff }: ModelCapabilities,
): WireRecord | undefined {
  switch (thinking) {
    case 'always':
      return { type: 'adaptive', display: 'summarized' };
    case 'optional':
      // Newer models hide their thinking unless asked; hidden, it looks like a stall.
      return request.thinking === 'off'
        ? { type: thinkingOff ?? 'disabled' }
        : { type: 'adaptive', display: 'summarized' };
    case 'budget':
    case 'none':
      return undefined;
    default:
      return assertNever(thinking);
  }
}

/** The level asked for, or the next lower one that the model has. */
function effortLevel(request: ChatRequest, capabilities: ModelCapabilities): Effort | undefined {
  if (request.effort === undefined) return undefined;
  const off = capabilities.thinking === 'optional' && request.thinking === 'off';
  // With thinking off, levels above `high` are refused.
  const wanted = EFFORT_LEVELS.indexOf(request.effort);
  const highest = off ? Math.min(wanted, EFFORT_LEVELS.indexOf('high')) : wanted;
  return EFFORT_LEVELS.slice(0, highest + 1).findLast((level) =>
    capabilities.efforts.includes(level),
  );
}

/** The temperature that goes to the model; `undefined` where none is sent. */
export function sentTemperature(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  endpoint: Endpoint,
  reply: Reply,
): number | undefined {
  const { maxTemperature } = capabilities;
  if (maxTemperature === undefined || !takesTemperature(request, capabilities, endpoint)) {
    return undefined;
  }
  return Math.min(request.temperature ?? reply.temperature, maxTemperature);
}

function takesTemperature(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  endpoint: Endpoint,
): boolean {
  if (capabilities.maxTemperature === undefined) return false;
  // The version is what a server promises to follow, whatever its models are called. One that takes sampling names an older one.
  if (endpoint.apiVersion >= VERSION_WITHOUT_SAMPLING) return false;
  // Thinking allows no temperature but 1.
  return !thinks(request, capabilities);
}

/** A setting of how a reply is made. */
export type ReplySetting = 'temperature' | 'effort' | 'thinking';

/**
 * The settings that do nothing with this model at this endpoint, to be said where they are shown: a temperature that is not sent, an
 * effort asked for where the model has no such levels, thinking turned off where it always thinks or on where it can't.
 */
export function ineffectiveSettings(
  request: ChatRequest,
  capabilities: ModelCapabilities,
  endpoint: Endpoint,
): ReplySetting[] {
  const ineffective: ReplySetting[] = [];
  if (!takesTemperature(request, capabilities, endpoint)) ineffective.push('temperature');
  if (request.effort !== undefined && effortLevel(request, capabilities) === undefined) {
    ineffective.push('effort');
  }
  const wanted = request.thinking;
  if (wanted !== undefined && thinks(request, capabilities) !== (wanted === 'adaptive')) {
    ineffective.push('thinking');
  }
  return ineffective;
}
