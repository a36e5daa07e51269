import { REPORT_PERIODS } from '../../engine/metrics/traffic/reportPeriod';
import type { ReportPeriod } from '../../engine/metrics/traffic/reportPeriod';
import type { Translate } from '../translate';

/** The value of `pulse.reports.schedule`, as VS Code has it. What it can't be is passed over and told in `problems`, each a line. */
export function readReportPeriods(
  value: unknown,
  t: Translate,
): { readonly periods: readonly ReportPeriod[]; readonly problems: readonly string[] } {
  if (value === undefined) return { periods: [], problems: [] };
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const known: ReadonlySet<unknown> = new Set(REPORT_PERIODS);
  const isRight = Array.isArray(value) && list.every((one) => known.has(one));
  return {
    periods: REPORT_PERIODS.filter((period) => list.includes(period)),
    problems: isRight
      ? []
      : [
          t(
            'pulse.reports.schedule: expected a list of {0}; what is none of them is passed over',
            REPORT_PERIODS.join(', '),
          ),
        ],
  };
}
