import { EngineError } from '../errors';
import type { ErrorKind } from '../types';
import { causeChain, errorCode, hostOf, originOf, safeCause, type ErrorContext } from './errorText';

/** How far the request had come when the connection failed. */
export type NetworkPhase = 'before_answer' | 'in_answer';

interface Finding {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly retryable?: boolean;
}

type Describe = (code: string, context: ErrorContext) => Finding;

const cut: Describe = (code, context) => ({
  kind: 'network',
  message: `The connection to ${hostOf(context.endpoint)} was cut (${code}). Try again; if it happens often, check the network and any proxy on the way.`,
});

const unknownName: Describe = (code, context) => ({
  kind: 'network',
  message: `The name of ${hostOf(context.endpoint)} was not found (${code}). Check the network connection and the base URL.`,
});

const offline: Describe = (code, context) => ({
  kind: 'network',
  message: `There is no way to ${hostOf(context.endpoint)} (${code}). Check the network connection.`,
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

/** How a certificate or handshake failure is named by Node and OpenSSL. */
const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CRL_|EPROTO$|UND_ERR_PRX_TLS)/;

/** Codes of an answer that ended before its announced end. */
const CUT_SHORT: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
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
  for (const error of chain.toReversed()) {
    const code = errorCode(error);
    if (code === undefined) continue;
    if (phase === 'in_answer' && CUT_SHORT.has(code)) {
      return { kind: 'truncated', message: truncatedMessage(context) };
    }
    if (TLS_CODE.test(code)) return tls(code, context);
    if (code.startsWith('HPE_')) return notHttp(code, context);
    const describe = BY_CODE[code];
    if (describe) return describe(code, context);
  }
  return withoutCode(chain, context);
}

/** undici gives no code of its own for these two. */
function withoutCode(chain: readonly Error[], context: ErrorContext): Finding {
  if (chain.some((error) => /proxy response \(407\)/i.test(error.message))) {
    return {
      kind: 'network',
      message:
        'The proxy asks for a user name and password (407). Set them in the proxy settings of VS Code.',
      retryable: false,
    };
  }
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

function tls(code: string, context: ErrorContext): Finding {
  const wrongScheme = code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER';
  const advice = wrongScheme
    ? 'If the server speaks plain HTTP, start the base URL with http://.'
    : 'If a company proxy inspects traffic, its certificate must be installed in the operating system; a self-signed server needs its certificate there, too.';
  return {
    kind: 'tls',
    message: `No secure connection to ${hostOf(context.endpoint)}: its certificate or handshake was not accepted (${code}). ${advice}`,
  };
}
