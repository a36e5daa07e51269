import type { Translate } from '../translate';
import type { FilePort } from './contextPorts';
import { ContextError } from './contextProblem';
import type { Gathered } from './gathered';
import { mediaBlock, mediaTypeOf } from './media';
import type { MediaType } from './media';
import { textPiece } from './pieces';
import { isSecretName } from './secretNames';
import { textOf } from './textOf';

/** No image or PDF that the API takes is larger; nothing beyond is even read. */
const MAX_READ_BYTES = 32 * 1024 * 1024;

/** Files, and bytes that came from none, as pieces of context. */
export class FileReader {
  readonly #files: FilePort;
  readonly #maxBytes: () => number;
  readonly #t: Translate;

  constructor(files: FilePort, maxBytes: () => number, translate: Translate) {
    this.#files = files;
    this.#maxBytes = maxBytes;
    this.#t = translate;
  }

  async isFolder(uri: string): Promise<boolean> {
    if (this.#files.openText(uri) !== undefined) return false;
    return (await this.#stat(uri)).isFolder;
  }

  /** A text file, an image or a PDF; what an editor shows of it where one has it open. */
  async file(uri: string): Promise<Gathered> {
    const path = this.#files.pathOf(uri);
    const label = path.slice(path.lastIndexOf('/') + 1) || path;
    const content = await this.#content(uri);
    if (typeof content !== 'string') return mediaPiece(content, label, path, uri);
    const lines = content.split('\n').length;
    return textPiece({
      kind: 'file',
      label,
      detail: this.#t('{0}, {1} lines', path, lines),
      uri,
      secretPath: path,
      head: { kind: 'file', path, language: this.#files.languageOf(uri) },
      text: content,
    });
  }

  /** The text of a file; throws for what is none. */
  async text(uri: string): Promise<string> {
    const content = await this.#content(uri);
    if (typeof content !== 'string')
      throw new ContextError({ kind: 'binary', path: this.#files.pathOf(uri) });
    return content;
  }

  async data(name: string, bytes: Uint8Array): Promise<Gathered> {
    const type = mediaTypeOf(bytes);
    if (type) return mediaPiece({ bytes, type }, name, name, undefined);
    this.#checkSize(bytes.length);
    const text = await textOf(bytes, '', {
      decode: (data) => this.#files.decode(data, ''),
      pathOf: () => name,
    });
    const lines = this.#t('{0} lines', text.split('\n').length);
    return textPiece({
      kind: 'text',
      label: name,
      detail: lines,
      secretPath: name,
      head: { kind: 'pasted file', name },
      text,
    });
  }

  async #content(
    uri: string,
  ): Promise<string | { readonly bytes: Uint8Array; readonly type: MediaType }> {
    const open = this.#files.openText(uri);
    if (open !== undefined) {
      this.#checkSize(Buffer.byteLength(open));
      return this.#notEmpty(open, uri);
    }
    const { isFolder, bytes: size } = await this.#stat(uri);
    const path = this.#files.pathOf(uri);
    if (isFolder) throw new ContextError({ kind: 'binary', path });
    if (size > MAX_READ_BYTES)
      throw new ContextError({ kind: 'tooLarge', bytes: size, maxBytes: this.#maxBytes() });
    const bytes = await this.#read(uri);
    const type = mediaTypeOf(bytes);
    if (type) return { bytes, type };
    const text = await textOf(bytes, uri, this.#files);
    this.#checkSize(bytes.length);
    return this.#notEmpty(text, uri);
  }

  #notEmpty(text: string, uri: string): string {
    if (text.trim() === '')
      throw new ContextError({ kind: 'empty', path: this.#files.pathOf(uri) });
    return text;
  }

  async #stat(uri: string): ReturnType<FilePort['stat']> {
    try {
      return await this.#files.stat(uri);
    } catch (error) {
      throw new ContextError({ kind: 'missing', path: this.#files.pathOf(uri) }, { cause: error });
    }
  }

  async #read(uri: string): Promise<Uint8Array> {
    try {
      return await this.#files.read(uri);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new ContextError(
        { kind: 'unreadable', path: this.#files.pathOf(uri), detail },
        { cause: error },
      );
    }
  }

  #checkSize(bytes: number): void {
    const maxBytes = this.#maxBytes();
    if (bytes > maxBytes) throw new ContextError({ kind: 'tooLarge', bytes, maxBytes });
  }
}

/** An image or a PDF. */
export function mediaPiece(
  { bytes, type }: { readonly bytes: Uint8Array; readonly type: MediaType },
  label: string,
  detail: string,
  uri: string | undefined,
): Gathered {
  const block = mediaBlock(bytes, type, label);
  return {
    kind: type === 'application/pdf' ? 'pdf' : 'image',
    label,
    detail,
    uri,
    content: [block],
    textBytes: 0,
    mediaBytes: Math.ceil(bytes.length / 3) * 4,
    secrets: isSecretName(label) ? [{ kind: 'name', path: label }] : [],
  };
}
