import type { FilePort } from './contextPorts';
import { ContextError } from './contextProblem';

/** As git and grep do: a zero byte this early means that it is no text. */
const LOOKED_AT_BYTES = 8_000;
/** Replacement characters in a text that was decoded wrongly, of all characters. */
const MAX_REPLACED_SHARE = 0.05;

/** Text of a file's bytes in whatever encoding the editor would show it. Throws a `ContextError` for what is not text. */
export async function textOf(
  bytes: Uint8Array,
  uri: string,
  files: Pick<FilePort, 'decode' | 'pathOf'>,
): Promise<string> {
  const path = files.pathOf(uri);
  if (!hasWideMark(bytes) && bytes.subarray(0, LOOKED_AT_BYTES).includes(0)) {
    throw new ContextError({ kind: 'binary', path });
  }
  const text = withoutMark(await files.decode(bytes, uri));
  const head = text.slice(0, LOOKED_AT_BYTES);
  const replaced = head.split('\u{FFFD}').length - 1;
  if (replaced > head.length * MAX_REPLACED_SHARE) throw new ContextError({ kind: 'binary', path });
  return text;
}

/** UTF-16 is full of zero bytes; its byte order mark says so. */
function hasWideMark(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function withoutMark(text: string): string {
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text;
}
