/** Comments, and strings so that what looks like one inside of them stays. */
const COMMENTS = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g;
const TRAILING_COMMAS = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;

/** Reads JSON with comments and trailing commas, as VS Code's own files have. @throws SyntaxError */
export function parseJsonc(text: string): unknown {
  const bare = text
    .replace(/^\uFEFF/, '')
    .replaceAll(COMMENTS, (part) => (part.startsWith('"') ? part : ' '))
    .replaceAll(TRAILING_COMMAS, (part) => (part.startsWith('"') ? part : ''));
  const value: unknown = JSON.parse(bare);
  return value;
}
