import { throwIfAborted } from '../../base/abort';
import { assertNever } from '../../base/assertNever';
import type { Translate } from '../translate';
import type { ContextPorts, EditorPiece } from './contextPorts';
import { ContextError } from './contextProblem';
import type { ContextSettings } from './contextSettings';
import type { ContextSource } from './contextSource';
import { diagnosticsText } from './diagnosticsText';
import { FileReader } from './fileReader';
import { isLeftOut } from './folderRules';
import { folderContents } from './folderText';
import type { FoundSecret, Gathered } from './gathered';
import { pagePiece } from './pagePiece';
import { gitDiffPiece, gitLogPiece, terminalPiece } from './outputPieces';
import { checkTextSize, textPiece } from './pieces';

const KILOBYTE = 1_000;

export interface SourceReaderOptions {
  readonly ports: ContextPorts;
  readonly settings: () => ContextSettings;
  readonly translate: Translate;
}

/** Reads what a source names, as it is now, into the blocks that stand for it. Rejects with a `ContextError`, or when aborted. */
export class SourceReader {
  readonly #ports: ContextPorts;
  readonly #settings: () => ContextSettings;
  readonly #t: Translate;
  readonly #files: FileReader;

  constructor({ ports, settings, translate }: SourceReaderOptions) {
    this.#ports = ports;
    this.#settings = settings;
    this.#t = translate;
    this.#files = new FileReader(ports.files, () => this.#maxBytes(), translate);
  }

  async read(source: ContextSource, signal: AbortSignal): Promise<Gathered> {
    throwIfAborted(signal);
    switch (source.kind) {
      case 'selection':
        return this.#selection();
      case 'editors':
        return this.#editors(signal);
      case 'problems':
        return this.#problems(source.path);
      case 'terminal':
        return terminalPiece(this.#ports.terminals.lastRun(), this.#maxBytes(), this.#t);
      case 'gitDiff':
        return this.#gitDiff(source.staged, signal);
      case 'gitLog':
        return gitLogPiece(await this.#ports.git.log(signal), this.#maxBytes(), this.#t);
      case 'file':
        return this.#fileOrFolder(source.path, signal);
      case 'folder':
        return this.#folder(this.#uriOf(source.path), signal);
      case 'symbol':
        return this.#symbol(source, signal);
      case 'url':
        return this.#url(source.url, signal);
      default:
        return assertNever(source);
    }
  }

  /** Pasted or dropped bytes: an image, a PDF, or text in UTF-8 or UTF-16. */
  async data(name: string, bytes: Uint8Array): Promise<Gathered> {
    return this.#files.data(name, bytes);
  }

  /** Pasted text. */
  text(text: string): Gathered {
    const lines = text.split('\n').length;
    const label = this.#t('Pasted text');
    this.#checkSize(text);
    return textPiece({
      kind: 'text',
      label,
      detail: this.#t('{0} lines', lines),
      head: { kind: 'pasted text' },
      text,
    });
  }

  #selection(): Gathered {
    const piece = this.#ports.editors.selection();
    if (!piece) throw new ContextError({ kind: 'noEditor' });
    this.#checkSize(piece.text);
    return this.#editorPiece(piece);
  }

  #editorPiece(piece: EditorPiece): Gathered {
    const path = this.#ports.files.pathOf(piece.uri);
    const name = baseName(path);
    const lines = `${piece.startLine}-${piece.endLine}`;
    const text = this.#t('{0}, lines {1}', path, lines);
    const notes = {
      selection: '',
      visible: this.#t('nothing is selected: the lines in sight'),
      file: this.#t('nothing is selected: the whole file'),
    };
    const note = notes[piece.extent];
    return textPiece({
      kind: 'selection',
      label: `${name}:${lines}`,
      detail: note === '' ? text : `${text} (${note})`,
      uri: piece.uri,
      secretPath: path,
      head: {
        kind: piece.extent === 'selection' ? 'selection' : 'file',
        path,
        lines,
        language: piece.language,
      },
      text: piece.text,
      firstLine: piece.startLine,
    });
  }

