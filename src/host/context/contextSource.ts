/** What can be added by name: from `@`, from slash commands, from a drop. */
export type ContextSource =
  | { readonly kind: 'selection' }
  | { readonly kind: 'editors' }
  /** Of one file, or of the workspace. */
  | { readonly kind: 'problems'; readonly path: string | undefined }
  | { readonly kind: 'terminal' }
  /** What is not committed; `staged`: only what is in the index. */
  | { readonly kind: 'gitDiff'; readonly staged: boolean }
  | { readonly kind: 'gitLog' }
  /** A path as shown to the user, or a URI. An image or a PDF is a file, too. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'symbol'; readonly uri: string; readonly line: number; readonly name: string }
  | { readonly kind: 'url'; readonly url: string };

/** "selection", "problems:src/app.ts", "gitDiff:staged", "file:src/app.ts"; `undefined` for anything else. */
export function parseSource(text: string): ContextSource | undefined {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1).trim();
  switch (kind) {
    case 'selection':
    case 'editors':
    case 'terminal':
    case 'gitLog':
      return { kind };
    case 'problems':
      return { kind, path: rest === '' ? undefined : rest };
    case 'gitDiff':
      return { kind, staged: rest === 'staged' };
    case 'file':
    case 'folder':
      return { kind, path: rest };
    case 'url':
      return rest === '' ? undefined : { kind, url: rest };
    case 'symbol':
      return parseSymbol(rest);
    default:
      return undefined;
  }
}

/** The same as one line, which `parseSource` takes. */
export function symbolSource(symbol: { uri: string; line: number; name: string }): string {
  return `symbol:${symbol.line}:${encodeURIComponent(symbol.name)}:${symbol.uri}`;
}

function parseSymbol(rest: string): ContextSource | undefined {
  const found = /^(\d{1,9}):([^:]+):(.+)$/su.exec(rest);
  const [, line, name, uri] = found ?? [];
  if (line === undefined || name === undefined || uri === undefined) return undefined;
  try {
    return { kind: 'symbol', line: Number(line), name: decodeURIComponent(name), uri };
  } catch {
    return undefined;
  }
}
