import * as vscode from 'vscode';

/** A named piece of a file, as the editor's language knows it. Lines from 0, `endLine` is the last one. */
export interface NamedRange {
  readonly name: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** What the editor's language knows by name in a file; nothing where it knows none. Providers answer with a tree, older ones with a list. */
export async function namedRanges(uri: vscode.Uri): Promise<NamedRange[]> {
  const found: unknown = await vscode.commands.executeCommand(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  return Array.isArray(found) ? found.flatMap(rangesOf) : [];
}

function rangesOf(symbol: unknown): NamedRange[] {
  if (symbol instanceof vscode.DocumentSymbol) {
    return [rangeOf(symbol.name, symbol.range), ...symbol.children.flatMap(rangesOf)];
  }
  if (symbol instanceof vscode.SymbolInformation) {
    return [rangeOf(symbol.name, symbol.location.range)];
  }
  return [];
}

function rangeOf(name: string, { start, end }: vscode.Range): NamedRange {
  return { name, startLine: start.line, endLine: end.line };
}
