import { sleep } from '../base/abort';
import type { Clock } from '../base/clock';
import { errorBody, invalid } from './apiProblem';
import type { Exchange } from './exchange';
import type { Fault, StatusFault } from './faults/fault';
import { SpecError } from './specText';

/** Throws what is wrong with a fault or shape in a request as a 400. */
export function readSpec<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SpecError) throw invalid(`simulator: ${error.message}`);
    throw error;
  }
}

function sendStatusFault(
  exchange: Exchange,
  fault: StatusFault,
  rateHeaders: readonly (readonly [string, string])[],
): void {
  const { status, type, message, details } = fault;
  const headers = [...(status === 429 ? rateHeaders : []), ...fault.headers];
  if (fault.body !== undefined) {
    exchange.sendText(status, fault.body, [['content-type', 'application/json'], ...headers]);
  } else {
    exchange.sendJson(status, errorBody(type, message, exchange.requestId, details), headers);
  }
}

/** Stalls and fails a request before its answer starts. Whether it was answered by that. */
export async function applyEarlyFaults(
  exchange: Exchange,
  faults: readonly Fault[],
  clock: Clock,
  rateHeaders: readonly (readonly [string, string])[],
): Promise<boolean> {
  for (const fault of faults) {
    if (fault.kind === 'stall' && fault.at === 'headers') {
      await sleep(fault.ms, exchange.signal, clock);
    } else if (fault.kind === 'status') {
      sendStatusFault(exchange, fault, rateHeaders);
      return true;
    } else if (fault.kind === 'reset' && fault.at === 'headers') {
      await exchange.cut('reset');
      return true;
    }
  }
  return false;
}
