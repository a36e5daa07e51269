import { isRecord, listOf } from './json';
import type { JsonRecord } from './json';

/** What is wrong with a fault or shape that someone wrote; the message says what was expected. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
}

/** `name key=value key="quoted value"`, or the same as JSON: `{"fault":"name","key":value}`. */
export interface SpecEntry {
  readonly name: string;
  readonly params: JsonRecord;
}

const WORD = /([^\s=";]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s";]*)))?|(;)|(\S)/g;

/**
 * Reads entries separated by `;`, or a JSON object or array of them.
 * @throws SpecError
 */
export function parseSpecText(text: string): SpecEntry[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return parseSpecJson(trimmed);
  const entries: { name: string; params: Record<string, unknown> }[] = [];
  let current: { name: string; params: Record<string, unknown> } | undefined;
  for (const match of trimmed.matchAll(WORD)) {
    const [, word, quoted, bare, separator, stray] = match;
    if (stray !== undefined) throw new SpecError(`unexpected ${stray} in "${trimmed}"`);
    if (separator !== undefined) {
      current = undefined;
    } else if (word !== undefined) {
      const value = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1');
      if (current) {
        current.params[word] = value ?? true;
      } else {
        current = value === undefined ? { name: word, params: {} } : { name: '', params: {} };
        if (value !== undefined) current.params[word] = value;
        entries.push(current);
      }
    }
  }
  return entries;
}

function parseSpecJson(text: string): SpecEntry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new SpecError(`not valid JSON: ${text.slice(0, 200)}`);
  }
  const items = Array.isArray(parsed) ? listOf(parsed) : [parsed];
  return items.map((item) => {
    if (!isRecord(item)) throw new SpecError(`expected an object, got ${JSON.stringify(item)}`);
    const { fault, ...params } = item;
    if (fault !== undefined && typeof fault !== 'string') {
      throw new SpecError(`fault: expected a name, got ${JSON.stringify(fault)}`);
    }
    return { name: fault ?? '', params };
  });
}

/** Reads the parameters of one entry, and at the end refuses those that nobody asked for. */
export class SpecReader {
  readonly #used = new Set<string>();

  readonly entry: SpecEntry;

  constructor(entry: SpecEntry) {
    this.entry = entry;
  }

  has(key: string): boolean {
    return this.entry.params[key] !== undefined;
  }

  /** The value as it is, JSON included. */
  raw(key: string): unknown {
    this.#used.add(key);
    return this.entry.params[key];
  }

  text(key: string, fallback: string): string {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    if (typeof value === 'string') return value;
    throw this.#expected(key, 'text', value);
  }

  whole(key: string, fallback: number, low = 0, high = Number.MAX_SAFE_INTEGER): number {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high) {
      return number;
    }
    const limit = high === Number.MAX_SAFE_INTEGER ? `at least ${low}` : `from ${low} to ${high}`;
    throw this.#expected(key, `a whole number ${limit}`, value);
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    if (value === true || value === 'yes' || value === 'true') return true;
    if (value === false || value === 'no' || value === 'false') return false;
    throw this.#expected(key, 'yes or no', value);
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw this.#expected(key, `one of ${choices.join(', ')}`, value);
  }

  /** Parameters whose key starts with `prefix`, without it. */
  prefixed(prefix: string): [string, string][] {
    const found: [string, string][] = [];
    for (const [key, value] of Object.entries(this.entry.params)) {
      if (!key.startsWith(prefix)) continue;
      this.#used.add(key);
      found.push([key.slice(prefix.length), String(value)]);
    }
    return found;
  }

  /** @throws SpecError when a parameter was not read */
  finish(): void {
    for (const key of Object.keys(this.entry.params)) {
      if (this.#used.has(key)) continue;
      const where = this.entry.name === '' ? '' : ` for ${this.entry.name}`;
      const known = [...this.#used].join(', ');
      throw new SpecError(`unknown parameter "${key}"${where}; expected one of ${known}`);
    }
  }

  #expected(key: string, what: string, got: unknown): SpecError {
    const name = this.entry.name === '' ? key : `${this.entry.name} ${key}`;
    return new SpecError(`${name}: expected ${what}, got ${JSON.stringify(got)}`);
  }
}
