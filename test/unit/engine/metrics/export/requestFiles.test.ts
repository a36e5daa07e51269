import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { requestsCsv, requestsJson } from '../../../../../src/engine/metrics/export/requestFiles';
import { REQUEST_FIELDS } from '../../../../../src/engine/metrics/export/requestRows';
import { failedRequest, measuredRequest } from '../../../../helpers/measuredRequest';
import { requestColumns } from '../../../../helpers/requestColumns';

const START = Date.UTC(2026, 0, 1);

/** Reads CSV as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end = ''] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gu,
  )) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function csvOf(...requests: Parameters<typeof requestColumns>[0]): Record<string, string>[] {
  const text = [...requestsCsv(requestColumns(requests))].join('');
  const [names = [], ...rows] = parseCsv(text);
  return rows.map((row) =>
    Object.fromEntries(row.map((cell, index): [string, string] => [names[index] ?? '', cell])),
  );
}

describe('requestsCsv', () => {
  it('has a line of names and one for each request, with moments in ISO 8601', () => {
    const second = failedRequest('overloaded', { at: START + 1_500, status: 529 });
    const rows = csvOf(second, measuredRequest());
    expect(Object.keys(rows[0] ?? {})).toEqual([...REQUEST_FIELDS]);
    expect(rows[0]).toMatchObject({
      at: '2026-01-01T00:00:00.000Z',
      endpoint: 'api.example',
      outcome: 'ok',
      errorKind: '',
      status: '',
      firstTokenMs: '400',
      costUSD: '0.001',
      requestId: 'req_1',
    });
    expect(rows[1]).toMatchObject({
      at: '2026-01-01T00:00:01.500Z',
      errorKind: 'overloaded',
      status: '529',
      firstTokenMs: '',
      costUSD: '',
      requestId: '',
    });
  });

  it('quotes what holds commas, quotes and line breaks', () => {
    const names = ['a,b', 'say "a"', 'two\r\nlines'];
    const rows = csvOf(...names.map((model, index) => measuredRequest({ model, at: index })));
    expect(rows.map(({ model }) => model)).toEqual(names);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])(
    'keeps a spreadsheet from taking %j for a formula',
    (model) => {
      expect(csvOf(measuredRequest({ model }))[0]?.['model']).toBe(`'${model}`);
    },
  );

  it('comes in pieces', () => {
    const many = Array.from({ length: 1_001 }, (_, at) => measuredRequest({ at }));
    const chunks = [...requestsCsv(requestColumns(many))];
    expect(chunks).toHaveLength(4);
    expect(parseCsv(chunks.join(''))).toHaveLength(1_002);
  });
});

describe('requestsJson', () => {
  const fileSchema = v.strictObject({
    format: v.literal('pulse-requests'),
    formatVersion: v.literal(1),
    pulseVersion: v.string(),
    exportedAt: v.string(),
    requests: v.array(v.record(v.string(), v.unknown())),
  });
  const parse = (...requests: Parameters<typeof requestColumns>[0]) => {
    const file = { version: '1.2.3', exportedAt: START };
    const text = [...requestsJson(requestColumns(requests), file)].join('');
    return v.parse(fileSchema, JSON.parse(text));
  };

  it('has every field of each request, null where there is nothing', () => {
    const { exportedAt, requests } = parse(measuredRequest(), failedRequest('network', { at: 0 }));
    expect(exportedAt).toBe('2026-01-01T00:00:00.000Z');
    expect(requests.map((request) => Object.keys(request))).toEqual([
      [...REQUEST_FIELDS],
      [...REQUEST_FIELDS],
    ]);
    expect(requests[0]).toMatchObject({ errorKind: 'network', firstTokenMs: null, costUSD: null });
    expect(requests[1]).toMatchObject({ model: 'model-a', outputTokens: 50, servedFrom: null });
  });

  it('is whole with no requests and with more than a piece of them', () => {
    expect(parse().requests).toEqual([]);
    const many = Array.from({ length: 1_001 }, (_, at) => measuredRequest({ at }));
    expect(parse(...many).requests).toHaveLength(1_001);
  });
});
