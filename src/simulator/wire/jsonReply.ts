import type { ServerResponse } from 'node:http';
import { sleep } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { assertNever } from '../../base/assertNever';
import { ApiProblem } from '../apiProblem';
import type { ApiErrorType } from '../apiProblem';
import type { Fault } from '../faults/fault';

const STATUS_BY_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
} satisfies Partial<Record<ApiErrorType, number>>;

interface JsonReplyOptions {
  readonly faults: readonly Fault[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ends the connection before the answer is whole. */
  readonly cut: (how: 'reset' | 'close') => Promise<void>;
}

/** What an `error` fault is where there is no stream: an answer with that error's status. */
export function errorInsteadOf(faults: readonly Fault[]): ApiProblem | undefined {
  const fault = faults.find((candidate) => candidate.kind === 'error');
  return fault && new ApiProblem(STATUS_BY_TYPE[fault.type] ?? 500, fault.message);
}

/** Sends a body whose headers have been set, with what the stream faults mean for it: half the body takes their place. */
export async function sendJsonBody(
  response: ServerResponse,
  body: Buffer,
  options: JsonReplyOptions,
): Promise<void> {
  const { signal, clock } = options;
  const half = Math.floor(body.length / 2);
  response.setHeader('content-length', body.length);
  let sent = 0;
  const sendUntil = (end: number): void => {
    if (end > sent) response.write(body.subarray(sent, end));
    sent = Math.max(sent, end);
  };
  for (const fault of options.faults) {
    switch (fault.kind) {
      case 'status':
      case 'stop':
      case 'error':
        break;
      case 'stall':
        if (fault.at === 'headers') break;
        response.flushHeaders();
        if (fault.at === 'stream') sendUntil(half);
        await sleep(fault.ms, signal, clock);
        break;
      case 'drip':
        while (sent < body.length) {
          sendUntil(Math.min(body.length, sent + fault.bytes));
          await sleep(fault.ms, signal, clock);
        }
        break;
      case 'reset':
        if (fault.at === 'headers') break;
        sendUntil(half);
        await options.cut('reset');
        return;
      case 'cut':
      case 'truncate':
        sendUntil(half);
        await options.cut('close');
        return;
      default:
        assertNever(fault);
    }
  }
  response.end(body.subarray(sent));
}
