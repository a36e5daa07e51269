import type { RequestColumns } from '../metricsHistory';
import { fieldOf, REQUEST_FIELDS } from './requestRows';
import type { Field } from './requestRows';

/** Requests in one piece of text. */
const CHUNK = 500;
const NEW_LINE = '\r\n';

/**
 * Requests as CSV after RFC 4180, in pieces: a line of names (`REQUEST_FIELDS`), then a line for each. Numbers are plain, moments ISO
 * 8601; a field is empty where there is nothing. A text that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function* requestsCsv(columns: RequestColumns): Generator<string, void> {
  yield REQUEST_FIELDS.join(',') + NEW_LINE;
  for (const [from, to] of chunks(columns)) {
    let text = '';
    for (let index = from; index < to; index++) {
      text +=
        REQUEST_FIELDS.map((name) => cell(fieldOf(columns, name, index))).join(',') + NEW_LINE;
    }
    yield text;
  }
}

export interface RequestsFile {
  /** Of Pulse. */
  readonly version: string;
  /** Ms since 1970. */
  readonly exportedAt: number;
}

/**
 * Requests as JSON, in pieces that make one object: `format` "pulse-requests", `formatVersion` 1, `pulseVersion`, `exportedAt`, and
 * `requests`, each with all of `REQUEST_FIELDS`; a field is null where there is nothing.
 */
export function* requestsJson(
  columns: RequestColumns,
  { version, exportedAt }: RequestsFile,
): Generator<string, void> {
  const head = {
    format: 'pulse-requests',
    formatVersion: 1,
    pulseVersion: version,
    exportedAt: new Date(exportedAt).toISOString(),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"requests":[`;
  for (const [from, to] of chunks(columns)) {
    const lines: string[] = [];
    for (let index = from; index < to; index++) {
      lines.push(JSON.stringify(requestObject(columns, index)));
    }
    yield `${from === 0 ? '' : ','}\n${lines.join(',\n')}`;
  }
  yield '\n]}\n';
}

function requestObject(columns: RequestColumns, index: number): Record<string, Field> {
  return Object.fromEntries(REQUEST_FIELDS.map((name) => [name, fieldOf(columns, name, index)]));
}

function* chunks({ at }: RequestColumns): Generator<readonly [from: number, to: number], void> {
  for (let from = 0; from < at.length; from += CHUNK) {
    yield [from, Math.min(at.length, from + CHUNK)];
  }
}

function cell(field: Field): string {
  if (field === null) return '';
  if (typeof field === 'number') return String(field);
  const text = /^[=+\-@\t\r]/u.test(field) ? `'${field}` : field;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
