import type { Facts } from '../../engine/diagnostics/cause';
import type { Engine } from '../../engine/engine';
import type { Chats } from '../chat/chats';
import { formatBytes, formatCount } from '../format';
import type { Translate } from '../translate';

/** What the extension holds itself and can count. */
export interface HeldParts {
  readonly conversations: number;
  readonly connections: number;
  /** Nodes of the document of each chat page that is in sight and answered. */
  readonly pageNodes: readonly number[];
  /** Changes that wait for chat pages to paint what they have, bytes. */
  readonly heldBytes: number;
  /** Measurements that are not written down yet. */
  readonly unwritten: number;
  /** Who listens to events of the engine and its metrics. */
  readonly engineListeners: number;
  /** Who listens to events of the chats. */
  readonly chatListeners: number;
}

export interface Holders {
  readonly engine: Engine;
  /** `undefined` where no chat was needed yet. */
  readonly chats: Chats | undefined;
  /** Measurements that are not written down yet. */
  readonly unwritten: number;
}

/** Counts what is held now. Asks the pages, for a second at most. Never rejects. */
export async function heldParts({ engine, chats, unwritten }: Holders): Promise<HeldParts> {
  const pages = await chats?.measurePages();
  return {
    conversations: chats?.hub.summaries.length ?? 0,
    connections: engine.models.connectionStats.open,
    pageNodes: pages?.nodes ?? [],
    heldBytes: pages?.heldBytes ?? 0,
    unwritten,
    engineListeners: engine.listenerCount,
    chatListeners: chats?.hub.listenerCount ?? 0,
  };
}

/** What is held, nothing, how much of it. */
export function heldRows(
  held: HeldParts,
  { health, metrics }: Pick<Facts, 'health' | 'metrics'>,
  t: Translate,
): string[][] {
  const { entries, bytes } = health.cache;
  return [
    [t('Conversations held'), '', formatCount(held.conversations)],
    [t('Kept answers in memory'), '', `${formatCount(entries)} (${formatBytes(bytes)})`],
    [t('Open connections'), '', formatCount(held.connections)],
    [t('Requests remembered'), '', formatCount(metrics.recent.length)],
    ...nodeRows(held.pageNodes, t),
    [t('Changes waiting for chat pages'), '', formatBytes(held.heldBytes)],
    [t('Measurements not written yet'), '', formatCount(held.unwritten)],
    [t('Listeners to the engine'), '', formatCount(held.engineListeners)],
    [t('Listeners to the chats'), '', formatCount(held.chatListeners)],
  ];
}

/** One figure for each page; no row where no page is in sight. */
function nodeRows(pageNodes: readonly number[], t: Translate): string[][] {
  if (pageNodes.length === 0) return [];
  return [[t('DOM nodes of each chat page in sight'), '', pageNodes.map(formatCount).join(' · ')]];
}
