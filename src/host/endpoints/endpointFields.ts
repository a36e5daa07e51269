import type { AuthStyle } from '../../engine/types';

/** A member of the settings, checked: what it says, or what it should have been ("an address"). */
export type Field<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };

export const DEFAULT_API_VERSION = '2026-10-21';
export const DEFAULT_GROUP = 'default';
export const AUTH_STYLES: readonly AuthStyle[] = ['bearer', 'x-api-key', 'none'];
export const WEIGHTS = { min: 0.01, max: 100 } as const;

/** Part of an endpoint's id: without spaces, line breaks and `#`, since keys and breakers are kept under that. */
const NAME = /^[\p{L}\p{N}._-]{1,40}$/u;
/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/u;
const HEADER_VALUE = /^[\t\x20-\x7E]*$/u;

/** Without a trailing slash and the `/v1` that people copy along. */
export function baseUrlField(value: unknown): Field<string> {
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return wrong('an address');
  const url = new URL(value.trim());
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return wrong('an http or https address');
  }
  // A name and password in an address end up in logs and error texts.
  if (url.username !== '' || url.password !== '') return wrong('an address without a password');
  if (url.search !== '' || url.hash !== '') return wrong('an address without "?" and "#"');
  return right((url.origin + url.pathname).replace(/\/+$/u, '').replace(/\/v1$/u, ''));
}

export function authStyleField(value: unknown): Field<AuthStyle> {
  if (value === undefined) return right('bearer');
  const style = AUTH_STYLES.find((known) => known === value);
  return style === undefined ? wrong(`one of ${AUTH_STYLES.join(', ')}`) : right(style);
}

export function apiVersionField(value: unknown): Field<string> {
  if (value === undefined || value === '') return right(DEFAULT_API_VERSION);
  const isDate = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/u.test(value);
  return isDate ? right(value) : wrong(`a date such as ${DEFAULT_API_VERSION}`);
}

export function groupField(value: unknown): Field<string> {
  return value === undefined || value === '' ? right(DEFAULT_GROUP) : nameField(value);
}

export function nameField(value: unknown): Field<string> {
  const isName = typeof value === 'string' && NAME.test(value);
  return isName ? right(value) : wrong('up to 40 letters, digits, ".", "_" and "-"');
}

export function weightField(value: unknown): Field<number> {
  if (value === undefined) return right(1);
  const { min, max } = WEIGHTS;
  const isWeight = typeof value === 'number' && value >= min && value <= max;
  return isWeight ? right(value) : wrong(`a number from ${min} to ${max}`);
}

/** Names of models by their usual names. */
export function modelNamesField(value: unknown): Field<Readonly<Record<string, string>>> {
  if (value === undefined) return right({});
  const expected = 'an object of usual names and names there';
  if (!isRecord(value)) return wrong(expected);
  const names: Record<string, string> = {};
  for (const [usual, there] of Object.entries(value)) {
    if (usual.trim() === '' || typeof there !== 'string' || there.trim() === '') {
      return wrong(expected);
    }
    names[usual] = there.trim();
  }
  return right(names);
}

/** The valid headers, and the names of the others. */
export function headersField(
  value: unknown,
): Field<{ readonly headers: Readonly<Record<string, string>>; readonly refused: string[] }> {
  if (value === undefined) return right({ headers: {}, refused: [] });
  if (!isRecord(value)) return wrong('an object of names and values');
  const headers: Record<string, string> = {};
  const refused: string[] = [];
  for (const [name, text] of Object.entries(value)) {
    if (HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text)) {
      headers[name] = text;
    } else {
      refused.push(name);
    }
  }
  return right({ headers, refused });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function right<T>(value: T): Field<T> {
  return { ok: true, value };
}

function wrong(expected: string): { readonly ok: false; readonly expected: string } {
  return { ok: false, expected };
}
