/** "850 ms", "12 s", "4 min", "2 h": rounded up, so that nobody comes back too early. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

/** The local time of day, "14:32:05"; with the date when it is not today's. */
export function formatMoment(wallMs: number, nowMs: number): string {
  const moment = new Date(wallMs);
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(pad).join(':');
  if (moment.toDateString() === new Date(nowMs).toDateString()) return time;
  const date = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()].map(pad).join('-');
  return `${date} ${time}`;
}

/** "12,345". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}
