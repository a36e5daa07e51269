import { formatDuration } from '../../shared/format';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** "$0", "< $0.0001", "$0.0012", "$0.08", "$12.30", "$1,234". */
export function formatUSD(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.000_1) return '< $0.0001';
  if (usd < 0.1) return `$${usd.toFixed(4).replace(/0{1,2}$/u, '')}`;
  return usd < 1_000 ? `$${usd.toFixed(2)}` : `$${whole(usd)}`;
}

/** A share of 0-1 as "0 %", "0.4 %", "99.93 %", "12 %"; what is not 0 or all is never shown as that. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (Number.isInteger(percent)) return `${String(percent)} %`;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent > 99 && percent < 100) return `${String(Math.floor(percent * 100) / 100)} %`;
  if (percent > 90 && percent < 99) return `${trimmed(percent, 1)} %`;
  return Math.abs(percent) < 10 ? `${trimmed(percent, 1)} %` : `${String(Math.round(percent))} %`;
}

/** "0.25", "15.4", "120", "12,345". */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return whole(value);
  return trimmed(value, size >= 10 || Number.isInteger(value) ? 1 : 2);
}

/** "38 s", "5 min", "3.5 h", "12 d": where nobody counts the seconds. */
export function formatLong(ms: number): string {
  if (ms < HOUR_MS) return formatDuration(ms < 60_000 ? ms : Math.round(ms / 60_000) * 60_000);
  return ms < 2 * DAY_MS ? `${trimmed(ms / HOUR_MS, 1)} h` : `${trimmed(ms / DAY_MS, 1)} d`;
}

/** "512 MB", "1.2 GB". */
export function formatMegabytes(megabytes: number): string {
  return megabytes < 1_000 ? `${whole(megabytes)} MB` : `${trimmed(megabytes / 1_000, 1)} GB`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
