import type { LineTokenizer, TokenizerLoader } from './highlightQueue';
import { languageNamed } from './languages';
import type { LanguageName } from './languages';
import type { ShikiTokenizers } from './shikiTokenizers';

/** Loads the highlighter with the first language that is asked for, and each language once. */
export function createTokenizerLoader(): TokenizerLoader {
  let tokenizers: Promise<ShikiTokenizers> | undefined;
  const loaded = new Map<LanguageName, Promise<LineTokenizer>>();
  return (label) => {
    const language = languageNamed(label);
    if (language === undefined) return undefined;
    const known = loaded.get(language);
    if (known) return known;
    tokenizers ??= import('./shikiTokenizers').then((module) => new module.ShikiTokenizers());
    const loading = tokenizers.then((shiki) => shiki.load(language));
    loaded.set(language, loading);
    return loading;
  };
}
