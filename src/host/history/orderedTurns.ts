import type { Translate } from '../translate';
import { ConversationProblem, shortened } from './importProblem';

interface Linked {
  readonly id: string;
  readonly parentId: string | undefined;
}

/**
 * The turns in an order in which each comes after the one that it follows, and otherwise as they were. One that follows a turn that
 * is not among them becomes a first one.
 * @throws ConversationProblem when two have one id, or turns follow each other in a circle
 */
export function orderedTurns<T extends Linked>(turns: readonly T[], t: Translate): T[] {
  const byId = new Map<string, T>();
  for (const turn of turns) {
    if (byId.has(turn.id)) {
      throw new ConversationProblem(t('two messages have the id “{0}”.', shortened(turn.id)));
    }
    byId.set(turn.id, turn);
  }
  const placed = new Set<T>();
  for (const turn of turns) {
    // From the turn up to one that has its place already, then down again.
    const chain: T[] = [];
    const inChain = new Set<T>();
    for (let next: T | undefined = turn; next && !placed.has(next);) {
      if (inChain.has(next)) {
        throw new ConversationProblem(t('message “{0}” follows itself.', shortened(next.id)));
      }
      inChain.add(next);
      chain.push(next);
      next = next.parentId === undefined ? undefined : byId.get(next.parentId);
    }
    for (const each of chain.toReversed()) placed.add(each);
  }
  return Array.from(placed, (turn) =>
    turn.parentId === undefined || byId.has(turn.parentId)
      ? turn
      : { ...turn, parentId: undefined },
  );
}
