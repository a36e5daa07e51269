import { assertNever } from '../../base/assertNever';
import type {
  Attachment,
  Feedback,
  StoredTurn,
  TurnNote,
  TurnOutcome,
  TurnStats,
} from '../../engine/ports';
import type { ContentBlock, ErrorInfo, StopReason } from '../../engine/types';
import type { TurnView } from '../../protocol/turn';
import { attachmentView } from './attachmentView';
import { citationsIn } from './citations';
import type { Translate } from '../translate';
import { describeError } from './errorTexts';
import type { ErrorContext } from './errorTexts';
import { noteTexts } from './noteTexts';
import type { Notice } from './noteTexts';
import { statsView } from './statsView';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/**
 * Where a turn stands.
 * - `running` with the way to stop it and the quiet line shown while nothing moves
 * - the rest are the ends; `interrupted`: the window went away in the middle
 */
export type TurnPhase =
  | {
      readonly kind: 'running';
      readonly controller: AbortController;
      readonly notice: Notice | undefined;
    }
  | { readonly kind: 'done'; readonly stopReason: StopReason; readonly stats: TurnStats }
  | { readonly kind: 'stopped'; readonly stats: TurnStats | undefined }
  | {
      readonly kind: 'failed';
      readonly error: ErrorInfo;
      /** When it failed, ms since 1970; `undefined` for one out of the store. */
      readonly at: number | undefined;
      readonly stats: TurnStats | undefined;
    }
  /** `elsewhere`: another window is still at it, and only that one sees the reply come. */
  | { readonly kind: 'interrupted'; readonly elsewhere: boolean };

/** One question and its answer while the conversation is open. */
export interface Turn {
  readonly id: string;
  readonly ordinal: number;
  readonly parentId: string | undefined;
  readonly createdAt: number;
  /** As it was typed. */
  readonly prompt: string;
  /** What the model is asked where that is something else. */
  readonly asked: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly model: string;
  readonly endpointId: string;
  feedback: Feedback | undefined;
  phase: TurnPhase;
  text: string;
  thinking: string;
  tools: ToolCall[];
  notes: TurnNote[];
  /** The assistant's blocks as they came; empty until the turn is done. */
  content: readonly ContentBlock[];
}

/** One that is under way. */
export function newTurn(
  of: Pick<
    Turn,
    | 'id'
    | 'ordinal'
    | 'parentId'
    | 'createdAt'
    | 'prompt'
    | 'asked'
    | 'attachments'
    | 'model'
    | 'endpointId'
  >,
): Turn {
  return {
    ...of,
    feedback: undefined,
    phase: { kind: 'running', controller: new AbortController(), notice: undefined },
    text: '',
    thinking: '',
    tools: [],
    notes: [],
    content: [],
  };
}

/** When the server that refused the turn takes it, ms since 1970, as far as it said. */
export function retryMoment({ phase }: Turn): number | undefined {
  if (phase.kind !== 'failed' || phase.at === undefined) return undefined;
  const { retryAfterMs } = phase.error;
  return retryAfterMs === undefined ? undefined : phase.at + retryAfterMs;
}

export function toStored(turn: Turn, conversationId: string): StoredTurn {
  const { id, ordinal, parentId, createdAt, prompt, asked, attachments, feedback } = turn;
  return {
    id,
    conversationId,
    ordinal,
    parentId,
    createdAt,
    prompt,
    asked,
    attachments,
    feedback,
    model: turn.model,
    endpointId: turn.endpointId,
    stopReason: undefined,
    stats: undefined,
    error: undefined,
    ...outcomeOf(turn),
  };
}

export function outcomeOf(turn: Turn): TurnOutcome {
  const { phase, text, thinking, content } = turn;
  const base = { text, thinking, content };
  switch (phase.kind) {
    case 'running':
      return { ...base, state: text === '' && thinking === '' ? 'waiting' : 'streaming' };
    case 'done':
      return { ...base, state: 'done', stopReason: phase.stopReason, stats: phase.stats };
    case 'failed':
      return { ...base, state: 'failed', error: phase.error, stats: phase.stats };
    case 'stopped':
      return { ...base, state: 'stopped', stats: phase.stats };
    case 'interrupted':
      return { ...base, state: 'interrupted' };
    default:
      return assertNever(phase);
  }
}

/** A turn out of the store. */
export function fromStored(stored: StoredTurn): Turn {
  const { id, ordinal, parentId, createdAt, prompt, asked, attachments, feedback } = stored;
  return {
    id,
    ordinal,
    parentId,
    createdAt,
    prompt,
    asked,
    attachments,
    feedback,
    model: stored.model,
    endpointId: stored.endpointId,
    text: stored.text,
    thinking: stored.thinking,
    content: stored.content,
    tools: toolsIn(stored.content),
    notes: [...(stored.stats?.notes ?? [])],
    phase: storedPhase(stored),
  };
}

