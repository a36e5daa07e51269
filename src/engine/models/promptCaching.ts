import type { EngineSettings } from '../settings';
import type { ChatRequest, Endpoint } from '../types';
import type { WireRecord } from './wireGuards';

/** Shorter beginnings of a prompt are not kept by most models. Source: Anthropic's prompt caching guide (512 to 4,096 by model). */
const MIN_CACHED_TOKENS = 1_024;
/** English text and code; a guess is enough, since a mark on too short a text is ignored. */
const CHARACTERS_PER_TOKEN = 4;
const MIN_CACHED_CHARACTERS = MIN_CACHED_TOKENS * CHARACTERS_PER_TOKEN;
/** From this version of the API on a server is known to take the field anywhere. */
const VERSION_WITH_CACHING = '2026-10-21';
const ANTHROPIC = /^https?:\/\/(?:[a-z0-9-]+\.)*anthropic\.com(?::\d+)?(?:[/?#]|$)/i;
const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:[/?#]|$)/i;

type CachingSettings = EngineSettings['promptCache'];

/**
 * Fields `system`, `tools` and `cache_control` of a body, with the places marked up to which the server keeps the prompt. Writing costs
 * 1.25 times the input (an hour: twice), reading a tenth or less, so only what comes again is marked, at most three of the four places
 * that a request may have:
 * - the end of the tools and the end of the stable system segments (all but the last one; a single one is stable), where they are long
 *   enough to be kept: for every action, because they are the same in the next request and in the next conversation;
 * - in chats the end of the conversation, which moves along with it.
 *
 * A request that brings marks of its own is left as it is.
 */
export function cacheableParts(
  request: ChatRequest,
  endpoint: Endpoint,
  settings: CachingSettings,
): WireRecord {
  const segments = systemSegments(request.system);
  const { tools } = request;
  if (!settings.enabled || !knowsCaching(endpoint) || hasOwnMarks(request)) {
    return {
      ...(segments.length > 0 ? { system: joined(segments) } : {}),
      ...(tools?.length ? { tools } : {}),
    };
  }
  const mark = { type: 'ephemeral', ...(settings.ttl === '1h' ? { ttl: settings.ttl } : {}) };
  const toolCharacters = tools?.length ? characters(tools) : 0;
  return {
    ...(segments.length > 0 ? { system: markedSystem(segments, mark, toolCharacters) } : {}),
    ...(tools?.length
      ? { tools: toolCharacters < MIN_CACHED_CHARACTERS ? tools : markedTools(tools, mark) }
      : {}),
    ...(request.action === 'chat' ? { cache_control: mark } : {}),
  };
}

/** The system prompt as one text, its segments told apart by a blank line; `undefined` without one. */
export function systemText(system: ChatRequest['system']): string | undefined {
  const segments = systemSegments(system);
  return segments.length > 0 ? joined(segments) : undefined;
}

function joined(segments: readonly string[]): string {
  return segments.join('\n\n');
}

function systemSegments(system: ChatRequest['system']): readonly string[] {
  if (!system) return [];
  return typeof system === 'string' ? [system] : system.filter((segment) => segment.trim() !== '');
}

/** One text where there is nothing to mark; else blocks that read the same. */
function markedSystem(
  segments: readonly string[],
  mark: WireRecord,
  toolCharacters: number,
): string | readonly WireRecord[] {
  const last = segments.length - 1;
  const lastStable = Math.max(0, last - 1);
  let stable = toolCharacters;
  segments.forEach((segment, index) => {
    if (index <= lastStable) stable += segment.length;
  });
  if (stable < MIN_CACHED_CHARACTERS) return joined(segments);
  return segments.map((segment, index) => ({
    type: 'text',
    text: index === last ? segment : `${segment}\n\n`,
    ...(index === lastStable ? { cache_control: mark } : {}),
  }));
}

function markedTools(tools: readonly WireRecord[], mark: WireRecord): readonly WireRecord[] {
  return tools.map((tool, index) =>
    index === tools.length - 1 ? { ...tool, cache_control: mark } : tool,
  );
}

/** Anthropic's own servers; and a server on this machine that speaks the current version. Local model servers speak an older one. */
function knowsCaching({ baseURL, apiVersion }: Endpoint): boolean {
  return ANTHROPIC.test(baseURL) || (apiVersion >= VERSION_WITH_CACHING && LOOPBACK.test(baseURL));
}

function hasOwnMarks({ messages, tools }: ChatRequest): boolean {
  return (
    (tools?.some((tool) => 'cache_control' in tool) ?? false) ||
    messages.some(
      ({ content }) =>
        typeof content !== 'string' && content.some((block) => 'cache_control' in block),
    )
  );
}

function characters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const [name, part] of Object.entries(value)) sum += name.length + characters(part);
  return sum;
}
