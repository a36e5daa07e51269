import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { AttemptIO, AttemptResult, ModelEvent } from './baseModel';
import type { ErrorContext } from './errorText';
import { EventParser } from './eventParser';
import { serverError, unexpectedAnswer } from './httpErrors';
import { MessageAssembler } from './messageAssembler';
import { networkError, truncatedMessage } from './networkErrors';
import { parseBody, readText } from './responseBody';
import { estimateTextTokens } from './tokenEstimate';
import type { Watchdogs } from './watchdogs';
import { isRecord } from './wireGuards';

/** What is read of an answer that is no stream, to say what it is. */
const PAGE_LIMIT = { maxBytes: 65_536, maxMs: 3_000 };
/** Turns of the event loop that a reply waits for its connection's end at most. */
const SETTLING_TURNS = 3;
/** Promises that may resolve one after the other before that: mostly the connection's end is on its way to here already. */
const SETTLING_STEPS = 20;
/** A longer turn, ms, is not waited for again. */
const BUSY_TURN_MS = 0.5;
/** Milliseconds that a connection may take to end after the reply did, to be used again. */
const DRAIN_MS = 1_000;

export interface ReplySource {
  readonly response: Response;
  readonly context: ErrorContext;
  /** The model asked for: servers that name none are taken to have used it. */
  readonly model: string;
  readonly io: AttemptIO;
  readonly watch: Watchdogs;
  readonly clock: Clock;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads a streamed reply to its end. @throws EngineError with the text that had arrived; the watchdog's own when it struck */
export async function readReply(source: ReplySource): Promise<AttemptResult> {
  const { response, context } = source;
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null) throw unexpectedAnswer(response, '', context);
  if (/\b(json|html)\b/i.test(type)) throw await notAStream(source);
  return new ReplyReader(source, response.body.getReader()).read();
}

class ReplyReader {
  readonly #source: ReplySource;
  readonly #reader: Reader;
  readonly #assembler: MessageAssembler;
  readonly #parser: EventParser;
  /** When the chunk that is being read arrived. */
  #now = 0;
  /** The beginning of the body, to say what it is when it is no event stream. */
  #head: Uint8Array | undefined;

  constructor(source: ReplySource, reader: Reader) {
    this.#source = source;
    this.#reader = reader;
    const { progress } = source.io;
    this.#assembler = new MessageAssembler({
      onEvent: (event) => this.#tell(event),
      onUsage: (usage) => {
        progress.usage = usage;
      },
      onServerError: (body) =>
        serverError({ headers: source.response.headers, body }, source.context),
    });
    this.#parser = new EventParser(this.#assembler);
  }

  async read(): Promise<AttemptResult> {
    const { signal } = this.#source.watch;
    const onAbort = (): void => cancel(this.#reader);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#readAll();
      const { clock } = this.#source;
      await settled(drain(this.#reader, clock), clock);
      return this.#result();
    } catch (error) {
      cancel(this.#reader);
      this.#countUnreported();
      throw this.#withText(this.#source.watch.failure ?? this.#typed(error));
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #readAll(): Promise<void> {
    const { watch, clock } = this.#source;
    while (!this.#assembler.complete) {
      const { done, value } = await this.#reader.read();
      watch.throwIfOver();
      if (done) {
        this.#parser.end();
        if (!this.#assembler.complete) throw this.#cutShort();
        return;
      }
      this.#head ??= value.slice(0, 1_024);
      this.#now = clock.now();
      const before = this.#assembler.events;
      this.#parser.push(value);
      const progressed = this.#assembler.events !== before;
      if (progressed) this.#source.io.progress.lastEventAt = this.#now;
      watch.received(this.#now, progressed);
      // A listener may have stopped the reply, even with its end in the same chunk.
      watch.throwIfOver();
    }
  }

  #tell(event: ModelEvent): void {
    const { io, watch } = this.#source;
    // Stopped by a listener of an earlier event of the same chunk: nothing more is told.
    if (watch.signal.aborted) return;
    if (event.type !== 'tool_use') io.progress.firstTokenAt ??= this.#now;
    if (event.type !== 'thinking') io.progress.visible = true;
    io.onEvent(event);
  }

  #result(): AttemptResult {
    const { content, model, stopReason } = this.#assembler;
    return {
      model: model ?? this.#source.model,
      content,
      stopReason: stopReason ?? 'end_turn',
    };
  }

  /** The server tells at the end how much it wrote, and bills it without one, too: of a reply that broke off it is estimated. */
  #countUnreported(): void {
    if (this.#assembler.stopReason !== undefined) return;
    const { progress } = this.#source.io;
    const estimate = estimateTextTokens(this.#assembler.written);
    if (estimate <= progress.usage.outputTokens) return;
    progress.usage = { ...progress.usage, outputTokens: estimate };
  }

  #cutShort(): EngineError {
    const { context, response } = this.#source;
    const head = new TextDecoder().decode(this.#head).trim();
    if (this.#assembler.events === 0 && head !== '' && !/^(event|data|id|retry)?:/.test(head)) {
      return unexpectedAnswer(response, parseBody(head), context);
    }
    return new EngineError('truncated', truncatedMessage(context));
  }

  #typed(error: unknown): unknown {
    if (error instanceof EngineError) return error;
    // What a listener throws is no fault of the network: undici's errors all come as these.
    return error instanceof TypeError || error instanceof DOMException
      ? networkError(error, 'in_answer', this.#source.context)
      : error;
  }

  /** The same error with the visible text and the request id, which it could not know. */
  #withText(error: unknown): unknown {
    const partialText = this.#assembler.text;
    const { requestId } = this.#source.io.progress;
    if (!(error instanceof EngineError)) return error;
    return error.with({ partialText, requestId: error.requestId ?? requestId });
  }
}

/** A whole page or JSON document came with a good status. */
async function notAStream({ response, context, clock }: ReplySource): Promise<EngineError> {
  const { text } = await readText(response, PAGE_LIMIT, clock);
  const body = parseBody(text);
  // Some gateways send the API's own errors with status 200.
  if (isRecord(body) && body['type'] === 'error' && isRecord(body['error'])) {
    return serverError({ headers: response.headers, body }, context);
  }
  return unexpectedAnswer(response, body, context);
}

/** Lets the connection come to its end, so that it can be used again; one that does not is closed. */
async function drain(reader: Reader, clock: Clock): Promise<void> {
  const timer = clock.setTimeout(() => cancel(reader), DRAIN_MS);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The reply is whole; how its connection ends does not matter.
  } finally {
    timer.dispose();
  }
}

/**
 * Mostly the connection's end has arrived with the reply's: taking it in now, the next request finds the connection free (undici frees
 * it one turn of the event loop after its end). Waits for what is there already, not for the network.
 */
async function settled(drained: Promise<void>, clock: Clock): Promise<void> {
  let isOver = false;
  void drained.then(() => {
    isOver = true;
  });
  for (let step = 0; step < SETTLING_STEPS; step++) {
    if (isOver) break;
    await microtask();
  }
  for (let turn = 0; turn < SETTLING_TURNS; turn++) {
    const wasOver = isOver;
    const startedAt = clock.now();
    await eventLoopTurn();
    // A turn that takes long has much to do: the reply's reader would wait for others.
    if (wasOver || clock.now() - startedAt > BUSY_TURN_MS) return;
  }
}

function microtask(): Promise<void> {
  return Promise.resolve();
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function cancel(reader: Reader): void {
  reader.cancel().catch(() => undefined);
}
