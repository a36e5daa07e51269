/**
 * A streamed reply as the Messages API sends it, made from a seed: sizes of deltas and padding as in recorded
 * streams (median 8 characters a delta, 90 % of them up to 27; nine `data:` lines of ten padded inside the JSON),
 * pings, some characters outside ASCII and some that JSON escapes.
 */
export interface WireStream {
  /** One entry for each event, blank line included. */
  readonly events: readonly Buffer[];
  /** What the deltas add up to. */
  readonly text: string;
}

const WORDS =
  'the a of and stream request token latency retry when because between Claude answer code function value "quoted" naïve 中文 über — `const x = 1;` {braces} line\nbreak tab\there'.split(
    ' ',
  );
const DELTAS_PER_PING = 500;

export function makeWireStream(deltas: number, seed: number): WireStream {
  const random = mulberry32(seed);
  const events: Buffer[] = [];
  let text = '';
  const add = (type: string, data: object): void => {
    const json = JSON.stringify(data);
    const padding = random() < 0.9 ? 1 + Math.floor(random() * 15) : 0;
    events.push(
      Buffer.from(`event: ${type}\ndata: ${json.slice(0, -1)}${' '.repeat(padding)}}\n\n`),
    );
  };
  add('message_start', {
    type: 'message_start',
    message: {
      id: 'msg_bench',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 727,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 1,
        service_tier: 'standard',
      },
    },
  });
  add('content_block_start', {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'text', text: '' },
  });
  for (let index = 0; index < deltas; index++) {
    if (index % DELTAS_PER_PING === 0) add('ping', { type: 'ping' });
    const piece = deltaText(random);
    text += piece;
    add('content_block_delta', {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: piece },
    });
  }
  add('content_block_stop', { type: 'content_block_stop', index: 0 });
  add('message_delta', {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: deltas },
  });
  add('message_stop', { type: 'message_stop' });
  return { events, text };
}

/** One to four words most of the time, now and then a longer run. */
function deltaText(random: () => number): string {
  const words = random() < 0.05 ? 10 : 1 + Math.floor(random() * random() * 4);
  let piece = '';
  for (let word = 0; word < words; word++) {
    piece += ` ${WORDS[Math.floor(random() * WORDS.length)] ?? ''}`;
  }
  return piece;
}

/** Seeded random numbers in [0, 1): the same stream in the server and in the client. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
