import type { SavedBreaker } from '../ports';

/** More than anybody has endpoints and models; the rest of a longer list is dropped. */
const MAX_SAVED = 100;
/** Neither an endpoint's id nor a model's name holds one. */
const SEPARATOR = '\n';

export interface BreakerName {
  readonly endpointId: string;
  readonly family: string;
}

/** The name under which a breaker is saved. */
export function breakerKey({ endpointId, family }: BreakerName): string {
  return `${endpointId}${SEPARATOR}${family}`;
}

/** The breaker that a key names, or `undefined` when it is none. */
export function breakerOfKey(key: string): BreakerName | undefined {
  const at = key.indexOf(SEPARATOR);
  if (at < 1 || at === key.length - 1) return undefined;
  return { endpointId: key.slice(0, at), family: key.slice(at + 1) };
}

/** What came from a disk, as far as it is saved breakers; anything else is dropped. Never throws. */
export function parseSavedBreakers(value: unknown): SavedBreaker[] {
  if (!Array.isArray(value)) return [];
  const entries: readonly unknown[] = value;
  const saved: SavedBreaker[] = [];
  for (const entry of entries.slice(0, MAX_SAVED)) {
    const parsed = parseEntry(entry);
    if (parsed) saved.push(parsed);
  }
  return saved;
}

function parseEntry(entry: unknown): SavedBreaker | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  if (!('key' in entry && 'reopensAt' in entry && 'openedAt' in entry && 'recoveryMs' in entry)) {
    return undefined;
  }
  const { key, reopensAt, openedAt, recoveryMs } = entry;
  if (typeof key !== 'string' || !breakerOfKey(key)) return undefined;
  if (!isTime(reopensAt) || !isTime(openedAt) || !isTime(recoveryMs)) return undefined;
  return { key, reopensAt, openedAt, recoveryMs };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