  async #editors(signal: AbortSignal): Promise<Gathered> {
    const uris = this.#ports.editors.openFiles();
    if (uris.length === 0) throw new ContextError({ kind: 'noOpenFiles' });
    const read: Gathered[] = [];
    const left: string[] = [];
    let bytes = 0;
    for (const uri of uris) {
      throwIfAborted(signal);
      const path = this.#ports.files.pathOf(uri);
      try {
        const one = await this.#files.file(uri);
        if (bytes + one.textBytes > this.#maxTotalBytes())
          throw new ContextError({ kind: 'total', maxBytes: this.#maxTotalBytes() });
        bytes += one.textBytes;
        read.push(one);
      } catch (error) {
        if (!(error instanceof ContextError)) throw error;
        left.push(path);
      }
    }
    if (read.length === 0) throw new ContextError({ kind: 'noOpenFiles' });
    const notes = left.length > 0 ? [this.#t('Not read: {0}', left.join(', '))] : [];
    return {
      kind: 'editors',
      label: this.#t('Open editors'),
      detail: [...read.map(({ detail }) => detail), ...notes].join('\n'),
      uri: undefined,
      content: read.flatMap(({ content }) => content),
      textBytes: bytes,
      mediaBytes: read.reduce((sum, one) => sum + one.mediaBytes, 0),
      secrets: read.flatMap(({ secrets, label }) =>
        secrets.map((secret) => withPlace(secret, label)),
      ),
    };
  }

  async #problems(path: string | undefined): Promise<Gathered> {
    const { editors, files } = this.#ports;
    const uri = path === undefined ? undefined : this.#uriOf(path);
    const found = editors.diagnostics(uri);
    if (found.length === 0) throw new ContextError({ kind: 'noProblems' });
    const text = await diagnosticsText(found, files, this.#maxBytes());
    return textPiece({
      kind: 'problems',
      label:
        uri === undefined
          ? this.#t('Problems')
          : this.#t('Problems of {0}', baseName(files.pathOf(uri))),
      detail: this.#t('{0} problems', found.length),
      uri,
      head: { kind: 'problems', path: uri === undefined ? undefined : files.pathOf(uri) },
      text,
    });
  }

  async #gitDiff(onlyStaged: boolean, signal: AbortSignal): Promise<Gathered> {
    const { git, files } = this.#ports;
    const found = await git.diff(signal);
    const changes = found.map((one) => ({
      path: found.length > 1 ? files.pathOf(one.repository) : undefined,
      staged: one.staged,
      text: onlyStaged ? '' : one.text,
    }));
    return gitDiffPiece(changes, this.#maxBytes(), this.#t);
  }

  /** What was dropped or typed as a file may be a folder. */
  async #fileOrFolder(path: string, signal: AbortSignal): Promise<Gathered> {
    const uri = this.#uriOf(path);
    if (await this.#files.isFolder(uri)) return this.#folder(uri, signal);
    const piece = await this.#files.file(uri);
    const note = this.#t('ignored by git or excluded by the settings, added because you named it');
    const isNoted = await isLeftOut(uri, this.#ports.files, signal);
    return isNoted ? { ...piece, detail: `${piece.detail} (${note})` } : piece;
  }

  async #folder(uri: string, signal: AbortSignal): Promise<Gathered> {
    const { files } = this.#ports;
    const path = files.pathOf(uri);
    if (!(await this.#files.isFolder(uri))) return this.#files.file(uri);
    const { maxFolderFiles } = this.#settings();
    const limits = {
      maxFiles: maxFolderFiles,
      maxFileBytes: this.#maxBytes(),
      maxBytes: this.#maxTotalBytes(),
    };
    const found = await folderContents(uri, files, limits, signal);
    const pieces = [
      textPiece({
        kind: 'folder',
        label: path,
        detail: '',
        head: { kind: 'folder', path },
        text: found.tree,
      }),
      ...found.files.map((file) =>
        textPiece({
          kind: 'folder',
          label: file.path,
          detail: '',
          head: { kind: 'file', path: file.path, language: files.languageOf(file.uri) },
          text: file.text,
        }),
      ),
    ];
    const total = found.files.length + found.leftOut;
    return {
      kind: 'folder',
      label: `${baseName(path)}/`,
      detail: this.#t('{0}: {1} of {2} files', path, found.files.length, total),
      uri,
      content: pieces.flatMap(({ content }) => content),
      textBytes: pieces.reduce((sum, piece) => sum + piece.textBytes, 0),
      mediaBytes: 0,
      secrets: pieces.flatMap(({ secrets, label }) =>
        secrets.map((secret) => withPlace(secret, label)),
      ),
    };
  }

  async #symbol(
    symbol: Extract<ContextSource, { kind: 'symbol' }>,
    signal: AbortSignal,
  ): Promise<Gathered> {
    const { editors, files } = this.#ports;
    const range = await editors.symbolLines(symbol, signal);
    if (!range) throw new ContextError({ kind: 'noSymbol', name: symbol.name });
    const lines = (await this.#files.text(symbol.uri)).split('\n');
    const text = lines.slice(range.startLine - 1, range.endLine).join('\n');
    this.#checkSize(text);
    const path = files.pathOf(symbol.uri);
    const span = `${range.startLine}-${range.endLine}`;
    return textPiece({
      kind: 'symbol',
      label: symbol.name,
      detail: this.#t('{0}, lines {1}', path, span),
      uri: symbol.uri,
      secretPath: path,
      head: {
        kind: 'symbol',
        name: symbol.name,
        path,
        lines: span,
        language: files.languageOf(symbol.uri),
      },
      text,
      firstLine: range.startLine,
    });
  }

  async #url(url: string, signal: AbortSignal): Promise<Gathered> {
    const page = await this.#ports.web.fetch(
      /^[a-z][a-z\d+.-]*:/iu.test(url) ? url : `https://${url}`,
      signal,
    );
    return pagePiece(page, this.#maxBytes());
  }

  #uriOf(path: string): string {
    const uri = this.#ports.files.uriOf(path);
    if (uri === undefined) throw new ContextError({ kind: 'missing', path });
    return uri;
  }

  #checkSize(text: string): void {
    checkTextSize(text, this.#maxBytes());
  }

  #maxBytes(): number {
    return this.#settings().maxFileKB * KILOBYTE;
  }

  #maxTotalBytes(): number {
    return this.#settings().maxTotalKB * KILOBYTE;
  }
}

function withPlace(secret: FoundSecret, where: string): FoundSecret {
  return secret.kind === 'name' ? secret : { ...secret, where };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
