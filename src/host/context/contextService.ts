import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { Attachment } from '../../engine/ports';
import type { ContentBlock } from '../../engine/types';
import type { Completion } from '../../protocol/context';
import type { ContextSources, ContextTray } from '../chat/chatParts';
import type { Translate } from '../translate';
import type { Completer } from './completer';
import type { ContextPorts } from './contextPorts';
import type { ContextSettings } from './contextSettings';
import { Tray } from './contextTray';
import type { PieceReader } from './contextTray';

export interface ContextServiceOptions {
  /** Over VS Code: `editorPorts`. */
  readonly ports: ContextPorts;
  /** As they are now; read at each use. */
  readonly settings: () => ContextSettings;
  readonly clock: Clock;
  readonly translate: Translate;
  readonly newId: () => string;
  readonly onFault: (error: unknown) => void;
}

/**
 * All that can go along with a question. Making it costs nothing: readers, the index of paths and the HTML reader are loaded when the
 * first chip is added or the first `@` is typed.
 */
export class ContextService extends Disposable implements ContextSources {
  readonly #options: ContextServiceOptions;
  #reader: Promise<PieceReader> | undefined;
  #completer: Promise<Completer> | undefined;

  constructor(options: ContextServiceOptions) {
    super();
    this.#options = options;
  }

  newTray(): ContextTray {
    const { clock, translate, newId, settings } = this.#options;
    return new Tray({
      clock,
      translate,
      newId,
      reader: () => (this.#reader ??= this.#loadReader()),
      maxTotalKB: () => settings().maxTotalKB,
      open: (piece) => this.#open(piece),
    });
  }

  async complete(query: string, signal: AbortSignal): Promise<Completion[]> {
    try {
      this.#completer ??= this.#loadCompleter();
      const completer = await this.#completer;
      return signal.aborted ? [] : await completer.complete(query, signal);
    } catch (error) {
      if (!signal.aborted) this.#options.onFault(error);
      return [];
    }
  }

  open(attachment: Attachment): void {
    this.#open(attachment);
  }

  #open({
    uri,
    content,
  }: {
    readonly uri: string | undefined;
    readonly content: readonly ContentBlock[];
  }): void {
    const { editors } = this.#options.ports;
    if (uri !== undefined) {
      editors.open(uri, firstLine(content));
      return;
    }
    const text = content.map(textIn).join('\n\n');
    if (text.trim() !== '') editors.openText(text);
  }

  async #loadReader(): Promise<PieceReader> {
    const { SourceReader } = await import('./sourceReader');
    const { ports, settings, translate } = this.#options;
    return new SourceReader({ ports, settings, translate });
  }

  async #loadCompleter(): Promise<Completer> {
    const [{ Completer }, { PathIndex }] = await Promise.all([
      import('./completer'),
      import('./pathIndex'),
    ]);
    const { clock, translate, onFault, ports } = this.#options;
    const { files, editors } = ports;
    const index = this._register(new PathIndex({ files, clock, onFault }));
    return new Completer({ files, editors, index, clock, translate });
  }
}

/** As the block's own head says, `lines="12-40"`. */
function firstLine(content: readonly ContentBlock[]): number | undefined {
  const [first] = content;
  const head = first ? textIn(first).slice(0, 2_000).split('\n', 1)[0] : undefined;
  const line = /^<context-[^>]* lines="(\d{1,9})-/u.exec(head ?? '')?.[1];
  return line === undefined ? undefined : Number(line);
}

function textIn(block: ContentBlock): string {
  return block.type === 'text' && 'text' in block && typeof block['text'] === 'string'
    ? block['text']
    : '';
}
