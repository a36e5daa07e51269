import type { AuthStyle, Endpoint } from '../../engine/types';

/** The settings about the endpoint as VS Code has them; nothing is trusted yet. */
export interface RawEndpointSettings {
  readonly baseUrl: unknown;
  readonly authStyle: unknown;
  readonly apiVersion: unknown;
  readonly headers: unknown;
}

export interface EndpointSettings {
  /** Header values as written, references to secrets not yet resolved. */
  readonly endpoint: Endpoint;
  /** Lines "pulse.apiVersion: expected ...; ... is used". */
  readonly problems: readonly string[];
}

export const DEFAULT_BASE_URL = 'https://api.anthropic.com';
/** An address that leads nowhere, and that no key is kept for: the name is reserved. Source: RFC 2606. */
export const NOWHERE = 'https://base-url.invalid';
export const DEFAULT_API_VERSION = '2026-10-21';
export const AUTH_STYLES: readonly AuthStyle[] = ['bearer', 'x-api-key', 'none'];

/** `${secret:name}` anywhere in a header's value. */
const SECRET_REFERENCE = /\$\{secret:([\w.-]{1,64})\}/gu;
/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/u;
const HEADER_VALUE = /^[\t\x20-\x7E]*$/u;

export function parseEndpointSettings(raw: RawEndpointSettings): EndpointSettings {
  const problems: string[] = [];
  const baseURL = parseBaseUrl(raw.baseUrl, problems);
  const endpoint: Endpoint = {
    id: endpointId(baseURL),
    baseURL,
    authStyle: parseAuthStyle(raw.authStyle, problems),
    apiVersion: parseApiVersion(raw.apiVersion, problems),
    headers: parseHeaders(raw.headers, problems),
  };
  return { endpoint, problems };
}

/**
 * An endpoint's name: its host, with all that makes its address another one. Two base URLs never share an id, since keys are
 * kept under it.
 */
export function endpointId(baseURL: string): string {
  return baseURL.startsWith('https://') ? baseURL.slice('https://'.length) : baseURL;
}

function parseBaseUrl(value: unknown, problems: string[]): string {
  if (value === undefined || value === '') return DEFAULT_BASE_URL;
  // Never Anthropic's instead: what was meant for a private gateway must not go there.
  const refuse = (expected: string): string => {
    problems.push(`pulse.baseUrl: expected ${expected}; nothing is sent until it is one`);
    return NOWHERE;
  };
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return refuse('an address');
  const url = new URL(value.trim());
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse('an http or https address');
  }
  // A name and password in an address end up in logs and error texts.
  if (url.username !== '' || url.password !== '') return refuse('an address without a password');
  if (url.search !== '' || url.hash !== '') return refuse('an address without "?" and "#"');
  return normalizeBaseUrl(url);
}

/** Without a trailing slash and without the `/v1` that people copy along. */
export function normalizeBaseUrl(url: URL): string {
  return (url.origin + url.pathname).replace(/\/+$/u, '').replace(/\/v1$/u, '');
}

function parseAuthStyle(value: unknown, problems: string[]): AuthStyle {
  const style = AUTH_STYLES.find((known) => known === value);
  if (style === undefined && value !== undefined) {
    problems.push(`pulse.authStyle: expected one of ${AUTH_STYLES.join(', ')}; bearer is used`);
  }
  return style ?? 'bearer';
}

function parseApiVersion(value: unknown, problems: string[]): string {
  if (value === undefined || value === '') return DEFAULT_API_VERSION;
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/u.test(value)) return value;
  problems.push(
    `pulse.apiVersion: expected a date such as ${DEFAULT_API_VERSION}; ${DEFAULT_API_VERSION} is used`,
  );
  return DEFAULT_API_VERSION;
}

function parseHeaders(value: unknown, problems: string[]): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push('pulse.headers: expected an object of names and values; none are sent');
    return {};
  }
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text)) {
      headers[name] = text;
    } else {
      problems.push(`pulse.headers: "${name}" is no valid header; it is not sent`);
    }
  }
  return headers;
}

/** Names of the secrets that header values refer to, each once. */
export function secretReferences(headers: Readonly<Record<string, string>>): string[] {
  const names = Object.values(headers).flatMap((value) =>
    [...value.matchAll(SECRET_REFERENCE)].map((match) => match[1] ?? ''),
  );
  return [...new Set(names)];
}

/** The headers with secrets in the place of their references. @throws MissingSecretError */
export async function resolveHeaders(
  headers: Readonly<Record<string, string>>,
  secretOf: (name: string) => Promise<string | undefined>,
): Promise<Record<string, string>> {
  const values = new Map<string, string>();
  for (const name of secretReferences(headers)) {
    const secret = await secretOf(name);
    if (secret === undefined) throw new MissingSecretError(name);
    values.set(name, secret);
  }
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    resolved[name] = value.replaceAll(
      SECRET_REFERENCE,
      (_, secret: string) => values.get(secret) ?? '',
    );
  }
  return resolved;
}

/** A header refers to a secret that was not set for this endpoint. */
export class MissingSecretError extends Error {
  override readonly name = 'MissingSecretError';
  readonly secret: string;
  constructor(secret: string) {
    super(`A header refers to the secret "${secret}", which is not set for this base URL.`);
    this.secret = secret;
  }
}
