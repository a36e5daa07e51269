import { texts } from '../texts/texts';
import type { ChartSpec } from './spec';

/** What the lines of a chart do, in a sentence: for whoever does not see it. */
export function summaryOf({ series, left, right }: Omit<ChartSpec, 'summary'>): string {
  const parts = series.flatMap(({ label, values, scale }) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let last: number | undefined;
    for (const value of values) {
      if (value === null || value === undefined) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      last = value;
    }
    if (last === undefined) return [];
    const { format } = scale === 'right' && right ? right : left;
    return texts.chartPart(label, format(low), format(high), format(last));
  });
  return parts.length === 0 ? texts.chartNothing : texts.chartSummary(parts.join('; '));
}
