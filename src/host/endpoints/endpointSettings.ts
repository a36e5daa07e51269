import type { AuthStyle, Endpoint } from '../../engine/types';
import {
  apiVersionField,
  authStyleField,
  baseUrlField,
  DEFAULT_API_VERSION,
  groupField,
  headersField,
} from './endpointFields';

/** The settings about the first endpoint as VS Code has them; nothing is trusted yet. */
export interface RawEndpointSettings {
  readonly baseUrl: unknown;
  readonly authStyle: unknown;
  readonly apiVersion: unknown;
  readonly headers: unknown;
  readonly group?: unknown;
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
/** No entry of `pulse.endpoints` can be in this group. */
const NO_GROUP = '';

export function parseEndpointSettings(raw: RawEndpointSettings): EndpointSettings {
  const problems: string[] = [];
  const baseURL = parseBaseUrl(raw.baseUrl, problems);
  const endpoint: Endpoint = {
    id: endpointId(baseURL),
    baseURL,
    authStyle: parseAuthStyle(raw.authStyle, problems),
    apiVersion: parseApiVersion(raw.apiVersion, problems),
    headers: parseHeaders(raw.headers, problems),
    group: parseGroup(raw.group, problems),
  };
  return { endpoint, problems };
}

/**
 * An endpoint's name: its host, with all that makes its address another one, and the name that it has in the settings. Two base URLs
 * never share an id, since keys are kept under it.
 */
export function endpointId(baseURL: string, name?: string): string {
  const address = baseURL.startsWith('https://') ? baseURL.slice('https://'.length) : baseURL;
  return name === undefined ? address : `${address}#${name}`;
}

function parseBaseUrl(value: unknown, problems: string[]): string {
  if (value === undefined || value === '') return DEFAULT_BASE_URL;
  const field = baseUrlField(value);
  if (field.ok) return field.value;
  problems.push(`pulse.baseUrl: expected ${field.expected}; nothing is sent until it is one`);
  // Never Anthropic's instead: what was meant for a private gateway must not go there.
  return NOWHERE;
}

function parseAuthStyle(value: unknown, problems: string[]): AuthStyle {
  const field = authStyleField(value);
  if (field.ok) return field.value;
  problems.push(`pulse.authStyle: expected ${field.expected}; bearer is used`);
  return 'bearer';
}

function parseApiVersion(value: unknown, problems: string[]): string {
  const field = apiVersionField(value);
  if (field.ok) return field.value;
  problems.push(`pulse.apiVersion: expected ${field.expected}; ${DEFAULT_API_VERSION} is used`);
  return DEFAULT_API_VERSION;
}

function parseHeaders(value: unknown, problems: string[]): Readonly<Record<string, string>> {
  const field = headersField(value);
  if (!field.ok) {
    problems.push(`pulse.headers: expected ${field.expected}; none are sent`);
    return {};
  }
  for (const name of field.value.refused) {
    problems.push(`pulse.headers: "${name}" is no valid header; it is not sent`);
  }
  return field.value.headers;
}

function parseGroup(value: unknown, problems: string[]): string {
  const field = groupField(value);
  if (field.ok) return field.value;
  // Not the default group instead: its endpoints may be the ones that must not get this.
  problems.push(
    `pulse.endpointGroup: expected ${field.expected}; only pulse.baseUrl is asked until it is that`,
  );
  return NO_GROUP;
}
