import { EngineError } from '../errors';
import type { ContentBlock, StopReason, Usage } from '../types';
import type { ModelEvent } from './baseModel';
import type { EventSink, PieceKind } from './eventParser';
import { countField, isRecord, stringField, type WireRecord } from './wireGuards';

export interface AssemblerOptions {
  readonly onEvent: (event: ModelEvent) => void;
  readonly onUsage: (usage: Usage) => void;
  /** The error for an `error` event inside the stream. */
  readonly onServerError: (body: WireRecord) => EngineError;
}

/** A block while it grows. `fields` is what goes back to the server in the next turn. */
interface OpenBlock {
  readonly type: string;
  readonly fields: Record<string, unknown>;
  /** What its deltas brought so far: text, thinking, or a tool's input as JSON text. */
  grown: string;
}

/** A block whose end came; `undefined` for a tool use that was cut off in its input. */
type ClosedBlock = ContentBlock | undefined;

/** Stop reasons with which the server may cut a tool's input short. */
const CUTTING: ReadonlySet<string> = new Set([
  'max_tokens',
  'model_context_window_exceeded',
  'refusal',
]);

const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

/**
 * Builds a reply from the events of one stream. Unknown events, deltas and fields pass by; unknown blocks are kept as they came.
 * Throws an EngineError from within when the server reports one or the stream contradicts itself (`protocol`).
 */
export class MessageAssembler implements EventSink {
  readonly #options: AssemblerOptions;
  readonly #open = new Map<number, OpenBlock>();
  readonly #closed = new Map<number, ClosedBlock>();
  #usage = NO_USAGE;
  #cutTool = false;
  /** Model that answered, as the server named it. */
  model: string | undefined;
  stopReason: StopReason | undefined;
  /** Whether `message_stop` came. */
  complete = false;
  /** Events so far that were not pings. */
  events = 0;

  constructor(options: AssemblerOptions) {
    this.#options = options;
  }

  /** The assistant's blocks in their order; those still open are left out. */
  get content(): readonly ContentBlock[] {
    return [...this.#closed.entries()]
      .sort(([a], [b]) => a - b)
      .flatMap(([, block]) => (block === undefined ? [] : [block]));
  }

  /** Visible text so far, over all blocks. */
  get text(): string {
    const closed = this.content.map((block) => (block.type === 'text' ? textOf(block) : ''));
    const open = [...this.#open.values()].map(({ type, grown }) => (type === 'text' ? grown : ''));
    return closed.join('') + open.join('');
  }

  /** All that the model has written so far, to be counted: text, thinking, inputs of tools. */
  get written(): string {
    const closed = [...this.#closed.values()].map((block) => writtenIn(block));
    return closed.join('') + [...this.#open.values()].map(({ grown }) => grown).join('');
  }

  piece(kind: PieceKind, index: number, text: string): void {
    this.events++;
    this.#grow(kind, index, text);
  }

  event(data: unknown, name: string): void {
    if (!isRecord(data)) return;
    const type = stringField(data, 'type', name);
    if (type === 'ping') return;
    this.events++;
    switch (type) {
      case 'message_start':
        this.#messageStart(data);
        return;
      case 'content_block_start':
        this.#blockStart(data);
        return;
      case 'content_block_delta':
        this.#blockDelta(data);
        return;
      case 'content_block_stop':
        this.#blockStop(countField(data, 'index') ?? -1);
        return;
      case 'message_delta':
        this.#messageDelta(data);
        return;
      case 'message_stop':
        this.#messageStop();
        return;
      case 'error':
        throw this.#options.onServerError(data);
    }
  }

  #messageStart(data: WireRecord): void {
    const { message } = data;
    if (!isRecord(message)) return;
    this.model = stringField(message, 'model') || undefined;
    this.#takeUsage(message['usage']);
  }

  #messageDelta(data: WireRecord): void {
    if (isRecord(data['delta'])) {
      this.stopReason = stringField(data['delta'], 'stop_reason') || this.stopReason;
    }
    this.#takeUsage(data['usage']);
  }

  #messageStop(): void {
    // Some servers end the message without having closed its last block.
    for (const index of this.#open.keys()) this.#blockStop(index);
    if (this.#cutTool && !CUTTING.has(this.stopReason ?? '')) {
      throw new EngineError(
        'protocol',
        'The server sent a tool call whose input is not JSON. Try again or use another model.',
      );
    }
    this.complete = true;
  }

  #blockStart(data: WireRecord): void {
    const index = countField(data, 'index');
    const start = data['content_block'];
    if (index === undefined || !isRecord(start)) return;
    const type = stringField(start, 'type');
    this.#open.set(index, { type, fields: { ...start }, grown: '' });
    // Blocks may start with content already in them.
    if (type === 'text') this.#grow('text', index, stringField(start, 'text'));
    if (type === 'thinking') this.#grow('thinking', index, stringField(start, 'thinking'));
  }

  #grow(kind: PieceKind, index: number, text: string): void {
    if (text === '') return;
    const block = this.#open.get(index) ?? this.#implied(kind, index);
    if (block === undefined) return;
    block.grown += text;
    if (kind !== 'input') this.#options.onEvent({ type: kind, text });
  }

