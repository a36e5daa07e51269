import type { HandlerDeps, MessageHandlers } from './messageHandlers';

type TurnMessage =
  | 'send'
  | 'stop'
  | 'retry'
  | 'retryLater'
  | 'continue'
  | 'edit'
  | 'regenerate'
  | 'switchBranch'
  | 'deleteTurn'
  | 'feedback'
  | 'undo'
  | 'undoCompaction'
  | 'unqueue'
  | 'codeAction'
  | 'codeCopied';

/** Messages about the turns of the conversation that the pane shows. */
export function turnMessages(deps: HandlerDeps): MessageHandlers<TurnMessage> {
  const { pane, run, codeActions } = deps;
  return {
    send: ({ text }) => void pane.question.send(text),
    stop: () => pane.session.stop(),
    retry: ({ turnId }) => void pane.session.retry(turnId),
    retryLater: ({ turnId }) => void pane.session.retry(turnId, true),
    continue: ({ turnId }) => void pane.session.continueTurn(turnId),
    edit: ({ turnId, text }) => void pane.question.edit(turnId, text),
    regenerate: ({ turnId, model }) => run(pane.session.regenerate(turnId, model)),
    switchBranch: ({ turnId, index }) => run(pane.session.switchBranch(turnId, index)),
    deleteTurn: ({ turnId }) => run(deleteTurn(turnId, deps)),
    feedback: ({ turnId, rating, reason }) =>
      pane.session.setFeedback(turnId, rating === null ? undefined : { rating, reason }),
    undo: ({ id }) => run(undo(id, deps)),
    undoCompaction: () => pane.session.undoCompaction(),
    unqueue: ({ id, edit }) => {
      const question = pane.session.unqueue(id);
      if (!question || !edit) return;
      pane.tray.put(question.attachments);
      pane.tell({ type: 'insertText', text: question.text });
    },
    codeAction: ({ turnId, action, code, language, path }) => {
      pane.session.accepted(turnId);
      void codeActions.run({ action, code, language, path });
    },
    codeCopied: ({ turnId }) => pane.session.accepted(turnId),
  };
}

async function deleteTurn(turnId: string, { pane, hub, translate: t }: HandlerDeps): Promise<void> {
  const { session } = pane;
  const deletion = await session.deleteTurn(turnId);
  if (!deletion) return;
  // Until it is final the conversation must not be read again from the store, which still has the turn.
  const held = hub.hold(session);
  pane.undoable({
    text: t('The question and what followed it were deleted.'),
    commit: () => deletion.commit().finally(() => held.dispose()),
    undo: () => {
      deletion.undo();
      held.dispose();
    },
  });
}

async function undo(id: string, { hub, tell, translate: t }: HandlerDeps): Promise<void> {
  if (!(await hub.undoables.undo(id))) tell(t('It is too late to take this back.'));
}
