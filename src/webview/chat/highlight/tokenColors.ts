import { TOKEN_KINDS } from '../../../protocol/tokenColors';
import type { TokenStyle } from '../../../protocol/tokenColors';

/** Colours code as the editor's theme does, all that is on the page at once; without styles as the style sheet does. */
export function showTokenColors(styles: readonly TokenStyle[]): void {
  const { style } = document.body;
  const byKind = new Map(styles.map((one) => [one.kind, one]));
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) style.removeProperty(name);
    else style.setProperty(name, value);
  };
  for (const kind of TOKEN_KINDS) {
    const found = byKind.get(kind);
    set(`--theme-${kind}`, found && (found.color ?? 'inherit'));
    set(`--theme-${kind}-weight`, found && (found.bold ? 'bold' : 'inherit'));
    set(`--theme-${kind}-style`, found && (found.italic ? 'italic' : 'inherit'));
    set(`--theme-${kind}-line`, found && (found.underline ? 'underline' : 'none'));
  }
}
