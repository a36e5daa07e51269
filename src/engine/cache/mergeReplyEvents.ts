import type { ReplyEvent } from '../types';

/**
 * What was told of a reply so far, made short for one who comes late: telling this, and then what follows, leaves them with the same
 * text, thinking and state as all who were there from the beginning.
 *
 * - Adjacent pieces of text are one, and so is adjacent thinking.
 * - Thinking that a `retry` made void is gone: all since the last `attempt`, `text` or `resumed`.
 * - Of all `attempt`s the last one stays, where it was, because the next `retry` reaches back to it.
 * - A `retry` or `waiting` stays only while it is what goes on now.
 *
 * Merging what was merged before together with what came since gives the same as merging all of it.
 */
export function mergeReplyEvents(events: readonly ReplyEvent[]): readonly ReplyEvent[] {
  return joined(withoutPast(withoutVoidThinking(events)));
}

function withoutVoidThinking(events: readonly ReplyEvent[]): ReplyEvent[] {
  let kept: ReplyEvent[] = [];
  let lastFirm = -1;
  for (const event of events) {
    if (event.type === 'attempt' || event.type === 'text' || event.type === 'resumed') {
      lastFirm = kept.length;
    }
    if (event.type === 'retry') {
      const before = lastFirm;
      kept = kept.filter(({ type }, index) => type !== 'thinking' || index < before);
    }
    kept.push(event);
  }
  return kept;
}

/** Without the attempts before the last one, and without waits and retries that are over. */
function withoutPast(events: readonly ReplyEvent[]): ReplyEvent[] {
  const lastAttempt = events.findLastIndex(({ type }) => type === 'attempt');
  const lastStep = events.findLastIndex((event) => !isPause(event));
  const lastRetry = events.findLastIndex(({ type }) => type === 'retry');
  return events.filter((event, index) => {
    if (event.type === 'attempt') return index === lastAttempt;
    if (!isPause(event)) return true;
    if (index < lastStep || index < lastRetry) return false;
    return event.type === 'retry' || index === events.length - 1;
  });
}

function isPause({ type }: ReplyEvent): boolean {
  return type === 'waiting' || type === 'retry';
}

function joined(events: readonly ReplyEvent[]): ReplyEvent[] {
  const result: ReplyEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type === 'text' && last?.type === 'text') {
      result[result.length - 1] = { type: 'text', text: last.text + event.text };
    } else if (event.type === 'thinking' && last?.type === 'thinking') {
      result[result.length - 1] = { type: 'thinking', text: last.text + event.text };
    } else {
      result.push(event);
    }
  }
  return result;
}
