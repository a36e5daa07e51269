import { AbortError, throwIfAborted } from '../../base/abort';
import { assertNever } from '../../base/assertNever';
import { EngineError } from '../../engine/errors';
import type {
  ChatRequest,
  Effort,
  ErrorInfo,
  Message,
  Reply,
  ReplyEvent,
  ThinkingMode,
} from '../../engine/types';
import type { Change, TurnPatch } from '../../protocol/chat';
import type { Translate } from '../translate';
import { retryNotice } from './errorTexts';
import { toolViews } from './turn';
import type { Turn, TurnPhase } from './turn';
import type { TurnSaver } from './turnSaver';

/** What answers a question, chosen at the moment it is asked. */
export interface TurnTarget {
  readonly endpointId: string;
  readonly model: string;
  readonly effort: Effort | undefined;
  readonly thinking: ThinkingMode | undefined;
  /** `undefined` for none. */
  readonly system: string | undefined;
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
  readonly translate: Translate;
  readonly changed: (change: Change) => void;
  readonly saver: TurnSaver;
}

/** Sends a turn and lets it grow until its end, which is its `phase` afterwards. Never rejects: whatever happens is an end. */
export async function streamTurn(
  turn: Turn,
  target: TurnTarget,
  messages: readonly Message[],
  io: TurnIO,
): Promise<void> {
  if (turn.phase.kind !== 'running') return;
  const { signal } = turn.phase.controller;
  let attempts = 0;
  const growth = new TurnGrowth(turn, io);
  try {
    throwIfAborted(signal);
    const reply = await target.stream(requestOf(target, messages), {
      signal,
      onEvent: (event) => {
        if (event.type === 'attempt') attempts = event.attempt;
        growth.take(event);
      },
    });
    turn.content = reply.content;
    turn.phase = { kind: 'done', stopReason: reply.stopReason, stats: statsOf(reply) };
  } catch (error) {
    turn.phase = endAfter(error, signal, attempts);
  }
}

/** Puts what is told of a reply into its turn, its saver and the changes. */
class TurnGrowth {
  readonly #turn: Turn;
  readonly #io: TurnIO;
  /** Length of the thinking before the attempt under way, which voids its own when it fails. */
  #keptThinking = 0;

  constructor(turn: Turn, io: TurnIO) {
    this.#turn = turn;
    this.#io = io;
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
        if (event.reason === 'queue') this.#notice(translate('Waiting for other requests to end'));
        return;
      case 'retry':
        this.#voidThinking();
        this.#notice(retryNotice(event, translate));
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

  #notice(notice: string | undefined): void {
    const turn = this.#turn;
    if (turn.phase.kind !== 'running' || turn.phase.notice === notice) return;
    turn.phase = { ...turn.phase, notice };
    this.#patch({ notice: notice ?? null });
  }

  #patch(patch: TurnPatch): void {
    this.#io.changed({ kind: 'turn', turnId: this.#turn.id, patch });
  }
}

function requestOf(target: TurnTarget, messages: readonly Message[]): ChatRequest {
  const { model, system, effort, thinking } = target;
  return {
    model,
    messages,
    action: 'chat',
    ...(system === undefined ? {} : { system }),
    ...(effort === undefined ? {} : { effort }),
    ...(thinking === undefined ? {} : { thinking }),
  };
}

function statsOf(reply: Reply) {
  const { usage, timing, costUSD, requestId, attempts } = reply;
  return { usage, timing, costUSD, requestId, attempts };
}

function endAfter(error: unknown, signal: AbortSignal, attempts: number): TurnPhase {
  if (signal.aborted) {
    return signal.reason instanceof WindowClosing
      ? { kind: 'interrupted', elsewhere: false }
      : { kind: 'stopped' };
  }
  return { kind: 'failed', error: infoOf(error), attempts };
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
