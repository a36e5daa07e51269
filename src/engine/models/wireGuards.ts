/** Cheap checks for what came over the wire. */

export type WireRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is WireRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field when it is a string, else the fallback. */
export function stringField(record: WireRecord, name: string, fallback = ''): string {
  const value = record[name];
  return typeof value === 'string' ? value : fallback;
}

/** The field when it is a finite number that is not negative, else `undefined`. */
export function countField(record: WireRecord, name: string): number | undefined {
  const value = record[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
