/** How figures are written, the same in the status bar, the metrics tree and under each reply. */

/** "850 ms", "1.2 s", "12 s", "2 min", "2 min 5 s". */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/** Seconds with one decimal, as in the status bar: "0.8 s", "12 s". */
export function formatSeconds(ms: number): string {
  return ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : formatMs(ms);
}

/** "$0.0012", "$0.25", "$12.30"; nothing that costs something is shown as 0. */
export function formatUSD(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.000_1) return '< $0.0001';
  if (usd < 0.1) return `$${usd.toFixed(4)}`;
  return `$${usd.toFixed(2)}`;
}

/** "12", "1,234", "1.2 M". */
export function formatCount(count: number): string {
  if (count >= 1_000_000) return `${(count / 1_000_000).toFixed(1)} M`;
  return Math.round(count).toLocaleString('en-US');
}

/** "512 B", "12 KB", "1.2 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A share of 0-1 as "0 %", "0.4 %", "12 %"; what is not 0 is never shown as 0. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  if (percent < 10 && !Number.isInteger(percent)) return `${percent.toFixed(1)} %`;
  return `${Math.round(percent)} %`;
}

/** "15.4"; whole numbers from 100 on, "1,234". */
export function formatRate(perSecond: number): string {
  return perSecond >= 100 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** The local time of day, "14:05"; with seconds when it is within two minutes, with the date when it is not today's. Both ms since 1970. */
export function formatTime(at: number, now: number): string {
  const moment = new Date(at);
  const isSoon = at - now < 120_000;
  const time = moment.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(isSoon ? { second: '2-digit' } : {}),
  });
  if (moment.toDateString() === new Date(now).toDateString()) return time;
  return `${moment.toLocaleDateString('en-CA')} ${time}`;
}
