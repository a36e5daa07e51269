import type { ContentBlock } from '../../engine/types';
import { ContextError } from './contextProblem';

const MEGABYTE = 1024 * 1024;
/** Source: Anthropic's vision guide. */
const MAX_IMAGE_BYTES = 5 * MEGABYTE;
const MAX_IMAGE_PIXELS = 8_000;
/** A request may have 32 MB, base64 takes four thirds, and some is left for the rest of the question. */
const MAX_PDF_BYTES = 23 * MEGABYTE;
/** Source: Anthropic's PDF guide; models with small windows take fewer and say so themselves. */
const MAX_PDF_PAGES = 600;

type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
export type MediaType = ImageType | 'application/pdf';

/** What it is by its first bytes, whatever its name says; `undefined` for all that can't be sent natively. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | undefined {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  const head = latin1(bytes, 0, 12);
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'image/gif';
  if (head.startsWith('RIFF') && head.slice(8) === 'WEBP') return 'image/webp';
  // Readers take what comes before the header; so does the API.
  return latin1(bytes, 0, 1_024).includes('%PDF-') ? 'application/pdf' : undefined;
}

/** The block that stands for it. Throws a `ContextError` beyond the API's limits. */
export function mediaBlock(bytes: Uint8Array, type: MediaType, title: string): ContentBlock {
  const isPdf = type === 'application/pdf';
  if (isPdf) checkPdf(bytes);
  else checkImage(bytes, type);
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const source = { type: 'base64', media_type: type, data };
  return isPdf
    ? { type: 'document', source, title: title.slice(0, 200) }
    : { type: 'image', source };
}

function checkImage(bytes: Uint8Array, type: ImageType): void {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new ContextError({ kind: 'imageBytes', bytes: bytes.length, maxBytes: MAX_IMAGE_BYTES });
  }
  const size = pixelsOf(bytes, type);
  if (!size || size.width === 0 || size.height === 0)
    throw new ContextError({ kind: 'notAnImage' });
  if (size.width > MAX_IMAGE_PIXELS || size.height > MAX_IMAGE_PIXELS) {
    throw new ContextError({ kind: 'imagePixels', ...size, max: MAX_IMAGE_PIXELS });
  }
}

function checkPdf(bytes: Uint8Array): void {
  if (bytes.length > MAX_PDF_BYTES) {
    throw new ContextError({ kind: 'pdfBytes', bytes: bytes.length, maxBytes: MAX_PDF_BYTES });
  }
  const text = latin1(bytes, 0, bytes.length);
  if (/\/Encrypt\s+\d+\s+\d+\s+R/u.test(text)) throw new ContextError({ kind: 'pdfLocked' });
  const pages = pagesOf(text);
  if (pages > MAX_PDF_PAGES) {
    throw new ContextError({ kind: 'pdfPages', pages, max: MAX_PDF_PAGES });
  }
}

/** As its page tree says where that is not compressed; 0 where it can't be seen, and the API counts. */
function pagesOf(text: string): number {
  let pages = 0;
  for (const [tree] of text.matchAll(/<<[^<>]{0,2000}\/Type\s*\/Pages\b[^<>]{0,2000}>>/gu)) {
    pages = Math.max(pages, Number(/\/Count\s+(\d{1,7})/u.exec(tree)?.[1] ?? 0));
  }
  return pages;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
}

function pixelsOf(bytes: Uint8Array, type: ImageType): Pixels | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'image/png':
      return view.byteLength < 24
        ? undefined
        : { width: view.getUint32(16), height: view.getUint32(20) };
    case 'image/gif':
      return view.byteLength < 10
        ? undefined
        : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'image/jpeg':
      return jpegPixels(view);
    case 'image/webp':
      return webpPixels(view);
  }
}

/** The first frame header: markers C0-CF, of which C4, C8 and CC are something else. */
function jpegPixels(view: DataView): Pixels | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += isBare ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The three kinds of a WebP's first chunk: lossy, lossless, extended. Source: Google's container specification. */
function webpPixels(view: DataView): Pixels | undefined {
  if (view.byteLength < 30) return undefined;
  const uint24 = (at: number): number =>
    view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_00_00;
  switch (String.fromCodePoint(...[12, 13, 14, 15].map((at) => view.getUint8(at)))) {
    case 'VP8 ':
      return {
        width: view.getUint16(26, true) & 0x3f_ff,
        height: view.getUint16(28, true) & 0x3f_ff,
      };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3f_ff) + 1, height: ((bits >>> 14) & 0x3f_ff) + 1 };
    }
    case 'VP8X':
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    default:
      return undefined;
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    from,
    Math.min(to, bytes.length),
  );
}
