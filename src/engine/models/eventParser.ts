import { EngineError } from '../errors';

/** What nearly all of a stream consists of: pieces of text, of thinking, of a tool's input as JSON text. */
export type PieceKind = 'text' | 'thinking' | 'input';

/** Gets what the parser reads, synchronously and in order. What it throws leaves `push`. */
export interface EventSink {
  /** A `content_block_delta` of one of the common kinds, in the shape that the API writes. */
  piece(kind: PieceKind, index: number, text: string): void;
  /** Any other event (or the same in another shape): its data as parsed JSON, and the name from its `event:` line. */
  event(data: unknown, name: string): void;
}

/** The head of a common delta, up to the opening quote of its text. */
const PIECE_HEAD =
  /(?:event: content_block_delta\n)?data: \{"type":"content_block_delta","index":(\d{1,6}),"delta":\{"type":"(text_delta","text|thinking_delta","thinking|input_json_delta","partial_json)":"/y;
/** UTF-16 units of one line. The longest seen is 40 KB; past this the other side is no event stream. */
const MAX_LINE_LENGTH = 32 * 1024 * 1024;

const LF = 10;
const SPACE = 32;
const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;
const CLOSING_BRACE = 125;

/**
 * Server-sent events (WHATWG HTML 9.2.6) with JSON data, fed with the body's chunks as they come.
 * Beyond the standard: a last event without its blank line counts when its JSON is whole, and `[DONE]` (sent by some
 * gateways) is passed over.
 * @throws EngineError `protocol` from `push` when data is not JSON
 */
export class EventParser {
  readonly #sink: EventSink;
  readonly #decoder = new TextDecoder();
  /** Text after the last line end. */
  #rest = '';
  #skipLF = false;
  /** Fields of the event that is being read. */
  #name = '';
  #data: string | undefined;
  /** The last piece's head: the next one's is the same, mostly, and comparing is cheaper than reading. */
  #head = '';
  #headKind: PieceKind = 'text';
  #headIndex = 0;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    this.#feed(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The body is over. */
  end(): void {
    this.#feed(this.#decoder.decode());
    if (this.#rest !== '') {
      const line = this.#rest;
      this.#rest = '';
      this.#line(line, 0, line.length);
    }
    if (this.#data === undefined) return;
    let value: unknown;
    try {
      value = JSON.parse(this.#data);
    } catch {
      // Cut off in the middle: the missing end of the message says so better.
      return;
    }
    this.#sink.event(value, this.#name);
  }

  #feed(text: string): void {
    const fed = text.includes('\r') || this.#skipLF ? this.#normalize(text) : text;
    if (!fed.includes('\n')) {
      // Only joined, not searched again: a long line in small chunks stays linear.
      this.#rest += fed;
      if (this.#rest.length > MAX_LINE_LENGTH) {
        throw new EngineError(
          'protocol',
          'The server sent a line of more than 32 MB. Check the base URL.',
        );
      }
      return;
    }
    this.#scan(this.#rest === '' ? fed : this.#rest + fed);
  }

  /** CRLF and lone CR become LF, also when CR and LF come in two chunks. */
  #normalize(text: string): string {
    if (text === '') return text;
    const start = this.#skipLF && text.charCodeAt(0) === LF ? 1 : 0;
    this.#skipLF = text.endsWith('\r');
    return text.slice(start).replace(/\r\n?/g, '\n');
  }

  #scan(text: string): void {
    let at = 0;
    for (;;) {
      if (this.#data === undefined) {
        const next = this.#piece(text, at);
        if (next !== -1) {
          at = next;
          continue;
        }
      }
      const end = text.indexOf('\n', at);
      if (end === -1) break;
      this.#line(text, at, end);
      at = end + 1;
    }
    this.#rest = text.slice(at);
  }

  /**
   * Reads a common delta without parsing the JSON around its text.
   * @returns where the next event starts, or -1 when it is anything else: the general way decides then
   */
  #piece(text: string, from: number): number {
    const head = this.#head;
    if (head === '' || text.slice(from, from + head.length) !== head) {
      if (!this.#learnHead(text, from)) return -1;
    }
    const literal = from + this.#head.length - 1;
    const quote = closingQuote(text, literal + 1);
    if (quote === -1) return -1;
    const end = closesTwo(text, quote + 1);
    // The blank line must be here too, else the event may have another data line.
    if (end === -1 || text.charCodeAt(end) !== LF || text.charCodeAt(end + 1) !== LF) return -1;
    let value: unknown;
    try {
      value = JSON.parse(text.slice(literal, quote + 1));
    } catch {
      return -1;
    }
    if (typeof value !== 'string') return -1;
    this.#name = '';
    this.#sink.piece(this.#headKind, this.#headIndex, value);
    return end + 2;
  }

  #learnHead(text: string, from: number): boolean {
    PIECE_HEAD.lastIndex = from;
    const match = PIECE_HEAD.exec(text);
    if (!match) return false;
    const field = match[2] ?? '';
    this.#head = match[0];
    this.#headIndex = Number(match[1]);
    this.#headKind = field.startsWith('text')
      ? 'text'
      : field.startsWith('th')
        ? 'thinking'
        : 'input';
    return true;
  }

  #line(text: string, start: number, end: number): void {
    if (start === end) {
      this.#dispatch();
      return;
    }
    if (isField(text, 'data', start, end)) {
      const value = fieldValue(text, start + 4, end);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (isField(text, 'event', start, end)) {
      this.#name = fieldValue(text, start + 5, end);
    }
    // Comments, `id`, `retry` and unknown fields mean nothing here.
  }

  #dispatch(): void {
    const data = this.#data;
    const name = this.#name;
    this.#data = undefined;
    this.#name = '';
    if (data === undefined || data === '' || data === '[DONE]') return;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch (cause) {
      throw new EngineError(
        'protocol',
        `The server sent an event that is not JSON${name === '' ? '' : ` (${name.slice(0, 40)})`}. Check that the base URL is a server of the Messages API.`,
        // The parser's message quotes the reply's text; only its kind is kept.
        { cause: cause instanceof Error ? cause.name : undefined },
      );
    }
    this.#sink.event(value, name);
  }
}

/** Index of the quote that ends the JSON string whose content starts at `from`; -1 when it is not there or not plain. */
function closingQuote(text: string, from: number): number {
  const { length } = text;
  for (let at = from; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
    else if (code < SPACE) return -1;
  }
  return -1;
}

/** Index after two closing braces and any spaces; -1 when anything else comes first. */
function closesTwo(text: string, from: number): number {
  let braces = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CLOSING_BRACE) braces++;
    else if (code !== SPACE) return braces === 2 ? at : -1;
  }
  return -1;
}

function isField(text: string, name: string, start: number, end: number): boolean {
  if (!text.startsWith(name, start)) return false;
  const after = start + name.length;
  return after === end || (after < end && text.charCodeAt(after) === COLON);
}

/** What follows the colon at `at`, without one leading space. */
function fieldValue(text: string, at: number, end: number): string {
  const from = text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1;
  return text.slice(Math.min(from, end), end);
}
