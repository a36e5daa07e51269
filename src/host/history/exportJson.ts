import type { StoredTurn } from '../../engine/ports';
import { FORMAT, VERSION } from './historyFormat';
import type { WholeConversation } from './historyFormat';

const LAST_MOMENT = Date.UTC(9_999, 11, 31);

/** Conversations with everything in them, to be imported again: historyFormat.ts. `exportedAt`: ms since 1970. */
export function exportJson(
  conversations: readonly WholeConversation[],
  exportedAt: number,
): string {
  const file = {
    format: FORMAT,
    version: VERSION,
    exportedAt: isoOf(exportedAt),
    conversations: conversations.map(exported),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function exported({ conversation, turns }: WholeConversation) {
  const { compaction, createdAt, updatedAt, ...rest } = conversation;
  return {
    ...rest,
    createdAt: isoOf(createdAt),
    updatedAt: isoOf(updatedAt),
    compaction: compaction && { ...compaction, at: isoOf(compaction.at) },
    turns: turns.toSorted((a, b) => a.ordinal - b.ordinal).map((turn) => exportedTurn(turn)),
  };
}

/** The conversation is the one that it is in, and its place is that in the list. */
function exportedTurn(turn: StoredTurn) {
  const { conversationId: _in, ordinal: _place, createdAt, ...rest } = turn;
  return { ...rest, createdAt: isoOf(createdAt) };
}

/** A moment that has no year of four digits is written as the first one. */
function isoOf(at: number): string {
  return new Date(at >= 0 && at <= LAST_MOMENT ? at : 0).toISOString();
}
