import { assertNever } from '../../base/assertNever';
import type { HostToChat } from '../../protocol/chat';
import type { PanelCommand } from './chatParts';
import type { ChatSession } from './chatSession';
import { costText } from './conversationCost';
import type { ChatPaneDeps } from './paneDeps';

type CommandDeps = Pick<ChatPaneDeps, 'tell' | 'translate' | 'chooseModel' | 'help'>;

/** Where the command was written. */
interface CommandedPane {
  readonly session: ChatSession;
  newChat(): void;
  tell(message: HostToChat): void;
}

/** Does what a slash command asks of the panel itself. */
export function carryOut(command: PanelCommand, pane: CommandedPane, deps: CommandDeps): void {
  switch (command.kind) {
    case 'compact':
      void pane.session.compact();
      return;
    case 'clear':
      pane.newChat();
      return;
    case 'model':
      deps.chooseModel(command.name);
      return;
    case 'cost':
      deps.tell(costText(pane.session.turns, deps.translate));
      return;
    case 'help':
      void deps.help().then((text) => {
        if (text !== undefined) pane.tell({ type: 'insertText', text });
      });
      return;
    default:
      assertNever(command);
  }
}
