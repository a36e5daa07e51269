import { promptSize, tokensOf, type PromptSize } from '../../models/tokenEstimate';
import type { EngineSettings } from '../../settings';
import type { ChatRequest, Message, ModelInfo, ShapeNote } from '../../types';
import { compactRequest, systemCharacters } from './compaction';
import { Draft } from './draft';
import { fitHistory } from './fitHistory';
import { inputLimits, NEAR_LIMIT, SURELY_BELOW, type InputLimits } from './inputLimits';

/** A request as it is sent. */
export interface Shaped {
  readonly request: ChatRequest;
  readonly notes: readonly ShapeNote[];
  /** Of `request`, as `estimateTokens` counts: before calibration, so that calibration can learn from it. */
  readonly inputTokens: number;
}

export interface ShapeContext {
  readonly info: ModelInfo;
  readonly settings: EngineSettings;
  /** Real tokens for an estimated one with this model; 1 when unknown. */
  readonly calibration: number;
  /** Exact count by the server, asked only near a limit; `undefined` where it can't be had. */
  readonly count: (request: ChatRequest) => Promise<number | undefined>;
  /** A summary of these messages by a model, for history `summarise`; `undefined` or a rejection: they are dropped instead. */
  readonly summarise: ((messages: readonly Message[]) => Promise<string>) | undefined;
}

const NO_NOTES: readonly ShapeNote[] = [];

/**
 * Makes a valid request fit its model: compacts long texts without loss, then drops or summarises the oldest turns where the window, the
 * user's cap, the number of images or the body's size demand it. Whatever was done is in the notes.
 * Synchronous when nothing needs the server: the normal case is one pass over the text and one object.
 * @throws EngineError `request_too_large` when the question alone does not fit; `aborted` when counting or summarising was
 */
export function shape(request: ChatRequest, context: ShapeContext): Shaped | Promise<Shaped> {
  const limits = inputLimits(request, context.info, context.settings);
  const { calibration } = context;
  const size = promptSize(request);
  if (
    !mayBeCompacted(request, size, context.settings.shaping) &&
    isClear(size, limits, calibration)
  ) {
    return { request, notes: NO_NOTES, inputTokens: tokensOf(size) };
  }
  const { request: compacted, from } = compactRequest(request, context.settings.shaping);
  const draft = new Draft(request, compacted, from);
  if (!isClear(draft.size, limits, calibration)) return fitHistory(draft, context, limits);
  return {
    request: draft.request,
    notes: draft.notes(calibration),
    inputTokens: tokensOf(draft.size),
  };
}

/** A character is a byte at least, so this look at what is measured anyway is enough for nearly all requests. */
function mayBeCompacted(
  { system }: ChatRequest,
  { bodyBytes }: PromptSize,
  { compactUserFrom, compactSystemFrom }: EngineSettings['shaping'],
): boolean {
  return bodyBytes >= compactUserFrom || systemCharacters(system) >= compactSystemFrom;
}

/** Whether this is within every limit without a closer look. */
function isClear(size: Readonly<PromptSize>, limits: InputLimits, calibration: number): boolean {
  return (
    tokensOf(size) * calibration < limits.tokens * NEAR_LIMIT &&
    size.images <= limits.images &&
    size.bodyBytes < limits.bodyBytes * SURELY_BELOW
  );
}
