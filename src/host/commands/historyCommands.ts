import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { throwIfAborted } from '../../base/abort';
import { systemClock } from '../../base/clock';
import type { ConversationStore } from '../../engine/ports';
import type { Chats } from '../chat/chats';
import { confirmed } from '../confirm';
import { COMMANDS } from '../contributions';
import { fileName } from '../fileName';
import type { WholeConversation } from '../history/historyFormat';
import type { ParsedImport } from '../history/parseImport';
import type { Log } from '../logging/log';
import { saveFile } from '../saveFile';

export interface HistoryDeps {
  readonly chats: () => Promise<Chats>;
  readonly openStore: () => Promise<ConversationStore>;
  readonly log: Log;
}

type Format = 'markdown' | 'json';

/** What is exported: one conversation, or all that are written down. */
interface Wanted {
  readonly conversationId: string | undefined;
  readonly format: Format;
}

/** As many as an import takes. */
const MAX_EXPORTED = 100_000;

/** Commands on the history as a whole, and on what leaves and enters it. */
export class HistoryCommands {
  readonly #deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** `argument`: `conversationId` and `format`, as the panel says them; asked for where they are missing. */
  readonly exportChat = async (argument: unknown): Promise<void> => {
    const wanted = await this.#wanted(argument);
    if (!wanted) return;
    const { t } = vscode.l10n;
    const { conversationId } = wanted;
    const text =
      conversationId === undefined
        ? await this.#allAsJson()
        : await this.#oneAsText({ ...wanted, conversationId });
    if (text === 'stopped') return;
    if (text === undefined) {
      void vscode.window.showInformationMessage(t('There is nothing to export yet.'));
      return;
    }
    await saveFile(text.content, {
      title: t('Export Chat'),
      name: `${fileName(text.title, 'chat')}.${endingOf(wanted.format)}`,
    });
  };

  readonly importChats = async (): Promise<void> => {
    const { t } = vscode.l10n;
    const picked = await vscode.window.showOpenDialog({
      title: t('Import Chats'),
      openLabel: t('Import'),
      canSelectMany: true,
      filters: { [t('Exported chats')]: ['json'] },
    });
    for (const uri of picked ?? []) await this.#importFile(uri);
  };

  readonly deleteAllChats = async (): Promise<void> => {
    const { t } = vscode.l10n;
    const isMeant = await confirmed(
      t('Delete all chats of all workspaces?'),
      t(
        'The whole history of Pulse on this machine goes for good, with drafts and kept answers. It cannot be brought back.',
      ),
      t('Delete All Chats'),
    );
    if (!isMeant) return;
    const chats = await this.#deps.chats();
    await chats.deleteEverything();
    void vscode.window.showInformationMessage(t('All chats were deleted.'));
  };

