import { describe, expect, it } from 'vitest';
import { metricsFile, metricsFileName, rangeOf } from '../../../../src/host/export/metricsFile';
import { measuredRequest } from '../../../helpers/measuredRequest';
import { requestColumns } from '../../../helpers/requestColumns';

const NOW = Date.UTC(2026, 1, 3, 12);
const DAY = 86_400_000;

describe('rangeOf', () => {
  it('reaches up to now, and back as far as asked', () => {
    expect(rangeOf('day', NOW)).toEqual({ from: NOW - DAY, to: NOW + 1 });
    expect(rangeOf('week', NOW).from).toBe(NOW - 7 * DAY);
    expect(rangeOf('month', NOW).from).toBe(NOW - 30 * DAY);
    expect(rangeOf('all', NOW).from).toBe(0);
  });
});

describe('metricsFile', () => {
  const columns = requestColumns([measuredRequest()]);

  it('is a table or an object', () => {
    const file = { version: '1.2.3', now: NOW };
    expect(metricsFile(columns, 'csv', file)).toMatch(/^at,endpoint,.*\r\n2026-01-01T/u);
    expect(JSON.parse(metricsFile(columns, 'json', file))).toMatchObject({
      format: 'pulse-requests',
      exportedAt: '2026-02-03T12:00:00.000Z',
      requests: [{ model: 'model-a' }],
    });
  });

  it('is named for its day and format', () => {
    expect(metricsFileName('csv', NOW)).toBe('pulse-requests-2026-02-03.csv');
  });
});
