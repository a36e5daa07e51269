import { lookup } from 'node:dns/promises';
import { connect as openSocket, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as openSecure } from 'node:tls';
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { systemClock } from '../../base/clock';
import type { Clock } from '../../base/clock';
import type { KeySource } from '../ports';
import type { Endpoint } from '../types';
import { HttpProbe } from './httpProbe';
import type { HttpAnswer, HttpFailure } from './httpProbe';
import { failureOf, timed } from './timed';
import type { Probe } from './timed';

const DNS_MS = 5_000;
/** A connection that is neither opened nor refused in this time is dropped silently by something on the way. */
const CONNECT_MS = 8_000;
const HANDSHAKE_MS = 8_000;
/** A server could send a chain that leads in a circle. */
const MAX_CHAIN = 6;

/** The network as the probes use it. */
export interface NetworkPorts {
  readonly clock: Clock;
  /** Addresses of a host, as connections find them. */
  readonly lookup: (host: string) => Promise<readonly string[]>;
  readonly connect: (host: string, port: number) => Socket;
  readonly secure: (options: ConnectionOptions) => TLSSocket;
  /** The one that the engine's requests take too, with the proxies and certificates that it knows. */
  readonly fetch: typeof globalThis.fetch;
  readonly keys: KeySource;
}

export function systemNetwork(keys: KeySource): NetworkPorts {
  return {
    clock: systemClock,
    lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    connect: (host, port) => openSocket({ host, port }),
    secure: (options) => openSecure(options),
    // Looked up at each request, because VS Code patches it.
    fetch: (input, init) => globalThis.fetch(input, init),
    keys,
  };
}

export interface Certificate {
  /** Common name, or organisation where it has none. */
  readonly subject: string;
  readonly issuer: string;
  /** As the certificate says it. */
  readonly validTo: string;
}

export interface Handshake {
  readonly protocol: string;
  /** The server's own first. */
  readonly chain: readonly Certificate[];
  /** Why it is not accepted: OpenSSL's or Node's code; `undefined` where it is. */
  readonly problem: string | undefined;
}

export interface NetworkFindings {
  readonly host: string;
  readonly port: number;
  /** These three go straight to the host, past any proxy. */
  readonly dns: Probe<readonly string[]>;
  readonly tcp: Probe<undefined>;
  readonly tls: Probe<Handshake>;
  /** On the way that questions take. Where this is well, so is the way. */
  readonly http: Probe<HttpAnswer, HttpFailure>;
}

/**
 * Walks the way to an endpoint: name, connection, handshake, and a request that costs nothing.
 * @throws the signal's reason when it is aborted, TypeError for a base URL that is none, and nothing else
 */
export async function probeNetwork(
  endpoint: Endpoint,
  ports: NetworkPorts,
  signal: AbortSignal,
): Promise<NetworkFindings> {
  const url = new URL(endpoint.baseURL);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const { clock } = ports;
  const dns: NetworkFindings['dns'] =
    isIP(host) === 0
      ? await timed(() => ports.lookup(host), failureOf, { limitMs: DNS_MS, clock, signal })
      : { outcome: 'skipped' };
  const isKnown = dns.outcome === 'ok' || dns.outcome === 'skipped';
  const tcp: NetworkFindings['tcp'] = isKnown
    ? await timed((stop) => connected(ports.connect(host, port), stop), failureOf, {
        limitMs: CONNECT_MS,
        clock,
        signal,
      })
    : { outcome: 'skipped' };
  const tls: NetworkFindings['tls'] =
    isSecure && tcp.outcome === 'ok'
      ? await timed((stop) => handshake(ports, host, port, stop), failureOf, {
          limitMs: HANDSHAKE_MS,
          clock,
          signal,
        })
      : { outcome: 'skipped' };
  const http = await new HttpProbe(endpoint, ports).run(signal);
  return { host, port, dns, tcp, tls, http };
}

/** Resolves when the socket is open, and closes it in any case. */
async function connected(socket: Socket, signal: AbortSignal): Promise<undefined> {
  try {
    await opened(socket, 'connect', signal);
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** Nothing is sent over this connection: what it is for is to see a certificate that would be refused. */
async function handshake(
  ports: NetworkPorts,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Handshake> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = ports.secure({ host, port, ...servername, rejectUnauthorized: false });
  try {
    await opened(socket, 'secureConnect', signal);
    // Declared an Error, and is one or its code.
    const problem: unknown = socket.authorized ? undefined : socket.authorizationError;
    return {
      protocol: socket.getProtocol() ?? '',
      chain: chainOf(socket.getPeerCertificate(true)),
      problem: problem instanceof Error ? failureOf(problem).code : codeText(problem),
    };
  } finally {
    socket.destroy();
  }
}

function codeText(problem: unknown): string | undefined {
  return typeof problem === 'string' ? problem : undefined;
}

function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays: one that comes after the end would otherwise be nobody's.
    socket.on('error', reject);
    socket.once(event, () => resolve());
    const onAbort = (): void => void socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      reject(new Error('closed'));
    });
  });
}

function chainOf(first: DetailedPeerCertificate): readonly Certificate[] {
  const chain: Certificate[] = [];
  const seen = new Set<string>();
  let each: DetailedPeerCertificate | undefined = first;
  while (each?.fingerprint256 !== undefined && chain.length < MAX_CHAIN) {
    if (seen.has(each.fingerprint256)) break;
    seen.add(each.fingerprint256);
    chain.push({
      subject: nameOf(each.subject),
      issuer: nameOf(each.issuer),
      validTo: each.valid_to,
    });
    each = each.issuerCertificate;
  }
  return chain;
}

function nameOf(name: DetailedPeerCertificate['subject'] | undefined): string {
  const shown = name?.CN ?? name?.O;
  return Array.isArray(shown) ? shown.join(', ') : (shown ?? '?');
}