  async #wanted(argument: unknown): Promise<Wanted | undefined> {
    const { t } = vscode.l10n;
    const named = wantedIn(argument);
    const { current } = await this.#deps.chats();
    const conversationId = named.conversationId ?? current.session.id;
    if (named.format) return { conversationId, format: named.format };
    const one: (vscode.QuickPickItem & Wanted)[] = [
      {
        label: t('This chat as Markdown'),
        description: t('to be read'),
        conversationId,
        format: 'markdown',
      },
      {
        label: t('This chat as JSON'),
        description: t('to be imported again'),
        conversationId,
        format: 'json',
      },
    ];
    const all: vscode.QuickPickItem & Wanted = {
      label: t('All chats as JSON'),
      description: t('of all workspaces'),
      conversationId: undefined,
      format: 'json',
    };
    const items = named.conversationId === undefined ? [...one, all] : one;
    return vscode.window.showQuickPick(items, { title: t('Export Chat') });
  }

  async #oneAsText({ conversationId, format }: Wanted & { readonly conversationId: string }) {
    const { hub } = await this.#deps.chats();
    const whole = await hub.whole(conversationId);
    if (!whole || whole.turns.length === 0) return undefined;
    const { title } = whole.conversation;
    return { title, content: format === 'json' ? await asJson([whole]) : await asMarkdown(whole) };
  }

  async #allAsJson() {
    const { t } = vscode.l10n;
    const store = await this.#deps.openStore();
    const list = await store.listConversations({ limit: MAX_EXPORTED });
    const all = await withProgress(t('Reading the chats'), async (signal, report) => {
      const found: WholeConversation[] = [];
      for (const { id } of list) {
        throwIfAborted(signal);
        const whole = await store.getConversation(id);
        if (whole) found.push(whole);
        report(100 / list.length);
      }
      return found;
    });
    if (!all) return 'stopped';
    return all.length === 0 ? undefined : { title: t('All chats'), content: await asJson(all) };
  }

  async #importFile(uri: vscode.Uri): Promise<void> {
    const { t } = vscode.l10n;
    const { log } = this.#deps;
    const parsed = await readImport(uri);
    for (const problem of parsed.problems) log.warn(`Import: ${problem}`);
    const count = await this.#store(parsed);
    const left =
      parsed.problems.length === 0
        ? ''
        : ` ${t('{0} could not be read: the log says why.', parsed.problems.length)}`;
    const show = t('Show Chats');
    const text = `${t('Chats imported: {0}.', count)}${left}`;
    // Not waited for: the import has ended.
    void vscode.window.showInformationMessage(text, show).then((picked) => {
      if (picked === show) void vscode.commands.executeCommand(COMMANDS.showHistory);
    });
  }

  /** Those that are in before it is stopped or fails stay. */
  async #store({ conversations }: ParsedImport): Promise<number> {
    const { hub } = await this.#deps.chats();
    const store = await this.#deps.openStore();
    let count = 0;
    try {
      await withProgress(vscode.l10n.t('Importing chats'), async (signal, report) => {
        for (const { conversation, turns } of conversations) {
          throwIfAborted(signal);
          await store.importConversation(conversation, turns);
          count += 1;
          report(100 / conversations.length);
        }
      });
    } finally {
      hub.imported();
    }
    return count;
  }
}

function wantedIn(argument: unknown): Partial<Wanted> {
  if (typeof argument !== 'object' || argument === null) return {};
  const id: unknown = Reflect.get(argument, 'conversationId');
  const format: unknown = Reflect.get(argument, 'format');
  return {
    ...(typeof id === 'string' ? { conversationId: id } : {}),
    ...(format === 'markdown' || format === 'json' ? { format } : {}),
  };
}

async function asMarkdown({ conversation, turns }: WholeConversation): Promise<string> {
  const { exportMarkdown } = await import('../history/exportMarkdown');
  return exportMarkdown(conversation, turns, {
    translate: vscode.l10n.t,
    formatDate: (at) => new Date(at).toLocaleString(vscode.env.language),
    branches: 'shown',
    withThinking: false,
  });
}

async function asJson(conversations: readonly WholeConversation[]): Promise<string> {
  const { exportJson } = await import('../history/exportJson');
  return exportJson(conversations, systemClock.wallNow());
}

/** @throws ImportError */
async function readImport(uri: vscode.Uri): Promise<ParsedImport> {
  const { t } = vscode.l10n;
  const { MAX_IMPORT_BYTES, parseImport } = await import('../history/parseImport');
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MAX_IMPORT_BYTES) {
    const megabytes = Math.round(MAX_IMPORT_BYTES / 1024 / 1024);
    throw new Error(t('{0} is too large: at most {1} MB are imported.', uri.fsPath, megabytes));
  }
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  return parseImport(text, {
    translate: t,
    newId: randomUUID,
    now: systemClock.wallNow(),
  });
}

/** Long work is shown and can be stopped; `undefined` when it was. */
async function withProgress<T>(
  title: string,
  job: (signal: AbortSignal, report: (increment: number) => void) => Promise<T>,
): Promise<T | undefined> {
  const stop = new AbortController();
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      try {
        return await job(stop.signal, (increment) => progress.report({ increment }));
      } catch (error) {
        if (stop.signal.aborted) return undefined;
        throw error;
      }
    },
  );
}

function endingOf(format: Format): string {
  return format === 'json' ? 'json' : 'md';
}
