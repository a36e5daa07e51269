import { assertNever } from '../../base/assertNever';
import type { TurnNote } from '../../engine/ports';
import type { ReplyEvent, ShapeNote } from '../../engine/types';
import { formatCount } from '../format';
import type { Translate } from '../translate';
import { errorTitle } from './errorTexts';

/** The quiet line while nothing moves. */
export interface Notice {
  readonly text: string;
  /** When that is expected to be over, ms since 1970. */
  readonly until: number | undefined;
}

/** The quiet lines of a turn: what happened on the way that the reader should know. */
export function noteTexts(notes: readonly TurnNote[], t: Translate): string[] {
  return notes.map((note) => noteText(note, t));
}

function noteText(note: TurnNote, t: Translate): string {
  switch (note.kind) {
    case 'shaped':
      return shapeText(note.note, t);
    case 'fallback':
      return t('Asked {0} at {1} instead', note.model, note.endpointId);
    case 'resumed':
      return note.times === 1
        ? t('The reply broke off and was gone on with')
        : t('The reply broke off {0} times and was gone on with', note.times);
    case 'served':
      return note.from === 'shared'
        ? t('Shared with the same question, which was under way')
        : t('From the cache: this answer was kept');
    default:
      return assertNever(note);
  }
}

function shapeText(note: ShapeNote, t: Translate): string {
  switch (note.kind) {
    case 'compacted':
      return t(
        '{0} characters of white space and repetition left out',
        formatCount(note.characters),
      );
    case 'dropped':
      return t(
        'The oldest {0} messages were not sent, so that the rest fits (about {1} tokens)',
        formatCount(note.messages),
        formatCount(note.tokens),
      );
    case 'summarised':
      return t(
        'The oldest {0} messages were sent as a summary, so that the rest fits (about {1} tokens saved)',
        formatCount(note.messages),
        formatCount(note.tokens),
      );
    default:
      return assertNever(note);
  }
}

type Waiting = Extract<ReplyEvent, { type: 'waiting' }>;

/** The quiet line while a turn waits. `now`: ms since 1970. */
export function waitingNotice(event: Waiting, now: number, t: Translate): Notice {
  const until = event.waitMs === undefined ? undefined : now + event.waitMs;
  return { text: waitingText(event, t), until };
}

function waitingText({ reason, limit, endpointId }: Waiting, t: Translate): string {
  switch (reason) {
    case 'queue':
      return t('Waiting for other requests to end');
    case 'pacing':
      return pacingText(limit, t);
    case 'backoff':
      return t('Trying again');
    case 'breaker':
      return t('{0} is down for now. Waiting until it can be tried again', endpointId ?? '');
    case 'offline':
      return t('No connection. Waiting for the network');
    case 'asked':
      return t('Waiting for as long as the server asked');
    default:
      return assertNever(reason);
  }
}

function pacingText(limit: Waiting['limit'], t: Translate): string {
  switch (limit) {
    case 'requests':
      return t('Waiting for the request limit');
    case 'input_tokens':
      return t('Waiting for the input-token limit');
    case 'output_tokens':
      return t('Waiting for the output-token limit');
    case undefined:
      return t('Waiting for the rate limit');
    default:
      return assertNever(limit);
  }
}

/** The quiet line while a turn waits for its next attempt. */
export function retryNotice(
  retry: Extract<ReplyEvent, { type: 'retry' }>,
  now: number,
  t: Translate,
): Notice {
  const text = t(
    '{0}. Trying again (attempt {1} of {2})',
    errorTitle(retry.error.kind, t),
    retry.attempt + 1,
    retry.maxAttempts,
  );
  return { text, until: now + retry.delayMs };
}

/** The quiet line while a question goes to another endpoint or model. */
export function fallbackNotice(
  { error, endpointId, model }: Extract<ReplyEvent, { type: 'fallback' }>,
  t: Translate,
): Notice {
  const text = t('{0}. Asking {1} at {2}', errorTitle(error.kind, t), model, endpointId);
  return { text, until: undefined };
}

/** The quiet line while a broken reply is gone on with. */
export function resumedNotice(
  { error }: Extract<ReplyEvent, { type: 'resumed' }>,
  t: Translate,
): Notice {
  const text = error
    ? t('{0}. Going on from there', errorTitle(error.kind, t))
    : t('Cut at the length limit. Going on from there');
  return { text, until: undefined };
}
