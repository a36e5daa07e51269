import type { HistoryItem } from '../../../protocol/history';
import { daysBetween, monthOf } from '../../shared/dates';
import { strings } from '../../shared/strings';

interface HistoryGroup {
  readonly label: string;
  readonly items: readonly HistoryItem[];
}

/** The list under its headings, in the order in which it came; pinned ones first. `now`: ms since 1970. */
export function groupsOf(items: readonly HistoryItem[], now: number): readonly HistoryGroup[] {
  const groups = new Map<string, HistoryItem[]>();
  const pinned = items.filter((item) => item.pinned);
  if (pinned.length > 0) groups.set(strings.groupPinned, pinned);
  for (const item of items) {
    if (item.pinned) continue;
    const label = labelFor(item.at, now);
    const group = groups.get(label);
    if (group) group.push(item);
    else groups.set(label, [item]);
  }
  return [...groups].map(([label, found]) => ({ label, items: found }));
}

function labelFor(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return strings.groupToday;
  if (days === 1) return strings.groupYesterday;
  return days < 7 ? strings.groupWeek : monthOf(at);
}
