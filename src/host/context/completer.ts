import { abortable, within } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { Completion } from '../../protocol/context';
import type { Translate } from '../translate';
import type { EditorPort, FilePort } from './contextPorts';
import { symbolSource } from './contextSource';
import { fuzzyPlaces, fuzzyScore, fuzzyWords, letterMask } from './fuzzyMatch';
import type { PathIndex } from './pathIndex';
import type { PathSearch } from './pathSearch';

const MAX_COMPLETIONS = 50;
/** The first list waits so long for the index; after that what there is is shown. Ms. */
const FIRST_WAIT_MS = 1_500;
/** Language extensions answer when they please. */
const SYMBOL_WAIT_MS = 3_000;
const OPEN_BONUS = 30;
const RECENT_BONUS = 25;

export interface CompleterOptions {
  readonly files: FilePort;
  readonly editors: EditorPort;
  readonly index: PathIndex;
  readonly clock: Clock;
  readonly translate: Translate;
}

/** What `@` offers. */
export class Completer {
  readonly #options: CompleterOptions;

  constructor(options: CompleterOptions) {
    this.#options = options;
  }

  /** Best first, at most 50; empty when aborted. */
  async complete(query: string, signal: AbortSignal): Promise<Completion[]> {
    const found = /^(symbol|folder|url|file):(.*)$/su.exec(query);
    const [, kind, rest = ''] = found ?? [];
    if (kind === 'url') return urlEntry(rest);
    if (kind === 'symbol') return this.#symbols(rest, signal);
    if (kind === 'folder') return this.#folders(rest, signal);
    if (kind === 'file') return this.#files(rest, MAX_COMPLETIONS, signal);
    const fixed = /^https?:\/\/./iu.test(query) ? urlEntry(query) : this.#fixed(query);
    const files = await this.#files(query, MAX_COMPLETIONS - fixed.length, signal);
    return signal.aborted ? [] : [...fixed, ...files];
  }

