import { describe, expect, it } from 'vitest';
import { REPORT_PERIODS } from '../../../../src/engine/metrics/traffic/reportPeriod';
import { readReportPeriods } from '../../../../src/host/traffic/reportSettings';
import { english } from '../../../../src/host/translate';

describe('the setting of reports that are told', () => {
  it('has none by default', () => {
    expect(readReportPeriods(undefined, english)).toEqual({ periods: [], problems: [] });
    expect(readReportPeriods([], english)).toEqual({ periods: [], problems: [] });
  });

  it('takes each once, in their order', () => {
    const { periods, problems } = readReportPeriods(['weekly', 'hourly', 'weekly'], english);
    expect([periods, problems]).toEqual([['hourly', 'weekly'], []]);
    expect(readReportPeriods([...REPORT_PERIODS], english).periods).toEqual(REPORT_PERIODS);
  });

  it.each([['daily'], [{ daily: true }], [['daily', 'yearly']], [['daily', 7]]])(
    'tells what is wrong with %j',
    (value) => {
      const { periods, problems } = readReportPeriods(value, english);
      expect(problems).toEqual([
        'pulse.reports.schedule: expected a list of hourly, daily, weekly, monthly; what is none of them is passed over',
      ]);
      expect(periods).toEqual(Array.isArray(value) ? ['daily'] : []);
    },
  );
});
