import { EngineError } from '../errors';
import { causeChain, errorCode, hostOf, originOf, safeCause } from './errorText';
import type { ErrorContext, Finding } from './errorText';
import { proxyFinding } from './proxyErrors';
import { tlsMessage } from './tlsErrors';

/** How far the request had come when the connection failed. */
export type NetworkPhase = 'before_answer' | 'in_answer';

type Describe = (code: string, context: ErrorContext) => Finding;

const cut: Describe = (code, context) => ({
  kind: 'network',
  message: `The connection to ${hostOf(context.endpoint)} was cut (${code}). Try again; if it happens often, check the network and any proxy on the way.`,
});

const cutInAnswer: Describe = (code, context) => ({
  kind: 'truncated',
  message: `The connection to ${hostOf(context.endpoint)} was cut in the middle of the answer (${code}). Try again; if it happens often, check the network and any proxy on the way.`,
});

const unknownName: Describe = (code, context) => ({
  kind: 'offline',
  message: `The name of ${hostOf(context.endpoint)} was not found (${code}): either there is no network, or the name is wrong. Check the network connection and the base URL.`,
});

const offline: Describe = (code, context) => ({
  kind: 'offline',
  message: `There is no way to ${hostOf(context.endpoint)} (${code}): either there is no network, or the address is wrong. Check the network connection and the base URL.`,
});

const connectTimeout: Describe = (code, context) => ({
  kind: 'timeout_connect',
  message: `No connection to ${originOf(context.endpoint)} in time (${code}). Check the network, the proxy and the base URL.`,
});

const notHttp: Describe = (code, context) => ({
  kind: 'protocol',
  message: `What answers at ${originOf(context.endpoint)} does not speak HTTP (${code}). Check the base URL.`,
});

/** Node's, undici's and llhttp's codes. */
const BY_CODE: Readonly<Record<string, Describe>> = {
  ECONNREFUSED: (_code, context) => ({
    kind: 'network',
    message: `Nothing answers at ${originOf(context.endpoint)} (connection refused). Start the server or change the base URL.`,
  }),
  ECONNRESET: cut,
  ECONNABORTED: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  UND_ERR_CLOSED: cut,
  UND_ERR_DESTROYED: cut,
  ENOTFOUND: unknownName,
  EAI_AGAIN: unknownName,
  EAI_FAIL: unknownName,
  EAI_NODATA: unknownName,
  EHOSTUNREACH: offline,
  ENETUNREACH: offline,
  ENETDOWN: offline,
  EADDRNOTAVAIL: offline,
  ETIMEDOUT: connectTimeout,
  UND_ERR_CONNECT_TIMEOUT: connectTimeout,
  UND_ERR_HEADERS_TIMEOUT: (code, context) => ({
    kind: 'timeout_first_event',
    message: `${hostOf(context.endpoint)} took the request and did not answer in time (${code}). Try again, or choose a faster model.`,
  }),
  UND_ERR_BODY_TIMEOUT: (code, context) => ({
    kind: 'timeout_idle',
    message: `The answer from ${hostOf(context.endpoint)} stopped arriving (${code}). Try again.`,
  }),
  ERR_INVALID_URL: () => ({
    kind: 'invalid_input',
    message: 'The base URL is not a valid address. Set one such as https://api.anthropic.com.',
  }),
};

/** Codes of an answer that ended before its announced end, or whose connection did. */
const CUT_SHORT: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
]);

/**
 * The typed error for a request that got no whole answer. Looks at the codes along the chain of causes, innermost first: the outer
 * ones say only "fetch failed".
 */
export function networkError(
  error: unknown,
  phase: NetworkPhase,
  context: ErrorContext,
): EngineError {
  const chain = causeChain(error);
  const { kind, message, retryable } = find(chain, phase, context);
  return new EngineError(kind, message, {
    cause: safeCause(error, context),
    ...(retryable === undefined ? {} : { retryable }),
  });
}

/** The error of a stream that stopped before its end. */
export function truncatedMessage(context: ErrorContext): string {
  return `The answer from ${hostOf(context.endpoint)} stopped before its end. Try again.`;
}

function find(chain: readonly Error[], phase: NetworkPhase, context: ErrorContext): Finding {
  const atProxy = proxyFinding(chain, context);
  if (atProxy) return atProxy;
  for (const error of chain.toReversed()) {
    const code = errorCode(error);
    if (code === undefined) continue;
    if (phase === 'in_answer' && CUT_SHORT.has(code)) return cutInAnswer(code, context);
    const handshake = tlsMessage(code, context);
    if (handshake !== undefined) return { kind: 'tls', message: handshake };
    if (code.startsWith('HPE_')) return notHttp(code, context);
    const describe = BY_CODE[code];
    if (describe) return describe(code, context);
  }
  return withoutCode(chain, context);
}

/** undici gives no code of its own for this one. */
function withoutCode(chain: readonly Error[], context: ErrorContext): Finding {
  if (chain.some((error) => error.message === 'bad port')) {
    return {
      kind: 'invalid_input',
      message: `The port in ${originOf(context.endpoint)} is one that web requests must not use. Change the base URL.`,
    };
  }
  return {
    kind: 'network',
    message: `The connection to ${originOf(context.endpoint)} failed. Check the network, the proxy and the base URL.`,
  };
}