  /** The entries that are always there, where what was typed fits their name. */
  #fixed(query: string): Completion[] {
    const { translate: t } = this.#options;
    const entries: readonly Omit<Completion, 'matches'>[] = [
      {
        source: 'selection',
        icon: 'list-selection',
        label: t('Selection'),
        detail: t('What is selected, else the lines in sight'),
      },
      {
        source: 'editors',
        icon: 'files',
        label: t('Open editors'),
        detail: t('All files that are open'),
      },
      {
        source: 'problems',
        icon: 'warning',
        label: t('Problems'),
        detail: t('Errors and warnings with their lines'),
      },
      {
        source: 'terminal',
        icon: 'terminal',
        label: t('Terminal'),
        detail: t('The last command and its output'),
      },
      { source: 'gitDiff', icon: 'diff', label: t('Git diff'), detail: t('What is not committed') },
      { source: 'gitLog', icon: 'git-commit', label: t('Git log'), detail: t('The last commits') },
      {
        source: 'symbol:',
        icon: 'symbol-class',
        label: t('Symbol…'),
        detail: t('A function or class by its name'),
        continues: 'symbol:',
      },
      {
        source: 'folder:',
        icon: 'folder',
        label: t('Folder…'),
        detail: t('The text files in it'),
        continues: 'folder:',
      },
      {
        source: 'url:',
        icon: 'globe',
        label: t('Web page…'),
        detail: t('A public page, as text'),
        continues: 'url:',
      },
    ];
    if (query.trim() === '') return entries.map((entry) => ({ ...entry, matches: [] }));
    return entries.flatMap((entry) => {
      const places =
        wordPlaces(query, entry.label) ??
        (entry.source.toLowerCase().startsWith(query.toLowerCase()) ? [] : undefined);
      return places ? [{ ...entry, matches: places }] : [];
    });
  }

  async #files(query: string, limit: number, signal: AbortSignal): Promise<Completion[]> {
    const { files, editors } = this.#options;
    const open = editors.openFiles().map((uri) => files.pathOf(uri));
    const shown = editors.recentFiles().map((uri) => files.pathOf(uri));
    const recent = [...new Set([...shown, ...open])];
    const paths = await this.#paths(signal);
    if (signal.aborted || limit <= 0) return [];
    if (!paths || query.trim() === '') {
      return recent
        .filter((path) => wordPlaces(query, path) !== undefined)
        .slice(0, limit)
        .map((path) => fileEntry(path, []));
    }
    const bonus = new Map<string, number>();
    recent.forEach((path, rank) => bonus.set(path, RECENT_BONUS / (rank + 1)));
    for (const path of open) bonus.set(path, (bonus.get(path) ?? 0) + OPEN_BONUS);
    const hits = (await paths.files.search(query, limit, bonus, signal)) ?? [];
    return hits.map(({ index }) =>
      fileEntry(paths.filePaths[index] ?? '', paths.files.placesInName(query, index)),
    );
  }

  async #folders(query: string, signal: AbortSignal): Promise<Completion[]> {
    const paths = await this.#paths(signal);
    if (!paths || signal.aborted) return [];
    if (query.trim() === '') {
      const top = paths.folderPaths.filter((path) => !path.includes('/')).sort();
      return top.slice(0, MAX_COMPLETIONS).map((path) => folderEntry(path, []));
    }
    const bare = query.replace(/\/+$/u, '');
    const hits = (await searchFolders(paths.folders, bare, signal)) ?? [];
    return hits.map(({ index }) =>
      folderEntry(paths.folderPaths[index] ?? '', paths.folders.placesInName(bare, index)),
    );
  }

  async #symbols(query: string, signal: AbortSignal): Promise<Completion[]> {
    const { editors, files, clock } = this.#options;
    if (query.trim() === '') return [];
    try {
      const search = abortable(editors.symbols(query.trim(), signal), signal);
      const found = (await within(search, SYMBOL_WAIT_MS, clock)) ?? [];
      return found.slice(0, MAX_COMPLETIONS).map((symbol) => ({
        source: symbolSource(symbol),
        icon: 'symbol-class',
        label: symbol.name,
        detail: [symbol.container, files.pathOf(symbol.uri)]
          .filter((part) => part !== '')
          .join(' · '),
        matches: wordPlaces(query, symbol.name) ?? [],
      }));
    } catch {
      // Aborted, or a language extension failed: it has nothing to offer.
      return [];
    }
  }

  async #paths(signal: AbortSignal): Promise<PathIndex['current']> {
    const { index, clock } = this.#options;
    if (!index.current) {
      try {
        await within(abortable(index.ready(), signal), FIRST_WAIT_MS, clock);
      } catch {
        return undefined;
      }
    }
    return index.current;
  }
}

function searchFolders(
  folders: PathSearch,
  query: string,
  signal: AbortSignal,
): ReturnType<PathSearch['search']> {
  return folders.search(query, MAX_COMPLETIONS, new Map(), signal);
}

/** Offered as soon as it could be one; whether it is public is checked when it is fetched. */
function urlEntry(typed: string): Completion[] {
  const text = typed.trim();
  const address = /^https?:\/\//iu.test(text) ? text : `https://${text}`;
  const url = text === '' ? null : URL.parse(address);
  if (!url || !url.hostname.includes('.')) return [];
  return [
    { source: `url:${address}`, icon: 'globe', label: text, detail: url.hostname, matches: [] },
  ];
}

function fileEntry(path: string, matches: number[]): Completion {
  const slash = path.lastIndexOf('/');
  return {
    source: `file:${path}`,
    icon: 'file',
    label: path.slice(slash + 1),
    detail: path.slice(0, Math.max(0, slash)),
    matches,
  };
}

function folderEntry(path: string, matches: number[]): Completion {
  const slash = path.lastIndexOf('/');
  return {
    source: `folder:${path}`,
    icon: 'folder',
    label: path.slice(slash + 1),
    detail: path.slice(0, Math.max(0, slash)),
    matches,
  };
}

/** Places of the letters typed in a label; `undefined` where they do not fit. */
function wordPlaces(query: string, label: string): number[] | undefined {
  const lower = label.toLowerCase();
  if (lower.length !== label.length) return undefined;
  const mask = letterMask(lower);
  const places = new Set<number>();
  for (const word of fuzzyWords(query)) {
    if ((word.mask & mask) !== word.mask) return undefined;
    if (fuzzyScore(word.text, label, lower, 0) === Number.NEGATIVE_INFINITY) return undefined;
    for (const place of fuzzyPlaces(word.text, lower, 0)) places.add(place);
  }
  return [...places].sort((a, b) => a - b);
}
