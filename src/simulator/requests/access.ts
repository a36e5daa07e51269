import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiProblem, invalid } from '../apiProblem';

/** Who may talk to the simulator, and with what. */

const API_VERSIONS: ReadonlySet<string> = new Set(['2023-01-01', '2023-06-01', '2026-10-21']);

/** How a request brought its key. The key itself is not kept: only its last four characters. */
export interface RequestAuth {
  readonly style: 'bearer' | 'x-api-key' | 'both' | 'none';
  readonly keyEnd: string;
}

interface Key {
  readonly auth: RequestAuth;
  readonly key: string | undefined;
}

function keyOf(headers: IncomingHttpHeaders): Key {
  const header = headers['x-api-key'];
  const xApiKey = Array.isArray(header) ? header[0] : header;
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = bearer ?? xApiKey;
  let style: RequestAuth['style'] = 'none';
  if (bearer !== undefined) style = xApiKey === undefined ? 'bearer' : 'both';
  else if (xApiKey !== undefined) style = 'x-api-key';
  return { auth: { style, keyEnd: key?.slice(-4) ?? '' }, key };
}

export function authOf(headers: IncomingHttpHeaders): RequestAuth {
  return keyOf(headers).auth;
}

/** A short hash of the request's key, to tell keys apart by; '' without one. */
export function keyIdOf(headers: IncomingHttpHeaders): string {
  const { key } = keyOf(headers);
  return key === undefined ? '' : createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** @throws ApiProblem 401 when there is no key, or one that starts with "bad" */
export function checkKey(headers: IncomingHttpHeaders): void {
  const { key, auth } = keyOf(headers);
  if (key === undefined || key === '') {
    throw new ApiProblem(401, 'x-api-key header is required');
  }
  if (key.toLowerCase().startsWith('bad')) {
    throw new ApiProblem(
      401,
      auth.style === 'bearer' ? 'Invalid bearer token' : 'invalid x-api-key',
    );
  }
}

/**
 * Refuses what a web page could send: requests with an Origin, and those for another host's name
 * that was made to point here (DNS rebinding).
 * @throws ApiProblem 403
 */
export function checkLocal(headers: IncomingHttpHeaders, port: number): void {
  if (headers.origin !== undefined) {
    throw new ApiProblem(403, 'The simulator answers no requests from web pages.');
  }
  const host = headers.host ?? '';
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ApiProblem(
      403,
      `The simulator answers only for 127.0.0.1:${port} and localhost:${port}.`,
    );
  }
}

/** The value of `anthropic-version`. @throws ApiProblem 400 when it is missing or not known */
export function apiVersionOf(headers: IncomingHttpHeaders): string {
  const value = headers['anthropic-version'];
  if (typeof value !== 'string') throw invalid('anthropic-version: header is required');
  if (API_VERSIONS.has(value)) return value;
  throw invalid(`anthropic-version: "${value}" is not a valid version`);
}
