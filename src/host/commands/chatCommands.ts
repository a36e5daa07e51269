import * as vscode from 'vscode';
import type { ChatPane } from '../chat/chatPane';
import type { ChatTabs } from '../chat/chatTabs';
import type { ChatView } from '../chat/chatView';
import type { Chats } from '../chat/chats';
import { DONE_BY_PAGE } from '../contributions';

export interface ChatCommandDeps {
  readonly chats: () => Promise<Chats>;
  readonly loadedChats: () => Chats | undefined;
  readonly view: ChatView | undefined;
  readonly tabs: ChatTabs | undefined;
}

/** Commands that open chats and put something into them. */
export class ChatCommands {
  readonly #deps: ChatCommandDeps;

  constructor(deps: ChatCommandDeps) {
    this.#deps = deps;
  }

  readonly openChat = async (): Promise<void> => this.#deps.view?.show();

  /** The conversation of the side bar as a tab, or the one that is named. */
  readonly openChatInEditor = async (argument: unknown): Promise<void> => {
    const conversationId = textIn(argument, 'conversationId');
    const turnId = textIn(argument, 'turnId');
    if (conversationId !== undefined) {
      await this.#deps.tabs?.open(conversationId, turnId);
      return;
    }
    const { view } = await this.#deps.chats();
    await view.restore();
    await this.#deps.tabs?.open(view.session.isEmpty ? undefined : view.session.id);
  };

  /** Where the reader is: in a tab that is the active editor, else in the side bar. */
  readonly newChat = async (where: unknown): Promise<void> => {
    const pane = await this.#pane(where);
    await pane.restore();
    pane.newChat();
    await this.#show(pane);
  };

  readonly newTemporaryChat = async (where: unknown): Promise<void> => {
    const pane = await this.#pane(where);
    await pane.restore();
    pane.newChat('temporary');
    await this.#show(pane);
  };

  readonly newChatInTab = async (): Promise<void> => {
    await this.#deps.tabs?.open();
  };

  readonly stop = (): void => this.#deps.loadedChats()?.stop();

  readonly showHistory = async (where: unknown): Promise<void> => {
    const pane = await this.#pane(where);
    await this.#show(pane);
    pane.tell({ type: 'showHistory' });
  };

  readonly findInChat = async (where: unknown): Promise<void> => {
    if (where === DONE_BY_PAGE) return;
    const pane = await this.#pane(where);
    await this.#show(pane);
    pane.tell({ type: 'showFind' });
  };

  readonly addContext = async (where: unknown): Promise<void> => {
    const pane = await this.#pane(where);
    const { sources } = (await this.#deps.chats()).parts;
    const { pickContext } = await import('../chat/contextPicks');
    const source = await pickContext(sources);
    if (source === undefined) return;
    pane.tray.add(source);
    await this.#show(pane);
  };

  readonly addSelection = async (): Promise<void> => {
    const pane = await this.#pane(undefined);
    // Before the focus leaves the editor.
    pane.tray.add('selection');
    await this.#show(pane);
  };

  /** Of the explorer: the file that was clicked and all that are selected; else the one in the active editor. */
  readonly addFile = async (clicked: unknown, selected: unknown): Promise<void> => {
    const pane = await this.#pane(undefined);
    const active = vscode.window.activeTextEditor?.document.uri;
    const found = urisIn(selected);
    const uris = found.length > 0 ? found : urisIn([clicked ?? active]);
    if (uris.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Open a file, or choose one in the explorer, then try again.'),
      );
      return;
    }
    pane.tray.addUris(uris.map((uri) => uri.toString()));
    await this.#show(pane);
  };

  readonly explainSelection = (): Promise<void> => this.#askAboutSelection('/explain');

  readonly fixSelection = (): Promise<void> => this.#askAboutSelection('/fix');

  async #askAboutSelection(command: string): Promise<void> {
    const pane = await this.#pane(undefined);
    await pane.restore();
    const asked = pane.question.send(command);
    await this.#show(pane);
    await asked;
  }

  /** `where`: "view" or "tab"; else the one that the reader is at. */
  async #pane(where: unknown): Promise<ChatPane> {
    const chats = await this.#deps.chats();
    const tab = this.#deps.tabs?.active;
    if (where === 'view') return chats.view;
    if (where === 'tab' && tab) return tab;
    return chats.current.isVisible ? chats.current : (tab ?? chats.view);
  }

  async #show(pane: ChatPane): Promise<void> {
    if (this.#deps.tabs?.reveal(pane) === true) pane.tell({ type: 'focusComposer' });
    else await this.#deps.view?.show();
  }
}

function textIn(argument: unknown, name: string): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const value: unknown = Reflect.get(argument, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function urisIn(value: unknown): readonly vscode.Uri[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((one) => one instanceof vscode.Uri);
}
