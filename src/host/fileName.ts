/** UTF-16 units. */
const MAX_NAME = 60;

/** A name for a file that every system takes; `fallback` where nothing is left of the title. */
export function fileName(title: string, fallback: string): string {
  // oxlint-disable-next-line no-control-regex -- no file has them in its name
  const clean = title.replaceAll(/[\u0000-\u001F<>:"/\\|?*]+/gu, ' ').trim();
  const short = clean
    .slice(0, MAX_NAME)
    .toWellFormed()
    .replace(/[. ]+$/u, '');
  return short === '' ? fallback : short;
}
