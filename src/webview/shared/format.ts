/** "850 ms", "2.4 s", "38 s", "3 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${String(Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const rest = whole % 60;
  const minutes = `${String((whole - rest) / 60)} min`;
  return rest === 0 ? minutes : `${minutes} ${String(rest)} s`;
}

/** "742", "1.2k", "38k", "1.4M": tokens, where there is little room. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 9_950) return `${trimmed(count / 1_000)}k`;
  if (count < 999_500) return `${String(Math.round(count / 1_000))}k`;
  return `${trimmed(count / 1_000_000)}M`;
}

/** "12,345". */
export function formatExact(count: number): string {
  return count.toLocaleString('en');
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
