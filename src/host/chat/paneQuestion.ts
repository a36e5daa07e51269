import { abortable, AbortError, within } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { Attachment } from '../../engine/ports';
import type { AttachmentView } from '../../protocol/context';
import type { Translate } from '../translate';
import type {
  ContextSources,
  ContextTray,
  ExpandedPrompt,
  PanelCommand,
  SlashCommands,
} from './chatParts';
import type { ChatSession } from './chatSession';
import type { Question } from './questionQueue';

/** What a slash command names is waited for so long, ms. */
const READ_LIMIT_MS = 15_000;

export interface PaneQuestionDeps {
  readonly clock: Clock;
  readonly translate: Translate;
  readonly sources: ContextSources;
  readonly slash: SlashCommands;
  readonly tray: ContextTray;
  /** The conversation that is shown, kept until the result is disposed. */
  readonly hold: () => { readonly session: ChatSession; dispose(): void };
  readonly carryOut: (command: PanelCommand) => void;
  readonly tell: (text: string) => void;
  /** Puts a question that did not go out back where it was written. */
  readonly giveBack: (text: string) => void;
  /** It is with its conversation. */
  readonly asked: (text: string) => void;
}

/**
 * What becomes of a question that is sent in a pane: a slash command is written out or carried out, context is read and taken along.
 * Questions keep their order, and one that can't go out is given back.
 */
export class PaneQuestion extends Disposable {
  readonly #deps: PaneQuestionDeps;
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();
  /** Not with their conversation yet. */
  readonly #underWay = new Set<string>();

  constructor(deps: PaneQuestionDeps) {
    super();
    this.#deps = deps;
    this._register({ dispose: () => this.#stop.abort(new AbortError()) });
  }

  /** Questions that are still being got ready. */
  get underWay(): readonly string[] {
    return [...this.#underWay];
  }

  send(text: string): Promise<void> {
    return this.#inOrder(text, async (session, expanded) => {
      const attachments = await this.#contextFor(text, expanded);
      if (!attachments) return false;
      const isSent = session.send({ text, asked: expanded?.prompt, attachments });
      // The chat went meanwhile: what goes along comes back with the text.
      if (!isSent) this.#deps.tray.put(attachments);
      return isSent;
    });
  }

  edit(turnId: string, text: string): Promise<void> {
    return this.#inOrder(text, async (session, expanded) => {
      const question: Question = {
        text,
        asked: expanded?.prompt,
        attachments: await this.#contextOfEdit(session.find(turnId)?.attachments ?? [], expanded),
      };
      return session.edit(turnId, question);
    });
  }

  #inOrder(
    text: string,
    ask: (session: ChatSession, expanded: Asking | undefined) => Promise<boolean>,
  ): Promise<void> {
    const held = this.#deps.hold();
    this.#underWay.add(text);
    this.#last = this.#last.then(async () => {
      try {
        await this.#take(text, held.session, ask);
      } catch {
        // Stopped: the pane goes.
        if (!this.isDisposed) this.#deps.giveBack(text);
      } finally {
        this.#underWay.delete(text);
        held.dispose();
      }
    });
    return this.#last;
  }

  async #take(
    text: string,
    session: ChatSession,
    ask: (session: ChatSession, expanded: Asking | undefined) => Promise<boolean>,
  ): Promise<void> {
    const { slash, carryOut, tell, giveBack, asked } = this.#deps;
    const expanded = await slash.expand(text, this.#stop.signal);
    if (expanded?.kind === 'command') {
      asked(text);
      carryOut(expanded.command);
      return;
    }
    if (expanded?.kind === 'refused') {
      tell(expanded.problem);
      giveBack(text);
      return;
    }
    if (await ask(session, expanded)) asked(text);
    else if (text.trim() !== '') giveBack(text);
  }

  /** What goes along; `undefined`: it should not go out like this, and the user was told why. */
  async #contextFor(
    text: string,
    expanded: Asking | undefined,
  ): Promise<readonly Attachment[] | undefined> {
    const { tray } = this.#deps;
    if (expanded && expanded.sources.length > 0) {
      const before = new Set(tray.views.map(({ id }) => id));
      for (const source of expanded.sources) tray.add(source);
      await this.#read(tray);
      const added = tray.views.filter(({ id }) => !before.has(id));
      if (!this.#isFit(text, added)) return undefined;
    }
    return tray.take(this.#stop.signal);
  }

  /** A command without the text that it is about would be answered with a question at best. */
  #isFit(text: string, added: readonly AttachmentView[]): boolean {
    const { tray, tell, translate: t } = this.#deps;
    const doubtful = added.find(({ state }) => state === 'ask');
    if (doubtful) {
      tell(
        t('{0} may hold secrets: allow it above the question, then send again.', doubtful.label),
      );
      return false;
    }
    const failed = added.filter(({ state }) => state === 'failed');
    const isAlone = /^\/\S+$/.test(text.trim());
    // The log of earlier commits alone is nothing to work on.
    const hasMatter = tray.views.some(({ state, kind }) => state === 'ready' && kind !== 'gitLog');
    if (failed.length === 0 || !isAlone || hasMatter) return true;
    tell(failed.map(({ problem }) => problem ?? '').join(' '));
    for (const { id } of added) tray.remove(id);
    return false;
  }

  /** What went along with the first version stays; only where there was nothing the command's own context is got. */
  async #contextOfEdit(
    had: readonly Attachment[],
    expanded: Asking | undefined,
  ): Promise<readonly Attachment[]> {
    if (had.length > 0 || !expanded || expanded.sources.length === 0) return [];
    const tray = this.#deps.sources.newTray();
    try {
      for (const source of expanded.sources) tray.add(source);
      await this.#read(tray);
      return await tray.take(this.#stop.signal);
    } finally {
      tray.dispose();
    }
  }

  async #read(tray: ContextTray): Promise<void> {
    const isRead = (): boolean => tray.views.every(({ state }) => state !== 'loading');
    if (isRead()) return;
    const read = new Promise<void>((resolve) => {
      const hearing = tray.onChange(() => {
        if (!isRead()) return;
        hearing.dispose();
        resolve();
      });
    });
    await within(abortable(read, this.#stop.signal), READ_LIMIT_MS, this.#deps.clock);
  }
}

type Asking = Extract<ExpandedPrompt, { kind: 'ask' }>;
