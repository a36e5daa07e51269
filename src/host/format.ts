/** How figures are written, the same in the status bar, the metrics tree and under each reply. */

/** "850 ms", "1.2 s", "12 s", "2 min 5 s". */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
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

/** A share of 0-1 as "0 %", "0.4 %", "12 %"; what is not 0 is never shown as 0. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  if (percent < 10 && !Number.isInteger(percent)) return `${percent.toFixed(1)} %`;
  return `${Math.round(percent)} %`;
}

/** "15.4"; whole numbers from 100 on. */
export function formatRate(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : perSecond.toFixed(1);
}