function storedPhase(stored: StoredTurn): TurnPhase {
  switch (stored.state) {
    case 'done':
      return stored.stats
        ? { kind: 'done', stopReason: stored.stopReason ?? 'end_turn', stats: stored.stats }
        : { kind: 'interrupted', elsewhere: false };
    case 'failed':
      return stored.error
        ? { kind: 'failed', error: stored.error, at: undefined, stats: stored.stats }
        : { kind: 'interrupted', elsewhere: false };
    case 'stopped':
      return { kind: 'stopped', stats: stored.stats };
    case 'interrupted':
      return { kind: 'interrupted', elsewhere: false };
    // The store tells turns that are worked on from those whose window died.
    case 'waiting':
    case 'streaming':
      return { kind: 'interrupted', elsewhere: true };
    default:
      return assertNever(stored.state);
  }
}

function toolsIn(content: readonly ContentBlock[]): ToolCall[] {
  return content.flatMap((block) =>
    block.type === 'tool_use' && 'name' in block
      ? [{ id: String(block['id']), name: String(block['name']), input: block['input'] }]
      : [],
  );
}

/** Whether the same question can be sent again in this turn's place. */
export function canRetry({ phase, text, tools }: Turn): boolean {
  switch (phase.kind) {
    case 'running':
      return false;
    case 'done':
      // All of its tokens went into thinking: there is nothing to go on from.
      return text.trim() === '' && tools.length === 0;
    case 'stopped':
    case 'failed':
      return true;
    case 'interrupted':
      // The other window still writes it, and would lose its row.
      return !phase.elsewhere;
    default:
      return assertNever(phase);
  }
}

/** Another window is still at it: what it writes must not be lost, and nothing is known of its end. */
export function isElsewhere({ phase }: Turn): boolean {
  return phase.kind === 'interrupted' && phase.elsewhere;
}

/** Whether a reply broke off where the model could go on. `isLast`: nothing was asked after it. */
export function canContinue(turn: Turn, isLast: boolean): boolean {
  if (!isLast || turn.text.trim() === '') return false;
  switch (turn.phase.kind) {
    case 'running':
      return false;
    case 'done':
      return turn.phase.stopReason === 'max_tokens';
    case 'stopped':
    case 'failed':
      return true;
    case 'interrupted':
      return !turn.phase.elsewhere;
    default:
      return assertNever(turn.phase);
  }
}

/** The turn by itself; what its place in the conversation adds (versions, a summary) comes from the session. */
export function viewOf(turn: Turn, isLast: boolean, t: Translate): TurnView {
  const { phase, feedback } = turn;
  const notice = phase.kind === 'running' ? phase.notice : undefined;
  const endNote = endNoteOf(phase, t);
  const stats = statsOf(phase);
  const citations = citationsIn(turn.content);
  return {
    id: turn.id,
    prompt: turn.prompt,
    attachments: turn.attachments.map((attachment) => attachmentView(attachment)),
    model: turn.model,
    state: outcomeOf(turn).state,
    text: turn.text,
    thinking: turn.thinking,
    tools: toolViews(turn),
    notes: noteTexts(turn.notes, t),
    canContinue: canContinue(turn, isLast),
    // A failed turn offers it with its error.
    canAskAgain: isLast && turn.phase.kind !== 'failed' && canRetry(turn),
    ...(citations.length === 0 ? {} : { citations }),
    ...(notice === undefined ? {} : { notice: notice.text }),
    ...(notice?.until === undefined ? {} : { noticeUntil: notice.until }),
    ...(endNote === undefined ? {} : { endNote }),
    ...(feedback === undefined ? {} : { feedback }),
    ...(stats === undefined ? {} : { stats: statsView(stats, turn.endpointId, t) }),
    ...(phase.kind === 'failed'
      ? { error: describeError(phase.error, errorContext(turn, phase), t) }
      : {}),
  };
}

export function toolViews(turn: Turn): TurnView['tools'] {
  return turn.tools.map(({ id, name, input }) => ({
    id,
    name,
    input: JSON.stringify(input, undefined, 2) ?? '',
  }));
}

/** What the turn has taken so far, where that is known. */
export function statsOf(phase: TurnPhase): TurnStats | undefined {
  return phase.kind === 'running' || phase.kind === 'interrupted' ? undefined : phase.stats;
}

function errorContext(turn: Turn, phase: Extract<TurnPhase, { kind: 'failed' }>): ErrorContext {
  const { stats, at } = phase;
  return { attempts: stats?.attempts ?? 0, partial: turn.text.trim() !== '', at };
}

/** A line under a reply that is not whole; nothing under one that is. */
export function endNoteOf(phase: TurnPhase, t: Translate): string | undefined {
  switch (phase.kind) {
    case 'stopped':
      return t('Stopped.');
    case 'interrupted':
      return phase.elsewhere
        ? t('This reply is still coming in another window.')
        : t('Interrupted: the window was closed before the reply ended.');
    case 'done':
      return stopNote(phase.stopReason, t);
    case 'running':
    case 'failed':
      return undefined;
    default:
      return assertNever(phase);
  }
}

function stopNote(reason: StopReason, t: Translate): string | undefined {
  switch (reason) {
    case 'max_tokens':
      return t('Cut at the length limit for replies.');
    case 'refusal':
      return t('The model declined to go on.');
    case 'model_context_window_exceeded':
      return t("The conversation has filled the model's context window.");
    case 'tool_use':
      return t('The model asked for a tool; Pulse runs none in the chat.');
    case 'end_turn':
    case 'stop_sequence':
    case 'pause_turn':
      return undefined;
    // A reason that this version does not know.
    default:
      return undefined;
  }
}
