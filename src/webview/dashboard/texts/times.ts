import { dates } from '../../shared/dates';

const DAY_MS = 86_400_000;

const date = { day: 'numeric', month: 'short' } as const;
const minute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const second = { ...minute, second: '2-digit' } as const;
const FORMATS = {
  day: dates(date),
  minute: dates(minute),
  second: dates(second),
  dayMinute: dates({ ...date, ...minute }),
  daySecond: dates({ ...date, ...second }),
};

/** All times are ms since 1970, shown in local time. */
function written(at: number, style: keyof typeof FORMATS): string {
  return FORMATS[style]().format(at);
}

/** "14:05:07": of today. */
export function timeOfDay(at: number): string {
  return written(at, 'second');
}

/** "Nov 24, 14:05:07". */
export function exactTime(at: number): string {
  return written(at, 'daySecond');
}

/** "Nov 24, 14:05". */
export function timeToMinute(at: number): string {
  return written(at, 'dayMinute');
}

/** "Nov 24, 14:00 – 15:00", "Nov 24" for a day. Days are named by their noon: where the clocks were changed they begin an hour off midnight. */
export function bucketTime(from: number, sizeMs: number): string {
  const noon = from + DAY_MS / 2;
  if (sizeMs === DAY_MS) return written(noon, 'day');
  if (sizeMs > DAY_MS) return `${written(noon, 'day')} – ${written(noon + sizeMs - DAY_MS, 'day')}`;
  const isInSeconds = sizeMs < 60_000;
  const start = written(from, isInSeconds ? 'daySecond' : 'dayMinute');
  return `${start} – ${written(from + sizeMs, isInSeconds ? 'second' : 'minute')}`;
}

/** A tick of an axis whose ticks are `stepMs` apart: the day where one begins, else the time. */
export function tickTime(at: number, stepMs: number): string {
  const moment = new Date(at);
  const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  if (stepMs >= DAY_MS || (isMidnight && moment.getSeconds() === 0)) return written(at, 'day');
  return written(at, stepMs < 60_000 ? 'second' : 'minute');
}
