import type { Endpoint } from '../types';
import { errorCode, hostOf } from './errorText';
import type { ErrorContext, Finding } from './errorText';

/**
 * How undici's ProxyAgent says that the proxy refused to open a tunnel, in VS Code's words for one of them ("?.==") too, and how it
 * says 407 for a plain request. It has no code of its own for it.
 */
const TUNNEL_REFUSED = /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((407)\)/;
/** How VS Code says that none of the proxies it knows opened a connection. */
const NO_PROXY_ANSWERED = /^Failed to establish a socket connection to proxies/;

const WHERE =
  'Check http.proxy in the settings of VS Code, or HTTPS_PROXY and NO_PROXY in its environment.';

/**
 * What a failure says of a proxy on the way; `undefined` where it is not one. Passing troubles (the proxy can't be reached, or did
 * not reach the server) may be tried again, refusals not.
 */
export function proxyFinding(chain: readonly Error[], context: ErrorContext): Finding | undefined {
  for (const error of chain) {
    const finding =
      refusedTunnel(error, context) ?? proxyCode(error) ?? elsewhere(error, context.endpoint);
    if (finding) return finding;
  }
  return undefined;
}

/** The status with which a proxy refused to open a tunnel; `undefined` where that is not what the error says. 407: it wants a login. */
export function tunnelStatus(error: Error): number | undefined {
  const match = TUNNEL_REFUSED.exec(error.message);
  return match ? Number(match[1] ?? match[2]) : undefined;
}

function refusedTunnel(error: Error, context: ErrorContext): Finding | undefined {
  const status = tunnelStatus(error);
  if (status === undefined) {
    if (!NO_PROXY_ANSWERED.test(error.message)) return undefined;
    return { kind: 'proxy', message: `No proxy can be reached. ${WHERE}`, retryable: true };
  }
  if (status === 407) {
    return {
      kind: 'proxy',
      message:
        'The proxy asks for a user name and password (407). Set them in the proxy settings of VS Code.',
      retryable: false,
    };
  }
  const host = hostOf(context.endpoint);
  return status >= 500
    ? {
        kind: 'proxy',
        message: `The proxy did not reach ${host} (${status}). Try again; if it stays so, check the base URL and ask who runs the proxy.`,
        retryable: true,
      }
    : {
        kind: 'proxy',
        message: `The proxy does not let connections to ${host} through (${status}). Ask who runs it to allow that host, or take another way: ${WHERE}`,
        retryable: false,
      };
}

function proxyCode(error: Error): Finding | undefined {
  const code = errorCode(error);
  if (code?.startsWith('UND_ERR_PRX') === true) {
    return {
      kind: 'proxy',
      message: `No secure connection to the proxy: its certificate was not accepted (${code}). ${WHERE}`,
      retryable: false,
    };
  }
  if (code?.startsWith('UND_ERR_SOCKS5') === true) {
    const isPassing = /_REPLY_[3-6]$/.test(code);
    return {
      kind: 'proxy',
      message: `The SOCKS proxy did not open the connection (${code}). ${WHERE}`,
      retryable: isPassing,
    };
  }
  return undefined;
}

const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** A connection that was tried to another place than the endpoint's was tried to a proxy. */
function elsewhere(error: Error, { baseURL }: Endpoint): Finding | undefined {
  const code = errorCode(error);
  if (code === undefined || !UNREACHED.has(code) || !URL.canParse(baseURL)) return undefined;
  const { port, protocol, hostname } = new URL(baseURL);
  const expected = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const tried = 'port' in error && typeof error.port === 'number' ? error.port : expected;
  const asked =
    'hostname' in error && typeof error.hostname === 'string' ? error.hostname : hostname;
  if (tried === expected && asked === hostname) return undefined;
  return {
    kind: 'proxy',
    message: `The proxy can't be reached (${code}). Start it, or take another way. ${WHERE}`,
    retryable: true,
  };
}
