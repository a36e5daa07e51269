import { describe, expect, it } from 'vitest';
import {
  localReportBounds,
  periodBefore,
} from '../../../../../src/engine/metrics/traffic/reportPeriod';
import type { ReportPeriod } from '../../../../../src/engine/metrics/traffic/reportPeriod';

/** A Thursday, local time. */
const AT = new Date(2026, 0, 1, 14, 25, 30, 250).getTime();

function local(...[year, month, day, hour]: [number, number, number, number?]): number {
  return new Date(year, month, day, hour ?? 0).getTime();
}

describe('the periods of reports', () => {
  it.each<[ReportPeriod, number, number]>([
    ['hourly', local(2026, 0, 1, 14), local(2026, 0, 1, 15)],
    ['daily', local(2026, 0, 1), local(2026, 0, 2)],
    ['weekly', local(2025, 11, 29), local(2026, 0, 5)],
    ['monthly', local(2026, 0, 1), local(2026, 1, 1)],
  ])('are %s by the local calendar', (period, from, to) => {
    expect(localReportBounds(period, AT)).toEqual({ from, to });
    expect(localReportBounds(period, from)).toEqual({ from, to });
    expect(localReportBounds(period, to - 1)).toEqual({ from, to });
  });

  it('follow each other without a gap', () => {
    for (const period of ['hourly', 'daily', 'weekly', 'monthly'] as const) {
      const { from } = localReportBounds(period, AT);
      expect(periodBefore(localReportBounds, period, from).to).toBe(from);
    }
  });

  it('count a Sunday to the week that ends with it', () => {
    expect(localReportBounds('weekly', local(2026, 0, 4, 23)).to).toBe(local(2026, 0, 5));
  });
});
