import type { ConversationWriter } from './turnSaver';

const done = (): Promise<void> => Promise.resolve();

/** Where a conversation goes that is not to be written down: nowhere. */
export const NOTHING_KEPT: ConversationWriter = {
  createConversation: done,
  updateConversation: done,
  insertTurn: done,
  appendToTurn: done,
  finishTurn: done,
  deleteTurn: done,
  setFeedback: done,
};
