import { abortable, AbortError, limited, throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable, toDisposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { addMessage, emptySize, tokensOf } from '../../engine/models/tokenEstimate';
import type { Attachment } from '../../engine/ports';
import type { AttachmentView } from '../../protocol/context';
import type { ContextTray, TrayContents } from '../chat/chatParts';
import type { Translate } from '../translate';
import { ContextError, problemOf, problemText } from './contextProblem';
import type { ContextProblem } from './contextProblem';
import { parseSource } from './contextSource';
import type { ContextSource } from './contextSource';
import type { Gathered } from './gathered';
import { secretText } from './secretText';
import { sourceLabel } from './sourceLabel';
import { isHeld, isReadAgain } from './trayEntry';
import type { Origin, TrayEntry } from './trayEntry';

/** Something that is not read by then stays out of the question. */
const TAKE_LIMIT_MS = 15_000;
const MAX_ENTRIES = 100;
/** A request may have 32 MB. */
const MAX_MEDIA_BYTES = 31 * 1024 * 1024;
const KILOBYTE = 1_000;

/** Reads what chips stand for; `SourceReader`, made when it is first needed. */
export interface PieceReader {
  read(source: ContextSource, signal: AbortSignal): Promise<Gathered>;
  data(name: string, bytes: Uint8Array): Promise<Gathered>;
  text(text: string): Gathered;
}

export interface TrayOptions {
  readonly reader: () => Promise<PieceReader>;
  readonly clock: Clock;
  readonly translate: Translate;
  readonly newId: () => string;
  readonly maxTotalKB: () => number;
  /** Shows where it is from. */
  readonly open: (attachment: Pick<Attachment, 'uri' | 'content'>) => void;
}

/** The chips above one composer: read as soon as they are added, and what can change once more when the question is sent. */
export class Tray extends Disposable implements ContextTray {
  readonly #options: TrayOptions;
  readonly #changed = this._register(new Emitter<void>());
  #entries: readonly TrayEntry[] = [];

  readonly onChange = this.#changed.event;

  constructor(options: TrayOptions) {
    super();
    this.#options = options;
    this._register(toDisposable(() => this.#clear(this.#entries)));
  }

  get views(): readonly AttachmentView[] {
    const tooMuch = this.#beyondLimits();
    return this.#entries.map((entry) => this.#view(entry, tooMuch.get(entry)));
  }

  get contents(): TrayContents {
    const named = this.#entries.filter(
      ({ key, state }) => key !== undefined && state.kind !== 'failed',
    );
    const others = this.#entries.filter((entry) => entry.key === undefined && !isHeld(entry));
    return {
      sources: named.flatMap(({ key }) => key ?? []),
      attachments: others.flatMap(attachmentOf),
    };
  }

  add(source: string): void {
    const parsed = parseSource(source);
    const key = source === 'selection' ? undefined : source;
    if (parsed) this.#add({ kind: 'source', source: parsed }, key);
    else
      this.#add(
        { kind: 'refused', problem: { kind: 'unknown', source: source.slice(0, 100) } },
        source,
      );
  }

  addData(name: string, _mime: string, base64: string): void {
    // What it is, its bytes say; a name and a type can say anything.
    this.#add(
      { kind: 'data', name: name.slice(0, 200), bytes: Buffer.from(base64, 'base64') },
      undefined,
    );
  }

  addText(text: string): void {
    this.#add({ kind: 'text', text }, undefined);
  }

  addUris(uris: readonly string[]): void {
    for (const uri of uris) {
      const isAddress = /^https?:/iu.test(uri);
      this.add(`${isAddress ? 'url' : 'file'}:${uri}`);
    }
  }

  put(attachments: readonly Attachment[]): void {
    for (const attachment of attachments) this.#add({ kind: 'kept', attachment }, undefined);
  }

  remove(id: string): void {
    const entry = this.#find(id);
    if (entry) this.#drop([entry]);
  }

  allow(id: string): void {
    const entry = this.#find(id);
    if (!entry) return;
    entry.isAllowed = true;
    this.#changed.fire();
  }

  open(id: string): void {
    const entry = this.#find(id);
    if (entry?.state.kind === 'read') this.#options.open(entry.state.piece);
  }

  async take(signal: AbortSignal): Promise<readonly Attachment[]> {
    throwIfAborted(signal);
    const asked = this.#entries;
    const late = new AbortError('too slow');
    const { clock } = this.#options;
    const limit = { signal, limitMs: TAKE_LIMIT_MS, clock, reason: () => late };
    try {
      await limited((either) => this.#readAll(asked, either), limit);
    } catch (error) {
      // Late ones stay out; a caller that stopped wants nothing.
      if (error !== late || signal.aborted) throw error;
    }
    const tooMuch = this.#beyondLimits();
    const taken = asked.filter(
      (entry) => this.#entries.includes(entry) && !isHeld(entry) && !tooMuch.has(entry),
    );
    const attachments = taken.flatMap(attachmentOf);
    this.#drop(asked);
    return attachments;
  }

  async #readAll(entries: readonly TrayEntry[], signal: AbortSignal): Promise<void> {
    await Promise.all(entries.map(({ loaded }) => loaded));
    if (signal.aborted) return;
    await Promise.all(
      entries.filter(isReadAgain).map((entry) => {
        // Where it can't be read in time, what was read before is not what it is now: it stays out.
        entry.loaded = this.#load(entry);
        return entry.loaded;
      }),
    );
  }

  #add(origin: Origin, key: string | undefined): void {
    if (this.isDisposed || this.#entries.length > MAX_ENTRIES) return;
    // One more says that there are too many.
    if (this.#entries.length === MAX_ENTRIES && origin.kind !== 'refused') {
      this.#add({ kind: 'refused', problem: { kind: 'tooMany', max: MAX_ENTRIES } }, undefined);
      return;
    }
    const same = key === undefined ? undefined : this.#entries.find((entry) => entry.key === key);
    if (same && same.state.kind !== 'failed') return;
    if (same) this.#drop([same]);
    const entry: TrayEntry = {
      id: this.#options.newId(),
      key,
      origin,
      shown: sourceLabel(origin, this.#options.translate),
      stop: new AbortController(),
      state: { kind: 'loading' },
      isAllowed: origin.kind === 'kept',
      loaded: Promise.resolve(),
    };
    this.#entries = [...this.#entries, entry];
    entry.loaded = this.#load(entry);
    this.#changed.fire();
  }

  /** Ends with the entry read or failed; never rejects. */
  async #load(entry: TrayEntry): Promise<void> {
    if (entry.state.kind !== 'loading') entry.state = { kind: 'loading' };
    try {
      const piece = await this.#piece(entry);
      const size = emptySize();
      addMessage(size, { role: 'user', content: piece.content });
      entry.state = { kind: 'read', piece, tokens: tokensOf(size) };
      this.#dropIfThere(entry, piece);
    } catch (error) {
      entry.state = { kind: 'failed', problem: problemOf(error) };
    }
    if (this.#entries.includes(entry)) this.#changed.fire();
  }

  async #piece({ origin, stop }: TrayEntry): Promise<Gathered> {
    if (origin.kind === 'kept') return keptPiece(origin.attachment);
    const reader = await this.#options.reader();
    throwIfAborted(stop.signal);
    switch (origin.kind) {
      case 'source':
        return abortable(reader.read(origin.source, stop.signal), stop.signal);
      case 'data':
        return reader.data(origin.name, origin.bytes);
      case 'text':
        return reader.text(origin.text);
      case 'refused':
        throw new ContextError(origin.problem);
    }
  }

  /** The same twice, added in two ways or selected again, is there once. */
  #dropIfThere(entry: TrayEntry, piece: Gathered): void {
    const mark = JSON.stringify(piece.content);
    const twin = this.#entries.find(
      ({ id, state }) =>
        id !== entry.id && state.kind === 'read' && JSON.stringify(state.piece.content) === mark,
    );
    if (twin)
      this.#drop([this.#entries.indexOf(twin) < this.#entries.indexOf(entry) ? entry : twin]);
  }

  /** Counted in order: those that come when it is full do not fit. */
  #beyondLimits(): ReadonlyMap<TrayEntry, ContextProblem> {
    const beyond = new Map<TrayEntry, ContextProblem>();
    const maxText = this.#options.maxTotalKB() * KILOBYTE;
    let text = 0;
    let media = 0;
    for (const entry of this.#entries) {
      if (entry.state.kind !== 'read') continue;
      const { textBytes, mediaBytes } = entry.state.piece;
      const isText = text + textBytes > maxText;
      if (isText || media + mediaBytes > MAX_MEDIA_BYTES) {
        beyond.set(entry, {
          kind: isText ? 'total' : 'totalMedia',
          maxBytes: isText ? maxText : MAX_MEDIA_BYTES,
        });
      } else {
        text += textBytes;
        media += mediaBytes;
      }
    }
    return beyond;
  }

  #view(entry: TrayEntry, tooMuch: ContextProblem | undefined): AttachmentView {
    const { translate: t } = this.#options;
    const { id, state, shown } = entry;
    if (state.kind === 'loading') return { id, ...shown, tokens: 0, state: 'loading' };
    if (state.kind === 'failed') {
      return { id, ...shown, tokens: 0, state: 'failed', problem: problemText(state.problem, t) };
    }
    const { kind, label, detail, secrets } = state.piece;
    const view = { id, kind, label, detail, tokens: state.tokens };
    if (tooMuch) return { ...view, tokens: 0, state: 'failed', problem: problemText(tooMuch, t) };
    if (isHeld(entry)) return { ...view, state: 'ask', problem: secretText(secrets, t) };
    return { ...view, state: 'ready' };
  }

  #find(id: string): TrayEntry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #drop(entries: readonly TrayEntry[]): void {
    this.#clear(entries);
    this.#changed.fire();
  }

  #clear(entries: readonly TrayEntry[]): void {
    for (const { stop } of entries) stop.abort(new AbortError());
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry));
  }
}

function attachmentOf({ id, state }: TrayEntry): Attachment[] {
  if (state.kind !== 'read') return [];
  const { kind, label, uri, content } = state.piece;
  return [{ id, kind, label, uri, tokens: state.tokens, content }];
}

/** Counted as it is: base64 for what is not text. */
function keptPiece({ kind, label, uri, content }: Attachment): Gathered {
  const size = emptySize();
  addMessage(size, { role: 'user', content });
  const mediaBytes = size.bodyBytes - size.textBytes;
  return {
    kind,
    label,
    detail: label,
    uri,
    content,
    textBytes: size.textBytes,
    mediaBytes,
    secrets: [],
  };
}
