import { abortable, AbortError, throwIfAborted } from '../../base/abort';
import { assertNever } from '../../base/assertNever';
import type { Clock } from '../../base/clock';
import { EngineError } from '../../engine/errors';
import type { TurnNote, TurnStats } from '../../engine/ports';
import { addUsage } from '../../engine/requests/usage';
import type {
  ChatRequest,
  Effort,
  ErrorInfo,
  Message,
  Reply,
  ReplyEvent,
  ShapeNote,
  ThinkingMode,
  TurnTotals,
} from '../../engine/types';
import type { Change } from '../../protocol/chat';
import type { TurnPatch } from '../../protocol/turn';
import type { Translate } from '../translate';
import { fallbackNotice, noteTexts, resumedNotice, retryNotice, waitingNotice } from './noteTexts';
import type { Notice } from './noteTexts';
import { toolViews } from './turn';
import type { Turn, TurnPhase } from './turn';
import type { TurnSaver } from './turnSaver';

/** What answers a question, chosen at the moment it is asked. */
export interface TurnTarget {
  readonly endpointId: string;
  readonly model: string;
  readonly effort: Effort | undefined;
  readonly thinking: ThinkingMode | undefined;
  /** Tokens; 0 where that is not known. */
  readonly contextWindow: number;
  /** Segments of the system prompt, the most stable first. Never rejects. */
  system(): Promise<readonly string[]>;
  /** @throws EngineError */
  stream(
    request: ChatRequest,
    options: { readonly signal: AbortSignal; readonly onEvent: (event: ReplyEvent) => void },
  ): Promise<Reply>;
}

/** Reason of the abort when the window goes away. */
export class WindowClosing extends AbortError {
  constructor() {
    super('the window is closing');
  }
}

export interface TurnIO {
  readonly clock: Clock;
  readonly translate: Translate;
  /** What the turn took before it is gone on with. */
  readonly before: TurnStats | undefined;
  readonly changed: (change: Change) => void;
  readonly saver: TurnSaver;
}

/** How a turn is asked. */
export interface TurnAsk {
  /** May take its time; what it rejects with is the turn's end. */
  readonly messages: () => Promise<readonly Message[]>;
  readonly conversationId: string;
  /** Wants an answer of its own: the question is asked again. */
  readonly fresh?: boolean;
  /** Sent at this moment at the earliest, ms since 1970. */
  readonly notBefore?: number | undefined;
  /** Its answer may be kept nowhere. */
  readonly unkept?: boolean;
}

/**
 * Sends a turn and lets it grow until its end, which is its `phase` afterwards. One that has some text already goes on from there.
 * Never rejects: whatever happens is an end.
 */
export async function streamTurn(
  turn: Turn,
  target: TurnTarget,
  ask: TurnAsk,
  io: TurnIO,
): Promise<void> {
  if (turn.phase.kind !== 'running') return;
  const { signal } = turn.phase.controller;
  const partial = turn.text;
  const growth = new TurnGrowth(turn, io);
  try {
    throwIfAborted(signal);
    const messages = await abortable(ask.messages(), signal);
    const system = await abortable(target.system(), signal);
    const reply = await target.stream(requestOf(target, { system, messages }, ask, partial), {
      signal,
      onEvent: (event) => growth.take(event),
    });
    turn.content = reply.content;
    const { stopReason } = reply;
    turn.phase = { kind: 'done', stopReason, stats: statsAfter(turn, totalsOf(reply), io.before) };
  } catch (error) {
    turn.phase = endAfter(turn, error, signal, io);
  }
}

/** Puts what is told of a reply into its turn, its saver and the changes. */
class TurnGrowth {
  readonly #turn: Turn;
  readonly #io: TurnIO;
  /** Length of the thinking that no failure of the attempt under way voids: what came before it, or before visible text. */
  #keptThinking: number;

  constructor(turn: Turn, io: TurnIO) {
    this.#turn = turn;
    this.#io = io;
    this.#keptThinking = turn.thinking.length;
  }

  take(event: ReplyEvent): void {
    const { translate } = this.#io;
    switch (event.type) {
      case 'text':
        this.#grow(event.text, '');
        return;
      case 'thinking':
        this.#grow('', event.text);
        return;
      case 'tool_use':
        this.#addTool(event);
        return;
      case 'waiting':
        // Waiting between attempts has been told by the `retry` before it.
        if (event.reason !== 'backoff') this.#notice(waitingNotice(event, this.#now, translate));
        return;
      case 'retry':
        this.#voidThinking();
        if (event.delayMs > 0) this.#notice(retryNotice(event, this.#now, translate));
        return;
      case 'fallback':
        this.#addNote({ kind: 'fallback', endpointId: event.endpointId, model: event.model });
        this.#notice(fallbackNotice(event, translate));
        return;
      case 'resumed':
        this.#keptThinking = this.#turn.thinking.length;
        this.#noteResumed();
        this.#notice(resumedNotice(event, translate));
        return;
      case 'shaped':
        this.#noteShaped(event.notes);
        return;
      case 'served':
        this.#addNote({ kind: 'served', from: event.from });
        return;
      case 'attempt':
        this.#keptThinking = this.#turn.thinking.length;
        this.#notice(undefined);
        return;
      default:
        assertNever(event);
    }
  }

