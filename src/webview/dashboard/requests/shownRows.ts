export interface Sight {
  /** How far it is scrolled, and how much is seen; CSS pixels. */
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** The rows to draw: those in sight and so many before and after. From `first` on, before `end`. */
export function shownRows(
  count: number,
  { top, height, rowHeight }: Sight,
  overscan: number,
): { readonly first: number; readonly end: number } {
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + overscan);
  // Also where there are fewer than were scrolled to: nothing but the last ones is in sight then.
  const most = Math.max(0, count - Math.ceil(height / rowHeight) - overscan);
  const first = Math.max(0, Math.min(most, Math.floor(top / rowHeight) - overscan));
  return { first, end: Math.max(first, end) };
}
