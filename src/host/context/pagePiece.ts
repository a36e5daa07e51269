import type { FetchedPage } from './contextPorts';
import { ContextError } from './contextProblem';
import { mediaPiece } from './fileReader';
import type { Gathered } from './gathered';
import { mediaTypeOf } from './media';
import { textPiece } from './pieces';
import { readableHtml } from './readableHtml';

const HTML: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
const TEXTUAL =
  /^text\/|^application\/(?:(?:[\w.-]+\+)?(?:json|xml|yaml)|x-yaml|javascript|x-ndjson|toml)$/u;
/** Places in a page's head that name its encoding are near its beginning. Source: HTML standard, "prescan". */
const PRESCAN_BYTES = 1_024;

/** What was fetched as a piece of context: by its bytes where these are an image or a PDF, else by the type the server names. */
export function pagePiece(page: FetchedPage, maxBytes: number): Gathered {
  const type = mediaTypeOf(page.bytes);
  const host = new URL(page.url).host;
  if (type && !HTML.has(page.mime)) {
    const piece = mediaPiece(
      { bytes: page.bytes, type },
      page.url.slice(page.url.lastIndexOf('/') + 1) || host,
      page.url,
      page.url,
    );
    return { ...piece, secrets: [] };
  }
  const isHtml = HTML.has(page.mime);
  if (!isHtml && !TEXTUAL.test(page.mime)) {
    throw new ContextError({ kind: 'mime', mime: page.mime || 'application/octet-stream' });
  }
  const whole = decode(page);
  const { title, text } = isHtml ? readableHtml(whole) : { title: '', text: whole };
  if (text.trim() === '') throw new ContextError({ kind: 'empty', path: page.url });
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new ContextError({ kind: 'tooLarge', bytes, maxBytes });
  return textPiece({
    kind: 'url',
    label: title.slice(0, 80) || host,
    detail: page.url,
    uri: page.url,
    head: { kind: 'web page', url: page.url, title: title.slice(0, 300) },
    text,
  });
}

function decode({ bytes, charset, mime }: FetchedPage): string {
  const named = charset || (HTML.has(mime) ? namedInside(bytes) : '') || 'utf-8';
  try {
    return new TextDecoder(named).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function namedInside(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, PRESCAN_BYTES)).toString('latin1');
  return /<meta\s[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/iu.exec(head)?.[1] ?? '';
}
