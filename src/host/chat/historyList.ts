import type {
  ConversationFilter,
  ConversationStore,
  ConversationSummary,
} from '../../engine/ports';
import { MAX_HISTORY_ITEMS } from '../../protocol/history';
import type { HistoryItem, HistoryScope } from '../../protocol/history';
import type { Translate } from '../translate';

/** A window without a folder looks through so many for those that belong to none. */
const MAX_LOOKED_THROUGH = 2_000;

/** What is known of conversations in this window. */
export interface LiveConversations {
  /** Those that are open, with something said in them; also such as are not written down. */
  readonly summaries: readonly ConversationSummary[];
  isRunning(id: string): boolean;
  isUnread(id: string): boolean;
}

export interface HistoryQuery {
  readonly query: string;
  readonly scope: HistoryScope;
  readonly workspace: string | undefined;
  /** Shown in the pane that asks. */
  readonly current: string;
}

/** The panel's list of conversations, or what a search found, one place of each. Rejects when the store does. */
export async function historyList(
  asked: HistoryQuery,
  store: Pick<ConversationStore, 'listConversations' | 'searchConversations'>,
  live: LiveConversations,
  t: Translate,
): Promise<HistoryItem[]> {
  const query = asked.query.trim();
  const found =
    query === '' ? await listed(asked, store, live) : await searched(query, asked, store, live);
  const item = ({ conversation, hit }: Found): HistoryItem => {
    const workspace = workspaceName(conversation, asked.workspace, t);
    const { id, title, updatedAt, pinned } = conversation;
    return {
      id,
      title,
      at: updatedAt,
      pinned,
      isCurrent: id === asked.current,
      isRunning: live.isRunning(id),
      isUnread: live.isUnread(id),
      ...(workspace === undefined ? {} : { workspace }),
      ...(hit === undefined ? {} : { hit }),
    };
  };
  return found.slice(0, MAX_HISTORY_ITEMS).map((one) => item(one));
}

interface Found {
  readonly conversation: ConversationSummary;
  readonly hit?: NonNullable<HistoryItem['hit']>;
}

async function listed(
  asked: HistoryQuery,
  store: Pick<ConversationStore, 'listConversations'>,
  { summaries }: LiveConversations,
): Promise<Found[]> {
  const stored = await store.listConversations(filterOf(asked));
  const known = new Set(stored.map(({ id }) => id));
  const others = summaries.filter(({ id }) => !known.has(id));
  return [...stored, ...others]
    .filter((conversation) => isInScope(conversation, asked))
    .sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.updatedAt - a.updatedAt)
    .map((conversation) => ({ conversation }));
}

async function searched(
  query: string,
  asked: HistoryQuery,
  store: Pick<ConversationStore, 'searchConversations'>,
  live: LiveConversations,
): Promise<Found[]> {
  const hits = await store.searchConversations(query, filterOf(asked));
  const found = new Map<string, Found>();
  for (const { conversation, turnId, excerpt, matches } of hits) {
    if (found.has(conversation.id) || !isInScope(conversation, asked)) continue;
    const hit = {
      ...(turnId === undefined ? {} : { turnId }),
      excerpt,
      matches: matches.map(([start, end]): [number, number] => [start, end]),
    };
    found.set(conversation.id, { conversation, hit });
  }
  // Those that are written down nowhere are found by their title.
  const wanted = query.toLowerCase();
  for (const conversation of live.summaries) {
    const isFound = conversation.title.toLowerCase().includes(wanted);
    if (isFound && !found.has(conversation.id) && isInScope(conversation, asked))
      found.set(conversation.id, { conversation });
  }
  return [...found.values()];
}

/** The store knows no filter for those without a workspace. */
function filterOf({ scope, workspace }: HistoryQuery): ConversationFilter {
  if (scope === 'all') return { limit: MAX_HISTORY_ITEMS };
  return workspace === undefined
    ? { limit: MAX_LOOKED_THROUGH }
    : { workspace, limit: MAX_HISTORY_ITEMS };
}

function isInScope({ workspace }: ConversationSummary, asked: HistoryQuery): boolean {
  return asked.scope === 'all' || workspace === asked.workspace;
}

/** "pulse", the folder's or workspace file's own name; nothing for the one that is open. */
function workspaceName(
  { workspace }: ConversationSummary,
  open: string | undefined,
  t: Translate,
): string | undefined {
  if (workspace === open) return undefined;
  if (workspace === undefined) return t('no folder');
  const name = workspace.replace(/\/+$/, '').split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name).replace(/\.code-workspace$/, '');
  } catch {
    return name;
  }
}
