/** The editor's language, which the host writes into the page. */
function language(): string {
  return document.documentElement.lang || 'en';
}

const DATE_FORMATS = {
  day: { day: 'numeric', month: 'short' },
  dayOfYear: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  whole: { dateStyle: 'long', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Made once: making one takes longer than using it for all rows of a list. By language. */
const formats = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();

function dateFormat(name: keyof typeof DATE_FORMATS): Intl.DateTimeFormat {
  const key = `${name} ${language()}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language(), DATE_FORMATS[name]);
  formats.set(key, format);
  return format;
}

function relativeFormat(): Intl.RelativeTimeFormat {
  const key = language();
  const format =
    relatives.get(key) ?? new Intl.RelativeTimeFormat(key, { numeric: 'auto', style: 'short' });
  relatives.set(key, format);
  return format;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long ago, short: "now", "5 min. ago", "3 hr. ago", from yesterday on in days of the calendar, after a week the date.
 * `at` and `now`: ms since 1970; a time to come counts as now.
 */
export function timeAgo(at: number, now: number, justNow: string): string {
  const passed = Math.max(0, now - at);
  const relative = relativeFormat();
  const days = daysBetween(at, now);
  if (passed < MINUTE_MS) return justNow;
  if (passed < HOUR_MS) return relative.format(-Math.floor(passed / MINUTE_MS), 'minute');
  if (days === 0) return relative.format(-Math.floor(passed / HOUR_MS), 'hour');
  if (days < 7) return relative.format(-days, 'day');
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateFormat(isThisYear ? 'day' : 'dayOfYear').format(at);
}

/** "November 2026". */
export function monthOf(at: number): string {
  return dateFormat('month').format(at);
}

/** "24 November 2026 at 05:14", for a tooltip. */
export function wholeDate(at: number): string {
  return dateFormat('whole').format(at);
}

/** Midnights between two times, ms since 1970, in local time; 0 for a time to come. */
export function daysBetween(at: number, now: number): number {
  // Rounded: days of 23 and 25 hours are days.
  return Math.max(0, Math.round((midnight(now) - midnight(at)) / DAY_MS));
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
