import { historyList } from './historyList';
import { reasonOf } from './messageHandlers';
import type { HandlerDeps, MessageHandlers, Messages } from './messageHandlers';

type HistoryMessage =
  'history' | 'openChat' | 'renameChat' | 'pinChat' | 'deleteChat' | 'exportChat';

/** Messages about conversations, whichever of them the pane shows. */
export function historyMessages(deps: HandlerDeps): MessageHandlers<HistoryMessage> {
  const { hub, requests, run } = deps;
  return {
    history: (message) => void answer(message, deps),
    openChat: (message) => {
      if (message.place === 'tab') requests.openTab(message.conversationId, message.turnId);
      else run(openHere(message, deps));
    },
    renameChat: ({ conversationId, title }) => run(hub.rename(conversationId, title)),
    pinChat: ({ conversationId, pinned }) => run(hub.pin(conversationId, pinned)),
    deleteChat: ({ conversationId }) => run(deleteChat(conversationId, deps)),
    exportChat: ({ conversationId, format }) => requests.exportChat(conversationId, format),
  };
}

async function answer(
  { requestId, query, scope }: Messages['history'],
  { openStore, hub, workspace, translate, pane, log }: HandlerDeps,
): Promise<void> {
  try {
    const asked = { query, scope, workspace, current: pane.session.id };
    const items = await historyList(asked, await openStore(), hub, translate);
    pane.tell({ type: 'history', requestId, items });
  } catch (error) {
    log.error('The history', error);
    pane.tell({ type: 'history', requestId, items: [], problem: reasonOf(error) });
  }
}

async function openHere(
  { conversationId, turnId }: Messages['openChat'],
  { pane, tell, translate: t }: HandlerDeps,
): Promise<void> {
  if (!(await pane.open(conversationId, turnId))) tell(t('This chat is not there any more.'));
}

async function deleteChat(id: string, { hub, pane, translate: t }: HandlerDeps): Promise<void> {
  const live = hub.find(id);
  if (live?.isEmpty === true) return;
  const wasShown = pane.session.id === id;
  const title = live?.conversation.title ?? '';
  const deletion = await hub.delete(id);
  pane.undoable({
    text: title === '' ? t('The chat was deleted.') : t('"{0}" was deleted.', title),
    commit: () => deletion.commit(),
    undo: async () => {
      await deletion.undo();
      if (wasShown && pane.session.isEmpty) await pane.open(id);
    },
  });
}
