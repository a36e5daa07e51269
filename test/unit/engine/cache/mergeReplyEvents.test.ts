import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeReplyEvents } from '../../../../src/engine/cache/mergeReplyEvents';
import type { ErrorInfo, ReplyEvent } from '../../../../src/engine/types';

const error: ErrorInfo = {
  kind: 'overloaded',
  message: 'Overloaded.',
  status: 529,
  requestId: undefined,
  retryable: true,
  retryAfterMs: undefined,
};
const text = (text: string): ReplyEvent => ({ type: 'text', text });
const thinking = (text: string): ReplyEvent => ({ type: 'thinking', text });
const attempt = (attempt: number): ReplyEvent => ({ type: 'attempt', attempt });
const retry = (attempt: number): ReplyEvent => ({
  type: 'retry',
  attempt,
  maxAttempts: 4,
  delayMs: 1_000,
  error,
});
const waiting = (reason: 'queue' | 'backoff'): ReplyEvent => ({ type: 'waiting', reason });
const resumed: ReplyEvent = { type: 'resumed', continuation: 1, error };
const fallback: ReplyEvent = { type: 'fallback', endpointId: 'b', model: 'm', error };
const tool: ReplyEvent = { type: 'tool_use', id: 'x', name: 'y', input: {} };

describe('mergeReplyEvents', () => {
  it('joins adjacent text and adjacent thinking', () => {
    const events = [thinking('a'), thinking('b'), text('c'), text('d'), tool, text('e')];
    expect(mergeReplyEvents(events)).toEqual([thinking('ab'), text('cd'), tool, text('e')]);
  });

  it('drops thinking that a retry made void, and the retry once it is over', () => {
    const failed = [attempt(1), thinking('wrong'), retry(1), waiting('backoff')];
    expect(mergeReplyEvents(failed)).toEqual([attempt(1), retry(1), waiting('backoff')]);
    const again = [...failed, waiting('queue'), attempt(2), thinking('right')];
    expect(mergeReplyEvents(again)).toEqual([attempt(2), thinking('right')]);
  });

  it('keeps thinking of before the attempt that is retried', () => {
    const events = [attempt(1), thinking('kept'), attempt(2), thinking('void'), retry(2)];
    expect(mergeReplyEvents(events)).toEqual([thinking('kept'), attempt(2), retry(2)]);
  });

  it('keeps thinking of before the text or the break that no retry goes back behind', () => {
    const spoken = [attempt(1), thinking('kept'), text('a'), thinking('void'), retry(1)];
    expect(mergeReplyEvents(spoken)).toEqual([attempt(1), thinking('kept'), text('a'), retry(1)]);
    expect(mergeReplyEvents([attempt(1), thinking('kept'), resumed, retry(1)])).toEqual([
      attempt(1),
      thinking('kept'),
      resumed,
      retry(1),
    ]);
  });

  it('keeps only the wait that goes on now', () => {
    expect(mergeReplyEvents([waiting('backoff'), waiting('queue')])).toEqual([waiting('queue')]);
    expect(mergeReplyEvents([waiting('queue'), attempt(1)])).toEqual([attempt(1)]);
  });

  it('keeps only the last of retries that never got to an attempt', () => {
    const events = [attempt(1), retry(1), waiting('backoff'), retry(2), waiting('queue')];
    expect(mergeReplyEvents(events)).toEqual([attempt(1), retry(2), waiting('queue')]);
  });

  it('keeps the seam of a continuation where it is', () => {
    const events = [attempt(1), text('a'), resumed, attempt(2), text('b')];
    expect(mergeReplyEvents(events)).toEqual([text('a'), resumed, attempt(2), text('b')]);
  });

  it('gives the same in steps as at once, and leads to the same text and thinking', () => {
    const letter = fc.constantFrom('a', 'b');
    const event = fc.oneof(
      letter.map(text),
      letter.map(thinking),
      fc.constantFrom(attempt(1), attempt(2), retry(1), waiting('queue'), waiting('backoff')),
      fc.constantFrom(resumed, tool, fallback),
    );
    fc.assert(
      fc.property(fc.array(event), fc.array(event), fc.array(event), (a, b, later) => {
        const merged = mergeReplyEvents([...a, ...b]);
        expect(mergeReplyEvents([...mergeReplyEvents(a), ...b])).toEqual(merged);
        expect(seenBy([...merged, ...later])).toEqual(seenBy([...a, ...b, ...later]));
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

const KEEPS: ReadonlySet<string> = new Set(['attempt', 'text', 'resumed']);

/** What a reader has in the end. */
function seenBy(events: readonly ReplyEvent[]): unknown {
  let shownText = '';
  let shownThinking = '';
  let atAttempt = '';
  let now: ReplyEvent | undefined;
  for (const event of events) {
    if (event.type === 'text') shownText += event.text;
    if (event.type === 'thinking') shownThinking += event.text;
    if (KEEPS.has(event.type)) atAttempt = shownThinking;
    if (event.type === 'retry') shownThinking = atAttempt;
    now = event.type === 'waiting' || event.type === 'retry' ? event : undefined;
  }
  return { shownText, shownThinking, now };
}