  #grow(text: string, thinking: string): void {
    if (text === '' && thinking === '') return;
    const turn = this.#turn;
    const isFirst = turn.text === '' && turn.thinking === '';
    turn.text += text;
    turn.thinking += thinking;
    if (text !== '') this.#keptThinking = turn.thinking.length;
    this.#io.saver.append(text, thinking);
    if (isFirst) this.#patch({ state: 'streaming' });
    this.#notice(undefined);
    this.#io.changed({ kind: 'append', turnId: turn.id, text, thinking });
  }

  #voidThinking(): void {
    const turn = this.#turn;
    const length = turn.thinking.length - this.#keptThinking;
    if (length === 0) return;
    turn.thinking = turn.thinking.slice(0, this.#keptThinking);
    this.#io.saver.rewrite();
    this.#io.changed({ kind: 'thinkingVoid', turnId: turn.id, length });
    if (turn.text === '' && turn.thinking === '') this.#patch({ state: 'waiting' });
  }

  #addTool({ id, name, input }: Extract<ReplyEvent, { type: 'tool_use' }>): void {
    this.#turn.tools = [...this.#turn.tools, { id, name, input }];
    this.#patch({ tools: toolViews(this.#turn) });
  }

  get #now(): number {
    return this.#io.clock.wallNow();
  }

  /** The last word on a matter replaces the one before. */
  #addNote(note: TurnNote): void {
    const others = this.#turn.notes.filter(({ kind }) => kind !== note.kind);
    this.#setNotes([...others, note]);
  }

  /** Each model and endpoint that is asked gets the question in a shape of its own. */
  #noteShaped(notes: readonly ShapeNote[]): void {
    const others = this.#turn.notes.filter(({ kind }) => kind !== 'shaped');
    const shaped = notes.map((note): TurnNote => ({ kind: 'shaped', note }));
    this.#setNotes([...others, ...shaped]);
  }

  #noteResumed(): void {
    const known = this.#turn.notes.find((note) => note.kind === 'resumed');
    this.#addNote({ kind: 'resumed', times: (known?.times ?? 0) + 1 });
  }

  #setNotes(notes: TurnNote[]): void {
    this.#turn.notes = notes;
    this.#patch({ notes: noteTexts(notes, this.#io.translate) });
  }

  #notice(notice: Notice | undefined): void {
    const turn = this.#turn;
    if (turn.phase.kind !== 'running' || turn.phase.notice === notice) return;
    turn.phase = { ...turn.phase, notice };
    this.#patch({ notice: notice?.text ?? null, noticeUntil: notice?.until ?? null });
  }

  #patch(patch: TurnPatch): void {
    this.#io.changed({ kind: 'turn', turnId: this.#turn.id, patch });
  }
}

function requestOf(
  { model, effort, thinking }: TurnTarget,
  { system, messages }: Pick<ChatRequest, 'messages'> & { readonly system: readonly string[] },
  { conversationId, fresh, notBefore, unkept }: TurnAsk,
  partial: string,
): ChatRequest {
  return {
    model,
    messages,
    action: 'chat',
    conversationId,
    ...(system.length === 0 ? {} : { system }),
    ...(effort === undefined ? {} : { effort }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(partial === '' ? {} : { partial }),
    ...(fresh === true ? { fresh } : {}),
    ...(unkept === true ? { unkept } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
  };
}

function totalsOf({ usage, timing, costUSD, requestId, attempts }: TurnTotals): TurnTotals {
  return { usage, timing, costUSD, requestId, attempts };
}

/** What the turn took in all, with what it took before it was gone on with. */
function statsAfter(turn: Turn, took: TurnTotals, before: TurnStats | undefined): TurnStats {
  const notes = turn.notes.length === 0 ? {} : { notes: turn.notes };
  if (!before) return { ...took, ...notes };
  const isPriced = took.costUSD !== undefined && before.costUSD !== undefined;
  return {
    usage: addUsage(before.usage, took.usage),
    timing: {
      ...took.timing,
      firstTokenMs: before.timing.firstTokenMs,
      totalMs: before.timing.totalMs + took.timing.totalMs,
    },
    costUSD: isPriced ? (before.costUSD ?? 0) + (took.costUSD ?? 0) : undefined,
    requestId: took.requestId ?? before.requestId,
    attempts: before.attempts + took.attempts,
    ...notes,
  };
}

function endAfter(turn: Turn, error: unknown, signal: AbortSignal, io: TurnIO): TurnPhase {
  const took = error instanceof EngineError ? error.took : undefined;
  const stats = took && took.attempts > 0 ? statsAfter(turn, totalsOf(took), io.before) : io.before;
  if (signal.aborted) {
    return signal.reason instanceof WindowClosing
      ? { kind: 'interrupted', elsewhere: false }
      : { kind: 'stopped', stats };
  }
  return { kind: 'failed', error: infoOf(error), at: io.clock.wallNow(), stats };
}

/** The engine throws nothing but its own errors; what prepares a turn (demo, secrets) may fail in other ways. */
function infoOf(error: unknown): ErrorInfo {
  if (error instanceof EngineError) return error.toInfo();
  return {
    kind: 'internal',
    message: error instanceof Error ? error.message : String(error),
    status: undefined,
    requestId: undefined,
    retryable: true,
    retryAfterMs: undefined,
  };
}
