/** Translates a text with `{0}`-style places into the user's language: `vscode.l10n.t`, passed in so that texts can be tested. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** English, as written in the code. */
export const english: Translate = (message, ...args) =>
  message.replaceAll(/\{(\d+)\}/g, (place, index: string) => {
    const value = args[Number(index)];
    return value === undefined ? place : String(value);
  });
