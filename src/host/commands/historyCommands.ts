import * as vscode from 'vscode';
import type { ConversationSummary } from '../../engine/ports';
import type { ChatController } from '../chat/chatController';

/** Conversations that are offered, newest first. */
const MAX_LISTED = 500;

interface ChatItem extends vscode.QuickPickItem {
  readonly conversation: ConversationSummary | undefined;
}

export interface HistoryDeps {
  readonly controller: ChatController;
  readonly workspace: string | undefined;
  readonly showChat: () => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** The list of earlier conversations, with a bin on each. */
export class HistoryCommands {
  readonly #deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  readonly openPreviousChat = async (): Promise<void> => {
    const { controller, showChat } = this.#deps;
    await controller.restore();
    const conversation = await this.#pick();
    if (conversation === undefined) return;
    if (!(await controller.open(conversation.id))) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('"{0}" is not there any more.', conversation.title),
      );
      return;
    }
    await showChat();
  };

  async #pick(): Promise<ConversationSummary | undefined> {
    const bin: vscode.QuickInputButton = {
      iconPath: new vscode.ThemeIcon('trash'),
      tooltip: vscode.l10n.t('Delete for Good'),
    };
    const pick = vscode.window.createQuickPick<ChatItem>();
    pick.title = vscode.l10n.t('Pulse: Open Previous Chat');
    pick.placeholder = vscode.l10n.t('Type to search in the titles');
    pick.ignoreFocusOut = true;
    pick.busy = true;
    const fill = async (): Promise<void> => {
      pick.items = this.#items(await this.#deps.controller.listConversations(MAX_LISTED), bin);
      pick.busy = false;
    };
    return new Promise((resolve, reject) => {
      pick.onDidAccept(() => {
        const picked = pick.selectedItems[0]?.conversation;
        if (picked === undefined) return;
        resolve(picked);
        pick.hide();
      });
      pick.onDidHide(() => {
        pick.dispose();
        resolve(undefined);
      });
      pick.onDidTriggerItemButton(({ item }) => {
        this.#delete(item.conversation)
          .then(fill)
          .catch((error: unknown) => this.#deps.report(error));
      });
      pick.show();
      fill().catch((error: unknown) => {
        pick.hide();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }

  #items(conversations: readonly ConversationSummary[], bin: vscode.QuickInputButton): ChatItem[] {
    const here = conversations.filter(({ workspace }) => workspace === this.#deps.workspace);
    const elsewhere = conversations.filter(({ workspace }) => workspace !== this.#deps.workspace);
    const item = (conversation: ConversationSummary): ChatItem => ({
      label: conversation.title,
      description: new Date(conversation.updatedAt).toLocaleString(vscode.env.language),
      buttons: [bin],
      conversation,
    });
    if (conversations.length === 0) {
      return [{ label: vscode.l10n.t('No chats yet'), conversation: undefined }];
    }
    return [
      ...here.map((conversation) => item(conversation)),
      ...(elsewhere.length > 0 ? [separator(vscode.l10n.t('other folders'))] : []),
      ...elsewhere.map((conversation) => item(conversation)),
    ];
  }

  async #delete(conversation: ConversationSummary | undefined): Promise<void> {
    if (conversation === undefined) return;
    const confirm = vscode.l10n.t('Delete');
    const picked = await vscode.window.showWarningMessage(
      vscode.l10n.t('Delete "{0}"?', conversation.title),
      { modal: true, detail: vscode.l10n.t('It cannot be brought back.') },
      confirm,
    );
    if (picked === confirm) await this.#deps.controller.deleteConversation(conversation.id);
  }
}

function separator(label: string): ChatItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, conversation: undefined };
}
