import * as vscode from 'vscode';
import type { PanelAction } from '../../protocol/turn';
import { COMMANDS } from '../contributions';
import type { CommandId } from '../contributions';
import type { Log } from '../logging/log';
import type { ChatRequests } from './messageHandlers';
import type { ChatPane } from './chatPane';
import type { ContextSources } from './chatParts';
import { pickContext, pickFiles } from './contextPicks';
import type { PanelEnvironment } from './panelEnvironment';

/** Which command carries out a button of the chat, where it does not concern one pane. */
const ACTION_COMMANDS: Readonly<Partial<Record<PanelAction, CommandId>>> = {
  setApiKey: COMMANDS.setApiKey,
  tryDemo: COMMANDS.tryDemo,
  useLocalServer: COMMANDS.useLocalServer,
  openSettings: COMMANDS.openSettings,
  showLog: COMMANDS.showLog,
  selectModel: COMMANDS.chooseModel,
  importChats: COMMANDS.importChats,
  deleteAllChats: COMMANDS.deleteAllChats,
  allowSpending: COMMANDS.allowSpending,
  diagnose: COMMANDS.diagnose,
};

export interface PanelRequestsDeps {
  readonly environment: PanelEnvironment;
  readonly sources: ContextSources;
  /** A panel is about to be shown. */
  readonly shown: () => void;
  readonly log: Log;
}

/** What a panel asks of the editor. The commands show their own errors. */
export class PanelRequests implements ChatRequests {
  readonly #deps: PanelRequestsDeps;

  constructor(deps: PanelRequestsDeps) {
    this.#deps = deps;
  }

  async prepare(): Promise<void> {
    await this.#deps.environment.prepare();
    this.#deps.shown();
  }

  selectModel(model: string): void {
    this.#deps.environment.selectModel(model);
  }

  selectEffort(effort: string): void {
    this.#deps.environment.selectEffort(effort);
  }

  openLink(link: URL): void {
    this.#run(vscode.env.openExternal(vscode.Uri.parse(link.href, true)), 'A link');
  }

  openTab(conversationId: string, turnId: string | undefined): void {
    this.#command(COMMANDS.openChatInEditor, { conversationId, turnId });
  }

  exportChat(conversationId: string, format: 'markdown' | 'json'): void {
    this.#command(COMMANDS.exportChat, { conversationId, format });
  }

  carryOut(action: PanelAction, pane: ChatPane): void {
    const ownActions: Readonly<Partial<Record<PanelAction, () => void>>> = {
      newChat: () => {
        pane.newChat();
        pane.tell({ type: 'focusComposer' });
      },
      exportChat: () => this.#command(COMMANDS.exportChat, { conversationId: pane.session.id }),
      addFiles: () => this.#run(this.#addFiles(pane), 'Files'),
      addContext: () => this.#run(this.#addContext(pane), 'Context'),
    };
    const own = ownActions[action];
    const command = ACTION_COMMANDS[action];
    if (own) own();
    else if (command) this.#command(command);
  }

  async #addFiles(pane: ChatPane): Promise<void> {
    const uris = await pickFiles();
    pane.tray.addUris(uris.map((uri) => uri.toString()));
    pane.tell({ type: 'focusComposer' });
  }

  async #addContext(pane: ChatPane): Promise<void> {
    const source = await pickContext(this.#deps.sources);
    if (source !== undefined) pane.tray.add(source);
    pane.tell({ type: 'focusComposer' });
  }

  #command(command: CommandId, argument?: unknown): void {
    this.#run(vscode.commands.executeCommand(command, argument), command);
  }

  #run(job: Thenable<unknown>, what: string): void {
    job.then(undefined, (error: unknown) => this.#deps.log.error(what, error));
  }
}
