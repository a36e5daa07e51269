import { outputTokens } from '../../models/requestBody';
import { estimateTextTokens, type PromptSize } from '../../models/tokenEstimate';
import type { EngineSettings } from '../../settings';
import type { ChatRequest, ModelInfo } from '../../types';

/** Bytes of one request that the Messages API takes. Source: its documented limits (32 MB). */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;
/** Images in one request, by the model's window. Source: Anthropic's vision guide. */
const MAX_IMAGES = 600;
const MAX_IMAGES_SMALL_WINDOW = 100;
const SMALL_WINDOW = 200_000;
/** History is dropped in steps of this share of a limit, so that what is left begins at the same place for several turns. */
const STEP_SHARE = 0.25;

/** From this share of the token limit on an estimate is not good enough. */
export const NEAR_LIMIT = 0.8;
/** JSON's escapes make text a few per cent longer, at worst several times; measured exactly from this share of the limit on. */
export const SURELY_BELOW = 0.5;
/** Model, max_tokens and the other parameters, generously. */
const PARAMETER_BYTES = 2_048;

/** What one request may carry to this model, and the steps in which history is dropped to get there. */
export interface InputLimits {
  readonly tokens: number;
  readonly tokenStep: number;
  readonly images: number;
  readonly imageStep: number;
  readonly bodyBytes: number;
  readonly bodyStep: number;
  /** Whether the user's cap on input is what limits the tokens, not the model's window. */
  readonly capped: boolean;
}

/**
 * The window less the reply with its thinking (and what is there of it already), but half of the window at least (a reply that could fill the window would leave nothing);
 * the user's cap where that is lower. The step does not depend on the reply, whose length adjusts itself from turn to turn.
 */
export function inputLimits(
  request: ChatRequest,
  { capabilities }: ModelInfo,
  { shaping, reply }: Pick<EngineSettings, 'shaping' | 'reply'>,
): InputLimits {
  const { contextWindow } = capabilities;
  const cap = shaping.maxInputTokens || Infinity;
  const besideReply = Math.max(
    contextWindow -
      outputTokens(request, capabilities, reply) -
      estimateTextTokens(request.partial),
    Math.floor(contextWindow / 2),
  );
  const images = contextWindow > SMALL_WINDOW ? MAX_IMAGES : MAX_IMAGES_SMALL_WINDOW;
  return {
    tokens: Math.min(besideReply, cap),
    tokenStep: Math.min(contextWindow, cap) * STEP_SHARE,
    images,
    imageStep: images * STEP_SHARE,
    bodyBytes: MAX_REQUEST_BYTES,
    bodyStep: MAX_REQUEST_BYTES * STEP_SHARE,
    capped: cap < besideReply,
  };
}

/** Figures of a request that are held against the limits. */
export interface Load {
  readonly tokens: number;
  readonly images: number;
  readonly bodyBytes: number;
}

export function isWithin(load: Load, limits: InputLimits): boolean {
  return (
    load.tokens <= limits.tokens &&
    load.images <= limits.images &&
    load.bodyBytes <= limits.bodyBytes
  );
}

/** The body's real size in bytes where that decides, else what `size` says. */
export function bodyBytes(request: ChatRequest, size: Readonly<PromptSize>): number {
  const known = size.bodyBytes;
  if (known < MAX_REQUEST_BYTES * SURELY_BELOW || known > MAX_REQUEST_BYTES) return known;
  const { system, tools, messages } = request;
  return Buffer.byteLength(JSON.stringify({ system, tools, messages })) + PARAMETER_BYTES;
}
