import { assertNever } from '../../base/assertNever';
import type { Random } from '../random';
import type { StreamShape } from '../streamShape';
import { deltaUsage, openToolUse, startMessage, stopFields } from './messageShape';
import type { ReplyBlock, SimulatedReply } from './reply';

type Json = Readonly<Record<string, unknown>>;

/** One server-sent event of a reply. */
export interface WireEvent {
  readonly name: string;
  readonly data: Json;
  /** Tokens that were generated for it: what pacing goes by. */
  readonly tokens: number;
}

/** Shares of the recorded streams. */
const PING_AFTER_FIRST_START = 0.9;
const PING_LATER = 0.5;
const ODD_PING = 0.15;
const EMPTY_DELTA = 0.1;
const UNKNOWN = 0.05;
const UNKNOWN_TYPE = 'simulator_unknown';

function event(name: string, data: Json, tokens = 0): WireEvent {
  return { name, data: { type: name, ...data }, tokens };
}

export const PING: WireEvent = { name: 'ping', data: { type: 'ping' }, tokens: 0 };

/** Whether the event is a piece of the answer: what "after N content deltas" counts. */
export function isContentDelta({ name, tokens }: WireEvent): boolean {
  return name === 'content_block_delta' && tokens > 0;
}

/** The events of one reply, in the API's order, with the peculiarities that `shape` asks for. */
export class WireEvents {
  readonly reply: SimulatedReply;
  readonly shape: StreamShape;
  readonly random: Random;

  constructor(reply: SimulatedReply, shape: StreamShape, random: Random) {
    this.reply = reply;
    this.shape = shape;
    this.random = random;
  }

  *all(): Generator<WireEvent, void> {
    const message = startMessage(this.reply);
    yield event('message_start', {
      message: this.shape.unknown ? { ...message, [UNKNOWN_TYPE]: { since: 1 } } : message,
    });
    yield* this.#oddPings();
    yield* this.#extraBlocks();
    let index = this.#extraBlockCount;
    for (const block of this.reply.blocks) {
      yield* this.#block(block, index);
      index += 1;
    }
    yield event('message_delta', {
      delta: stopFields(this.reply),
      usage: deltaUsage(this.reply),
    });
    yield* this.#oddPings();
    yield event('message_stop', {});
  }

  get #extraBlockCount(): number {
    return Number(this.shape.emptyBlocks) + Number(this.shape.unknown);
  }

  /** Blocks before the answer: one without a delta, one of a type that no client knows. */
  *#extraBlocks(): Generator<WireEvent, void> {
    let index = 0;
    if (this.shape.emptyBlocks) {
      yield event('content_block_start', { index, content_block: { type: 'text', text: '' } });
      yield event('content_block_stop', { index });
      index += 1;
    }
    if (this.shape.unknown) {
      yield event(UNKNOWN_TYPE, { note: 'an event that no client knows' });
      yield event('content_block_start', {
        index,
        content_block: { type: UNKNOWN_TYPE, note: 'a block that no client knows' },
      });
      yield event('content_block_delta', { index, delta: { type: UNKNOWN_TYPE, note: '...' } });
      yield event('content_block_stop', { index });
    }
  }

  *#block(block: ReplyBlock, index: number): Generator<WireEvent, void> {
    yield event('content_block_start', { index, content_block: openBlock(block) });
    yield* this.#usualPing(index);
    yield* this.#oddPings();
    switch (block.type) {
      case 'thinking':
        yield* this.#thinking(block, index);
        break;
      case 'text':
        yield* this.#deltas(block.pieces, index, 'text_delta', 'text');
        break;
      case 'tool_use':
        // Recorded streams begin a tool's input with an empty delta.
        yield delta(index, 'input_json_delta', 'partial_json', '', 0);
        yield* this.#deltas(block.pieces, index, 'input_json_delta', 'partial_json');
        break;
    }
    yield event('content_block_stop', { index });
    yield* this.#oddPings();
  }

  *#thinking(
    block: Extract<ReplyBlock, { type: 'thinking' }>,
    index: number,
  ): Generator<WireEvent, void> {
    if (!block.omitted) {
      yield* this.#deltas(block.pieces, index, 'thinking_delta', 'thinking');
      // Recorded streams end thinking with an empty delta before the signature.
      yield delta(index, 'thinking_delta', 'thinking', '', 0);
    }
    const unseen = block.omitted ? block.pieces.length : 0;
    yield delta(index, 'signature_delta', 'signature', block.signature, unseen);
  }

  *#deltas(
    pieces: readonly string[],
    index: number,
    type: string,
    field: string,
  ): Generator<WireEvent, void> {
    let position = 0;
    while (position < pieces.length) {
      const size = this.shape.deltaTokens || this.random.integer(1, 6);
      const taken = pieces.slice(position, position + size);
      yield delta(index, type, field, taken.join(''), taken.length);
      position += size;
      yield* this.#between(index, type, field);
    }
  }

  /** What may come between two deltas. */
  *#between(index: number, type: string, field: string): Generator<WireEvent, void> {
    if (this.shape.emptyDeltas && this.random.chance(EMPTY_DELTA)) {
      yield delta(index, type, field, '', 0);
    }
    if (this.shape.unknown && this.random.chance(UNKNOWN)) {
      yield event('content_block_delta', { index, delta: { type: UNKNOWN_TYPE, note: '...' } });
    }
    yield* this.#oddPings();
  }

  *#usualPing(index: number): Generator<WireEvent, void> {
    if (this.shape.pings !== 'usual') return;
    const first = index === this.#extraBlockCount;
    if (this.random.chance(first ? PING_AFTER_FIRST_START : PING_LATER)) yield PING;
  }

  *#oddPings(): Generator<WireEvent, void> {
    if (this.shape.pings !== 'odd') return;
    while (this.random.chance(ODD_PING)) yield PING;
  }
}

function openBlock(block: ReplyBlock): Json {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return { type: 'text', text: '' };
    case 'tool_use':
      return openToolUse(block.id, block.name);
    default:
      return assertNever(block);
  }
}

function delta(
  index: number,
  type: string,
  field: string,
  value: string,
  tokens: number,
): WireEvent {
  return event('content_block_delta', { index, delta: { type, [field]: value } }, tokens);
}
