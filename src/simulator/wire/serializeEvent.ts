import type { Random } from '../random';
import type { WireEvent } from './wireEvents';

const PADDED_SHARE = 0.9;
const MOST_SPACES = 15;

/**
 * An event as bytes look on the wire. Most `data:` lines of recorded streams have spaces before the closing brace,
 * and a ping has one after the colon.
 */
export function serializeEvent(
  { name, data }: WireEvent,
  padding: boolean,
  random: Random,
): string {
  if (name === 'ping') return 'event: ping\ndata: {"type": "ping"}\n\n';
  let json = JSON.stringify(data);
  if (padding && random.chance(PADDED_SHARE)) {
    json = `${json.slice(0, -1)}${' '.repeat(random.integer(1, MOST_SPACES))}}`;
  }
  return `event: ${name}\ndata: ${json}\n\n`;
}