  /** A block whose start never came: its words count all the same. */
  #implied(kind: PieceKind, index: number): OpenBlock | undefined {
    if (kind === 'input' || this.#closed.has(index)) return undefined;
    const block: OpenBlock = { type: kind, fields: { type: kind }, grown: '' };
    this.#open.set(index, block);
    return block;
  }

  /** A delta that did not come in the common shape. */
  #blockDelta(data: WireRecord): void {
    const index = countField(data, 'index') ?? -1;
    const { delta } = data;
    if (!isRecord(delta)) return;
    switch (delta['type']) {
      case 'text_delta':
        this.#grow('text', index, stringField(delta, 'text'));
        return;
      case 'thinking_delta':
        this.#grow('thinking', index, stringField(delta, 'thinking'));
        return;
      case 'input_json_delta':
        this.#grow('input', index, stringField(delta, 'partial_json'));
        return;
      default: {
        const fields = this.#open.get(index)?.fields;
        if (fields) takeField(fields, delta);
      }
    }
  }

  #blockStop(index: number): void {
    const block = this.#open.get(index);
    if (block === undefined) return;
    this.#open.delete(index);
    const fields = finished(block);
    if (fields === undefined) this.#cutTool = true;
    this.#closed.set(index, fields && { ...fields, type: block.type });
    if (block.type !== 'tool_use' || fields === undefined) return;
    this.#options.onEvent({
      type: 'tool_use',
      id: stringField(fields, 'id'),
      name: stringField(fields, 'name'),
      input: fields['input'] ?? {},
    });
  }

  /** Figures add up on the server's side: the last one told counts, absent and null ones change nothing. */
  #takeUsage(usage: unknown): void {
    if (!isRecord(usage)) return;
    this.#usage = {
      inputTokens: countField(usage, 'input_tokens') ?? this.#usage.inputTokens,
      outputTokens: countField(usage, 'output_tokens') ?? this.#usage.outputTokens,
      cacheReadTokens: countField(usage, 'cache_read_input_tokens') ?? this.#usage.cacheReadTokens,
      cacheWriteTokens:
        countField(usage, 'cache_creation_input_tokens') ?? this.#usage.cacheWriteTokens,
    };
    this.#options.onUsage(this.#usage);
  }
}

/** The block's fields with what its deltas brought; `undefined` when a tool's input is not whole JSON. */
function finished({ type, fields, grown }: OpenBlock): WireRecord | undefined {
  switch (type) {
    case 'text':
      return { ...fields, text: grown };
    case 'thinking':
      return { ...fields, thinking: grown, signature: stringField(fields, 'signature') };
    default:
      // Without deltas the block is as it started.
      if (grown === '') return fields;
      try {
        const input: unknown = JSON.parse(grown);
        return { ...fields, input };
      } catch {
        return undefined;
      }
  }
}

/** The less common deltas. Unknown ones change nothing. */
function takeField(fields: Record<string, unknown>, delta: WireRecord): void {
  switch (delta['type']) {
    case 'signature_delta':
      fields['signature'] = stringField(delta, 'signature');
      return;
    case 'citations_delta':
      fields['citations'] = [...listField(fields, 'citations'), delta['citation']];
      return;
    case 'compaction_delta':
      // Carries the final value, unlike other deltas. Source: `BetaMessageStream` of the SDK.
      for (const field of ['content', 'encrypted_content']) {
        if (field in delta) fields[field] = delta[field];
      }
  }
}

function listField(record: WireRecord, name: string): readonly unknown[] {
  const value = record[name];
  return Array.isArray(value) ? value : [];
}

function textOf(block: ContentBlock): string {
  return 'text' in block && typeof block.text === 'string' ? block.text : '';
}

function writtenIn(block: ClosedBlock): string {
  if (block === undefined) return '';
  if (block.type === 'thinking') return stringField({ ...block }, 'thinking');
  if (block.type === 'tool_use' && 'input' in block) return JSON.stringify(block.input) ?? '';
  return textOf(block);
}
