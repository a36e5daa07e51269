/** What titles have of them. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': "'",
  '&#39;': "'",
  '&nbsp;': ' ',
};
const ENTITY = /&(amp|lt|gt|quot|nbsp|#39);/g;

/** Of a page its title (also where a gateway put one into JSON), of any other text all. */
export function withoutMarkup(text: string): string {
  if (!/^\s*<[a-z!?]|<(!doctype|html|head|body)\b/i.test(text)) return text;
  const title = titleIn(text, 'title') ?? titleIn(text, 'h1');
  return title === undefined ? 'a web page' : `a web page titled "${title}"`;
}

function titleIn(page: string, element: 'title' | 'h1'): string | undefined {
  // Bounded: a hostile page must not keep the search busy.
  const pattern = `<${element}\\b[^>]{0,200}>([^<]{0,500})</${element}>`;
  const found = new RegExp(pattern, 'i').exec(page)?.[1];
  const plain = found?.replace(ENTITY, (entity) => ENTITIES[entity] ?? entity);
  return plain?.replace(/\s+/g, ' ').trim() || undefined;
}
