import type { ErrorKind } from '../../engine/types';
import type { PanelAction } from '../../protocol/chat';
import type { Translate } from '../translate';

/** What a kind of failure means to the reader. */
export interface ErrorAdvice {
  /** What happened, in a few words. */
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly advice: string;
  readonly actions: readonly PanelAction[];
  /** Whether sending the question again may help once the advice is followed. */
  readonly retry: boolean;
}

/** All that a person reads about each kind of failure. */
export const ERROR_ADVICE: Readonly<Record<ErrorKind, (t: Translate) => ErrorAdvice>> = {
  invalid_input: (t) => ({
    title: t('The question cannot be sent like this'),
    advice: t('Change the question or the settings.'),
    actions: ['openSettings'],
    retry: true,
  }),
  invalid_request: (t) => ({
    title: t('The server did not accept the request'),
    advice: t('Another model or other settings may help.'),
    actions: ['selectModel', 'openSettings'],
    retry: false,
  }),
  authentication: (t) => ({
    title: t('The API key was refused'),
    advice: t('Replace the key; the question is then sent again by itself.'),
    actions: ['setApiKey'],
    retry: true,
  }),
  billing: (t) => ({
    title: t('The account has a billing problem'),
    advice: t('Check the credit and the payment of the account, then retry.'),
    actions: [],
    retry: true,
  }),
  permission: (t) => ({
    title: t('This key may not do that'),
    advice: t('Choose another model, or use a key with more rights.'),
    actions: ['selectModel', 'setApiKey'],
    retry: true,
  }),
  not_found: (t) => ({
    title: t('The model or the address is not known there'),
    advice: t('Choose another model, or check the base URL in the settings.'),
    actions: ['selectModel', 'openSettings'],
    retry: true,
  }),
  request_too_large: (t) => ({
    title: t('The conversation is too long to be sent'),
    advice: t('Start a new chat, or send a shorter question.'),
    actions: ['newChat'],
    retry: false,
  }),
  rate_limit: (t) => ({
    title: t('The rate limit is reached'),
    advice: t('Retry in a while, or choose another model: limits are counted by model family.'),
    actions: ['selectModel'],
    retry: true,
  }),
  spend_limit: (t) => ({
    title: t('A spending limit is reached'),
    advice: t('Waiting does not lift it: raise the limit of the account, or use another key.'),
    actions: ['setApiKey'],
    retry: true,
  }),
  overloaded: (t) => ({
    title: t('The service is overloaded'),
    advice: t('Retry in a while, or choose another model.'),
    actions: ['selectModel'],
    retry: true,
  }),
  api: (t) => ({
    title: t('The service had a fault'),
    advice: t('Retry in a while.'),
    actions: [],
    retry: true,
  }),
  timeout_connect: (t) => ({
    title: t('No connection in time'),
    advice: t('Check the network, the proxy and the base URL, then retry.'),
    actions: ['openSettings'],
    retry: true,
  }),
  timeout_first_event: (t) => ({
    title: t('The reply did not start in time'),
    advice: t('Retry; for long inputs the limit can be raised in the settings.'),
    actions: ['openSettings'],
    retry: true,
  }),
  timeout_idle: (t) => ({
    title: t('The reply stopped coming'),
    advice: t('Retry, or raise the limit in the settings.'),
    actions: ['openSettings'],
    retry: true,
  }),
  network: (t) => ({
    title: t('The server cannot be reached'),
    advice: t('Check the network, the proxy and the base URL, then retry.'),
    actions: ['openSettings'],
    retry: true,
  }),
  offline: (t) => ({
    title: t('No connection to the network'),
    advice: t('Check the network connection, then retry.'),
    actions: [],
    retry: true,
  }),
  proxy: (t) => ({
    title: t('The proxy did not let the request through'),
    advice: t("Check the proxy settings of VS Code (http.proxy) and the proxy's sign-in."),
    actions: [],
    retry: true,
  }),
  tls: (t) => ({
    title: t('The secure connection failed'),
    advice: t(
      "A proxy's certificate may be missing: VS Code uses those of the operating system (http.systemCertificates).",
    ),
    actions: ['showLog'],
    retry: true,
  }),
  truncated: (t) => ({
    title: t('The reply broke off'),
    advice: t('The connection ended before the reply did.'),
    actions: [],
    retry: true,
  }),
  protocol: (t) => ({
    title: t('The answer is not from a Messages API'),
    advice: t('Check the base URL in the settings: a proxy or another service answers there.'),
    actions: ['openSettings', 'showLog'],
    retry: true,
  }),
  queue_full: (t) => ({
    title: t('Too many requests are waiting'),
    advice: t('Nothing was sent. Retry when some of them have ended.'),
    actions: [],
    retry: true,
  }),
  circuit_open: (t) => ({
    title: t('The server is down for now'),
    advice: t('It is tried again by itself. Retry later, or choose another model.'),
    actions: ['selectModel'],
    retry: true,
  }),
  no_key: (t) => ({
    title: t('No API key is set'),
    advice: t('Set a key, and the question is sent by itself; or try the demo without one.'),
    actions: ['setApiKey', 'tryDemo'],
    retry: true,
  }),
  aborted: (t) => ({ title: t('Stopped'), advice: '', actions: [], retry: true }),
  internal: (t) => ({
    title: t('Pulse made a mistake'),
    advice: t('The log tells more. The question is kept.'),
    actions: ['showLog'],
    retry: true,
  }),
};
