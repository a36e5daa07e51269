import { describe, expect, it } from 'vitest';
import { ContextError } from '../../../../src/host/context/contextProblem';
import { mediaBlock, mediaTypeOf } from '../../../../src/host/context/media';

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}
const gif = Buffer.from('GIF89a\u0002\0\u0003\0', 'latin1');
const jpeg = Buffer.from('ffd8ffe000040000ffc0001108000a000b03', 'hex');
const webp = Buffer.concat([
  Buffer.from('RIFF0000WEBPVP8X'),
  Buffer.from([10, 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 49, 0, 0]),
]);
const pdf = (text: string): Buffer => Buffer.from(`%PDF-1.7\n${text}`);

function kindOf(bytes: Uint8Array): string {
  try {
    const type = mediaTypeOf(bytes);
    return type ? mediaBlock(bytes, type, 'x').type : 'text';
  } catch (error) {
    return error instanceof ContextError ? error.kind : String(error);
  }
}

describe('images and documents', () => {
  it('are known by their bytes', () => {
    expect([png(1, 1), gif, jpeg, webp, pdf('')].map(mediaTypeOf)).toEqual([
      'image/png',
      'image/gif',
      'image/jpeg',
      'image/webp',
      'application/pdf',
    ]);
    expect(mediaTypeOf(Buffer.from('<svg/>'))).toBeUndefined();
  });

  it('become native blocks', () => {
    expect([png(1, 1), gif, jpeg, webp].map(kindOf)).toEqual(['image', 'image', 'image', 'image']);
    expect(kindOf(pdf('<< /Type /Pages /Count 600 /Kids [] >>'))).toBe('document');
  });

  it('are refused beyond the API’s limits', () => {
    expect(kindOf(png(8_000, 8_000))).toBe('image');
    expect(kindOf(png(8_001, 1))).toBe('imagePixels');
    expect(kindOf(Buffer.concat([png(1, 1), Buffer.alloc(5 * 1024 * 1024)]))).toBe('imageBytes');
    expect(kindOf(png(1, 1).subarray(0, 12))).toBe('notAnImage');
    expect(kindOf(pdf('<< /Type /Pages /Count 601 /Kids [] >>'))).toBe('pdfPages');
    expect(kindOf(pdf('trailer << /Encrypt 5 0 R >>'))).toBe('pdfLocked');
    expect(kindOf(Buffer.concat([pdf(''), Buffer.alloc(23 * 1024 * 1024)]))).toBe('pdfBytes');
  });
});
