import { parseSpecText, SpecError, SpecReader } from './specText';

/** Peculiarities of a stream that a client must take, all of them seen in recordings unless said otherwise. */
export interface StreamShape {
  /** Spaces before the closing brace of most `data:` lines. */
  readonly padding: boolean;
  /** `usual`: mostly after the first content_block_start. `odd`: everywhere, several in a row too. */
  readonly pings: 'usual' | 'none' | 'odd';
  /** Deltas without text among the others. */
  readonly emptyDeltas: boolean;
  /** A text block that starts and stops without a delta, before the answer. */
  readonly emptyBlocks: boolean;
  /** Event, block and delta types and fields that no client knows (not recorded: what a later version may bring). */
  readonly unknown: boolean;
  /** `event`: one write each. `burst`: as many as are due in one write. `split`: cut inside lines and UTF-8 characters. */
  readonly writes: 'event' | 'burst' | 'split';
  /** Tokens in a text delta; 0: a seeded 1 to 6. */
  readonly deltaTokens: number;
}

export const USUAL_SHAPE: StreamShape = {
  padding: true,
  pings: 'usual',
  emptyDeltas: false,
  emptyBlocks: false,
  unknown: false,
  writes: 'event',
  deltaTokens: 0,
};

export const SHAPE_HELP = `padding=yes|no  pings=usual|none|odd  emptyDeltas  emptyBlocks  unknown
writes=event|burst|split  deltaTokens=N (0: 1 to 6)`;

/**
 * `base` with the changes that `text` asks for: "pings=odd writes=split", or the same as a JSON object.
 * @throws SpecError
 */
export function parseShape(text: string, base: StreamShape): StreamShape {
  const trimmed = text.trim();
  const entries = parseSpecText(trimmed.startsWith('{') ? trimmed : `shape ${trimmed}`);
  const [entry] = entries;
  if (!entry || entries.length > 1) {
    throw new SpecError(`expected one list of key=value, got "${text}"`);
  }
  const reader = new SpecReader(entry);
  const shape: StreamShape = {
    padding: reader.flag('padding', base.padding),
    pings: reader.choice('pings', ['usual', 'none', 'odd'], base.pings),
    emptyDeltas: reader.flag('emptyDeltas', base.emptyDeltas),
    emptyBlocks: reader.flag('emptyBlocks', base.emptyBlocks),
    unknown: reader.flag('unknown', base.unknown),
    writes: reader.choice('writes', ['event', 'burst', 'split'], base.writes),
    deltaTokens: reader.whole('deltaTokens', base.deltaTokens, 0, 100_000),
  };
  reader.finish();
  return shape;
}
