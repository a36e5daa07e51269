const MAX_TITLE = 60;

/** A conversation's title: the first line of its first question, cut at a word where that is not far, and never inside a character. */
export function titleOf(prompt: string): string {
  const line = prompt.trim().split(/\r?\n/u, 1)[0] ?? '';
  const clean = line.replaceAll(/\s+/gu, ' ');
  const characters = Array.from(new Intl.Segmenter().segment(clean), ({ segment }) => segment);
  if (characters.length <= MAX_TITLE) return clean;
  const cut = characters.slice(0, MAX_TITLE - 1).join('');
  const lastSpace = cut.lastIndexOf(' ');
  return `${lastSpace > MAX_TITLE / 2 ? cut.slice(0, lastSpace) : cut}…`;
}
