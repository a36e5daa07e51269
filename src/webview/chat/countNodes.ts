/** Nodes of a document: itself, elements, texts, comments. Walks through all of it. */
export function countNodes(document: Document): number {
  const walker = document.createTreeWalker(document);
  let count = 1;
  while (walker.nextNode()) count += 1;
  return count;
}
