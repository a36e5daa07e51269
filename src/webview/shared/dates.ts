/** The editor's language, which the host writes into the page. */
function language(): string {
  return document.documentElement.lang || 'en';
}

/** Made once for a language: making a format takes longer than using it for all rows of a list. */
function once<T>(make: (language: string) => T): () => T {
  let made: { readonly language: string; readonly format: T } | undefined;
  return () => {
    const now = language();
    if (made?.language !== now) made = { language: now, format: make(now) };
    return made.format;
  };
}

/** How dates are written in the editor's language; what it returns takes ms since 1970. */
export function dates(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  return once((language) => new Intl.DateTimeFormat(language, options));
}

const relativeTime = once(
  (language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }),
);
const day = dates({ day: 'numeric', month: 'short' });
const dayOfYear = dates({ day: 'numeric', month: 'short', year: 'numeric' });
const month = dates({ month: 'long', year: 'numeric' });
const whole = dates({ dateStyle: 'long', timeStyle: 'short' });

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long ago, short: "now", "5 min. ago", "3 hr. ago", from yesterday on in days of the calendar, after a week the date.
 * `at` and `now`: ms since 1970; a time to come counts as now.
 */
export function timeAgo(at: number, now: number, justNow: string): string {
  const passed = Math.max(0, now - at);
  const relative = relativeTime();
  const days = daysBetween(at, now);
  if (passed < MINUTE_MS) return justNow;
  if (passed < HOUR_MS) return relative.format(-Math.floor(passed / MINUTE_MS), 'minute');
  if (days === 0) return relative.format(-Math.floor(passed / HOUR_MS), 'hour');
  if (days < 7) return relative.format(-days, 'day');
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? day() : dayOfYear()).format(at);
}

/** "November 2026". */
export function monthOf(at: number): string {
  return month().format(at);
}

/** "24 November 2026 at 05:14", for a tooltip. */
export function wholeDate(at: number): string {
  return whole().format(at);
}

/** Midnights between two times, ms since 1970, in local time; 0 for a time to come. */
export function daysBetween(at: number, now: number): number {
  // Rounded: days of 23 and 25 hours are days.
  return Math.max(0, Math.round((midnight(now) - midnight(at)) / DAY_MS));
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
