import { assertNever } from '../../base/assertNever';
import type { ErrorInfo, ErrorKind } from '../../engine/types';
import type { ActionButton, PanelAction, TurnErrorView } from '../../protocol/turn';
import { formatMs, formatTime } from '../format';
import type { Translate } from '../translate';
import { ERROR_ADVICE } from './errorAdvice';

export interface ErrorContext {
  /** Requests that were sent for the turn; 0 when it never got that far. */
  readonly attempts: number;
  /** Whether some of the reply had arrived. */
  readonly partial: boolean;
  /** When it failed, ms since 1970; `undefined` when that is not known any more. */
  readonly at: number | undefined;
}

/** What is over sooner needs no button. */
const LEAST_WAIT_MS = 5_000;

/** What a failed turn shows: what happened, what the server said, whether it was retried, what to do. */
export function describeError(
  error: ErrorInfo,
  context: ErrorContext,
  t: Translate,
): TurnErrorView {
  const text = ERROR_ADVICE[error.kind](t);
  // Without words of the server's the engine's own say all of it, what to do and the tries included.
  const sentences =
    error.said === undefined
      ? [sentence(error.message)]
      : [sentence(error.said), retriedSentence(context.attempts, t), text.advice];
  const wait = waitLabel(error, context, t);
  if (error.retryAfterMs !== undefined && error.retryable && error.said !== undefined) {
    sentences.push(t('The server asks to wait {0}.', formatMs(error.retryAfterMs)));
  }
  if (context.partial) {
    sentences.push(t('What had arrived is kept; Continue goes on from there.'));
  }
  return {
    kind: error.kind,
    title: error.status === undefined ? text.title : `${text.title} (${error.status})`,
    detail: sentences.filter(Boolean).join(' '),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    retry: text.retry === 'never' && error.retryable ? 'first' : text.retry,
    ...(wait === undefined ? {} : { wait }),
    actions: text.actions.map((action) => button(action, error.kind, t)),
  };
}

/** "Wait until 14:05", where the server named a moment. */
function waitLabel(error: ErrorInfo, { at }: ErrorContext, t: Translate): string | undefined {
  const { retryAfterMs } = error;
  if (at === undefined || retryAfterMs === undefined || retryAfterMs < LEAST_WAIT_MS) {
    return undefined;
  }
  return error.retryable ? t('Wait until {0}', formatTime(at + retryAfterMs, at)) : undefined;
}

function sentence(message: string): string {
  const trimmed = message.trim();
  return trimmed === '' || /[.!?…。！？][)\]"'”’»]*$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

function retriedSentence(attempts: number, t: Translate): string {
  if (attempts === 2) return t('It was tried again once.');
  if (attempts > 2) return t('It was tried again {0} times.', attempts - 1);
  return '';
}

function button(action: PanelAction, kind: ErrorKind, t: Translate): ActionButton {
  const replaces = action === 'setApiKey' && kind === 'authentication';
  return { action, label: replaces ? t('Replace API Key') : actionLabel(action, t) };
}

export function actionLabel(action: PanelAction, t: Translate): string {
  switch (action) {
    case 'setApiKey':
      return t('Set API Key');
    case 'tryDemo':
      return t('Try the Demo');
    case 'useLocalServer':
      return t('Use a Local Server');
    case 'openSettings':
      return t('Open Settings');
    case 'showLog':
      return t('Show Log');
    case 'selectModel':
      return t('Choose Model');
    case 'newChat':
      return t('New Chat');
    case 'addContext':
      return t('Add Context');
    case 'addFiles':
      return t('Add Files');
    case 'importChats':
      return t('Import Chats');
    case 'exportChat':
      return t('Export Chat');
    case 'deleteAllChats':
      return t('Delete All Chats');
    case 'allowSpending':
      return t('Allow Until Midnight');
    case 'diagnose':
      return t('Diagnose');
    default:
      return assertNever(action);
  }
}

/** A failure in a few words. */
export function errorTitle(kind: ErrorKind, t: Translate): string {
  return ERROR_ADVICE[kind](t).title;
}
