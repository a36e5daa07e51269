import { ERROR_KINDS } from '../types';
import type { ErrorKind } from '../types';

/** Failures that say nothing about how available the service is: the request, the account, the key or this machine is at fault. */
const OWN_FAULTS: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'invalid_input',
  'invalid_request',
  'authentication',
  'billing',
  'permission',
  'not_found',
  'request_too_large',
  'spend_limit',
  'budget',
  'queue_full',
  'no_key',
  'offline',
  'aborted',
  'internal',
]);

/** Whether a turn that failed so counts against the service's availability. */
export function isServiceFault(kind: ErrorKind): boolean {
  return !OWN_FAULTS.has(kind);
}

/** Likewise of a kind as the history names it; a name that is none does not. */
export function isNamedServiceFault(name: string | undefined): boolean {
  const kind = ERROR_KINDS.find((known) => known === name);
  return kind !== undefined && isServiceFault(kind);
}
