import type { EngineError } from '../errors';
import type { ErrorKind } from '../types';

/**
 * Whose fault a failed attempt was.
 * - `endpoint` it is broken or out of reach; `overload` it said that it is overloaded (529)
 * - `throttle` it works and has had enough of this key (429); `offline` this machine has no network
 * - `none` the request, the user, the way there (proxy, certificate) or Pulse: another attempt elsewhere or later tells nothing
 */
export type FaultClass = 'endpoint' | 'overload' | 'throttle' | 'offline' | 'none';

const FAULT_CLASSES: Readonly<Record<ErrorKind, FaultClass>> = {
  api: 'endpoint',
  timeout_connect: 'endpoint',
  timeout_first_event: 'endpoint',
  timeout_idle: 'endpoint',
  network: 'endpoint',
  truncated: 'endpoint',
  overloaded: 'overload',
  rate_limit: 'throttle',
  offline: 'offline',
  invalid_input: 'none',
  invalid_request: 'none',
  authentication: 'none',
  billing: 'none',
  permission: 'none',
  not_found: 'none',
  request_too_large: 'none',
  spend_limit: 'none',
  budget: 'none',
  proxy: 'none',
  tls: 'none',
  protocol: 'none',
  queue_full: 'none',
  circuit_open: 'none',
  no_key: 'none',
  aborted: 'none',
  internal: 'none',
};

/**
 * Whose fault it was. A first event that did not come in time is the endpoint's fault after a long prompt, too: the limit has
 * grown with the prompt by then, and an endpoint that hangs must be noticed by somebody who sends nothing but long prompts. One
 * prompt that really needs longer does no harm, because it is not repeated and the next success ends the row of failures.
 */
export function faultClass(error: EngineError): FaultClass {
  return FAULT_CLASSES[error.kind];
}

/** Whether such a failure tells that the endpoint is unwell. */
export function countsForBreaker(fault: FaultClass): boolean {
  return fault === 'endpoint' || fault === 'overload';
}
