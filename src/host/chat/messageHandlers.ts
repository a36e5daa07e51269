import type { ConversationStore } from '../../engine/ports';
import type { ChatToHost } from '../../protocol/chatToHost';
import type { PanelAction } from '../../protocol/turn';
import type { Log } from '../logging/log';
import type { Translate } from '../translate';
import type { ChatHub } from './chatHub';
import type { ChatPane } from './chatPane';
import type { CodeActions, ContextSources } from './chatParts';

export type MessageType = ChatToHost['type'];
export type Messages = { readonly [T in MessageType]: Extract<ChatToHost, { type: T }> };

/** What each message of a page leads to; one that is missing does not compile. */
export type MessageHandlers<T extends MessageType = MessageType> = {
  readonly [K in T]: (message: Messages[K]) => void;
};

/** What a webview may ask for besides the conversation itself. None of them rejects. */
export interface ChatRequests {
  /** The panel is about to be shown; what it needs first is got ready. */
  prepare(): Promise<void>;
  selectModel(model: string): void;
  selectEffort(effort: string): void;
  /** A link that was checked. */
  openLink(link: URL): void;
  carryOut(action: PanelAction, pane: ChatPane): void;
  openTab(conversationId: string, turnId: string | undefined): void;
  exportChat(conversationId: string, format: 'markdown' | 'json'): void;
}

export interface ChatMessagesDeps {
  readonly hub: ChatHub;
  readonly sources: ContextSources;
  readonly codeActions: CodeActions;
  readonly requests: ChatRequests;
  readonly openStore: () => Promise<ConversationStore>;
  readonly workspace: string | undefined;
  readonly translate: Translate;
  readonly tell: (text: string) => void;
  readonly log: Log;
}

/** Of one page. */
export interface PageDeps extends ChatMessagesDeps {
  /** The page has the keyboard or has it no more. */
  readonly focused: (hasFocus: boolean) => void;
  /** The page says how many nodes its document has. */
  readonly measured: (nodes: number) => void;
}

/** What the handlers of one page work with. */
export interface HandlerDeps extends ChatMessagesDeps {
  readonly pane: ChatPane;
  /** Nobody waits for it: what goes wrong is told to the user. */
  readonly run: (job: Promise<unknown>) => void;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
