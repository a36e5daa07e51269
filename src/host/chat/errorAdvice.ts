import type { ErrorKind } from '../../engine/types';
import type { PanelAction, RetryPlace } from '../../protocol/turn';
import type { Translate } from '../translate';

/** What a kind of failure means to the reader. */
export interface ErrorAdvice {
  /** What happened, in a few words. */
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly advice: string;
  readonly actions: readonly PanelAction[];
  /** Where "Retry" stands among what can be done: `last` where it helps only once the advice is followed. */
  readonly retry: RetryPlace;
}

/** All that a person reads about each kind of failure. */
export const ERROR_ADVICE: Readonly<Record<ErrorKind, (t: Translate) => ErrorAdvice>> = {
  invalid_input: (t) => ({
    title: t('The question cannot be sent like this'),
    advice: t('Change the question or the settings.'),
    actions: ['openSettings'],
    retry: 'last',
  }),
  invalid_request: (t) => ({
    title: t('The server did not accept the request'),
    advice: t('Another model or other settings may help.'),
    actions: ['selectModel', 'openSettings'],
    retry: 'never',
  }),
  authentication: (t) => ({
    title: t('The API key was refused'),
    advice: t('Replace the key; the question is then sent again by itself.'),
    actions: ['setApiKey'],
    retry: 'last',
  }),
  billing: (t) => ({
    title: t('The account has a billing problem'),
    advice: t('Check the credit and the payment of the account, then retry.'),
    actions: [],
    retry: 'first',
  }),
  permission: (t) => ({
    title: t('This key may not do that'),
    advice: t('Choose another model, or use a key with more rights.'),
    actions: ['selectModel', 'setApiKey'],
    retry: 'last',
  }),
  not_found: (t) => ({
    title: t('The model or the address is not known there'),
    advice: t('Choose another model, or check the base URL in the settings.'),
    actions: ['selectModel', 'openSettings'],
    retry: 'last',
  }),
  request_too_large: (t) => ({
    title: t('The conversation is too long to be sent'),
    advice: t('Start a new chat, or send a shorter question.'),
    actions: ['newChat'],
    retry: 'never',
  }),
  rate_limit: (t) => ({
    title: t('The rate limit is reached'),
    advice: t('Retry in a while, or choose another model: limits are counted by model family.'),
    actions: ['selectModel'],
    retry: 'first',
  }),
  spend_limit: (t) => ({
    title: t('A spending limit is reached'),
    advice: t('Waiting does not lift it: raise the limit of the account, or use another key.'),
    actions: ['setApiKey'],
    retry: 'last',
  }),
  budget: (t) => ({
    title: t('The budget is spent'),
    advice: t(
      'Nothing was sent. Let questions through until midnight and retry, or raise the budget in the settings.',
    ),
    actions: ['allowSpending', 'openSettings'],
    retry: 'last',
  }),
  overloaded: (t) => ({
    title: t('The service is overloaded'),
    advice: t('Retry in a while, or choose another model.'),
    actions: ['selectModel'],
    retry: 'first',
  }),
  api: (t) => ({
    title: t('The service had a fault'),
    advice: t('Retry in a while.'),
    actions: [],
    retry: 'first',
  }),
  timeout_connect: (t) => ({
    title: t('No connection in time'),
    advice: t('Check the network, the proxy and the base URL, then retry.'),
    actions: ['openSettings', 'diagnose'],
    retry: 'first',
  }),
  timeout_first_event: (t) => ({
    title: t('The reply did not start in time'),
    advice: t('Retry; for long inputs the limit can be raised in the settings.'),
    actions: ['openSettings'],
    retry: 'first',
  }),
  timeout_idle: (t) => ({
    title: t('The reply stopped coming'),
    advice: t('Retry, or raise the limit in the settings.'),
    actions: ['openSettings'],
    retry: 'first',
  }),
  network: (t) => ({
    title: t('The server cannot be reached'),
    advice: t('Check the network, the proxy and the base URL, then retry.'),
    actions: ['openSettings', 'diagnose'],
    retry: 'first',
  }),
  offline: (t) => ({
    title: t('No connection to the network'),
    advice: t('Check the network connection, then retry.'),
    actions: [],
    retry: 'first',
  }),
  proxy: (t) => ({
    title: t('The proxy did not let the request through'),
    advice: t("Check the proxy settings of VS Code (http.proxy) and the proxy's sign-in."),
    actions: ['diagnose'],
    retry: 'first',
  }),
  tls: (t) => ({
    title: t('The secure connection failed'),
    advice: t(
      "A proxy's certificate may be missing: VS Code uses those of the operating system (http.systemCertificates).",
    ),
    actions: ['showLog', 'diagnose'],
    retry: 'first',
  }),
  truncated: (t) => ({
    title: t('The reply broke off'),
    advice: t('The connection ended before the reply did.'),
    actions: [],
    retry: 'first',
  }),
  protocol: (t) => ({
    title: t('The answer is not from a Messages API'),
    advice: t('Check the base URL in the settings: a proxy or another service answers there.'),
    actions: ['openSettings', 'showLog'],
    retry: 'first',
  }),
  queue_full: (t) => ({
    title: t('Too many requests are waiting'),
    advice: t('Nothing was sent. Retry when some of them have ended.'),
    actions: [],
    retry: 'first',
  }),
  circuit_open: (t) => ({
    title: t('The server is down for now'),
    advice: t('It is tried again by itself. Retry later, or choose another model.'),
    actions: ['selectModel'],
    retry: 'first',
  }),
  no_key: (t) => ({
    title: t('No API key is set'),
    advice: t('Set a key, and the question is sent by itself; or try the demo without one.'),
    actions: ['setApiKey', 'tryDemo'],
    retry: 'last',
  }),
  aborted: (t) => ({ title: t('Stopped'), advice: '', actions: [], retry: 'first' }),
  internal: (t) => ({
    title: t('Pulse made a mistake'),
    advice: t('The log tells more. The question is kept.'),
    actions: ['showLog'],
    retry: 'first',
  }),
};
