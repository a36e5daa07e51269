import { AbortError, throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable, toDisposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { FilePort } from './contextPorts';
import { addRules } from './folderRules';
import { IgnoreRules } from './ignoreRules';
import { PathSearch, pathTable, SlicePause } from './pathSearch';

/** Of all folders together: some 200 bytes each. */
const MAX_PATHS = 200_000;
const MAX_IGNORE_FILES = 2_000;
/** Changes come in bursts: a checkout, a build. */
const GATHER_MS = 1_000;
/** Between two looks at the clock. */
const STEP = 256;

export interface PathIndexOptions {
  readonly files: FilePort;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/** What can be searched now. */
export interface Paths {
  readonly files: PathSearch;
  readonly filePaths: readonly string[];
  readonly folders: PathSearch;
  readonly folderPaths: readonly string[];
}

/**
 * Paths of the workspace's files without what git ignores and the settings exclude. Built in the background when it is first asked
 * for, in slices that leave the extension host free, and again soon after something came or went, but not again and again while nobody
 * asks: a build or a watching test run makes files all the time. Until then the last one answers.
 */
export class PathIndex extends Disposable {
  readonly #options: PathIndexOptions;
  readonly #stop = new AbortController();
  #current: Paths | undefined;
  #building: Promise<void> | undefined;
  #isStale = false;
  /** Since the last one was begun. */
  #isAskedFor = false;
  #timer: DisposableLike | undefined;
  #isWatching = false;

  constructor(options: PathIndexOptions) {
    super();
    this.#options = options;
    this._register(
      toDisposable(() => {
        this.#timer?.dispose();
        this.#stop.abort(new AbortError());
      }),
    );
  }

  /** The latest; `undefined` while the first is being built. Starts that. */
  get current(): Paths | undefined {
    this.#isAskedFor = true;
    if (this.#isStale && !this.isDisposed) this.#building ??= this.#build();
    void this.ready();
    return this.#current;
  }

  /** Ends when there is an index, or there can be none. Never rejects. */
  async ready(): Promise<void> {
    if (this.#current || this.isDisposed) return;
    this.#building ??= this.#build();
    await this.#building;
  }

  async #build(): Promise<void> {
    this.#isStale = false;
    this.#isAskedFor = false;
    if (!this.#isWatching) {
      this.#isWatching = true;
      this._register(this.#options.files.watch(() => this.#changed()));
    }
    try {
      const read = await this.#read(this.#stop.signal);
      // While a window is starting VS Code's search may find nothing: that is looked for again, not kept.
      this.#current = read.filePaths.length > 0 ? read : undefined;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onFault(error);
    }
    this.#building = undefined;
    if (this.#isStale && this.#isAskedFor) this.#rebuildSoon();
  }

  #changed(): void {
    this.#isStale = true;
    if (this.#isAskedFor) this.#rebuildSoon();
  }

  #rebuildSoon(): void {
    if (this.#building || this.isDisposed) return;
    this.#timer ??= this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#isStale) this.#building ??= this.#build();
    }, GATHER_MS);
  }

  async #read(signal: AbortSignal): Promise<Paths> {
    const { files, clock } = this.#options;
    const pause = new SlicePause(clock);
    const filePaths: string[] = [];
    const folderPaths = new Set<string>();
    for (const folder of files.folders) {
      const rules = await folderRules(folder, files, signal);
      const globs = files.excludes(folder);
      const limit = MAX_PATHS - filePaths.length;
      const uris =
        limit > 0 ? await files.find(folder, { include: '**/*', globs, limit, signal }) : [];
      const start = folder.endsWith('/') ? folder.length : folder.length + 1;
      const top = files.pathOf(folder);
      const prefix = files.folders.length > 1 ? `${top}/` : '';
      for (const [index, uri] of uris.entries()) {
        if (index % STEP === 0 && pause.isDue() && !(await pause.wait(signal)))
          throwIfAborted(signal);
        const relative = decoded(uri.slice(start));
        if (relative === undefined || rules.ignores(relative, false)) continue;
        filePaths.push(prefix + relative);
        addFolders(folderPaths, prefix + relative);
      }
    }
    const folders = [...folderPaths];
    const [fileTable, folderTable] = [
      await pathTable(filePaths, pause, signal),
      await pathTable(folders, pause, signal),
    ];
    throwIfAborted(signal);
    if (!fileTable || !folderTable) throw new AbortError();
    return {
      files: new PathSearch(fileTable, clock),
      filePaths,
      folders: new PathSearch(folderTable, clock),
      folderPaths: folders,
    };
  }
}

/** All `.gitignore` files of a folder. */
async function folderRules(
  folder: string,
  files: FilePort,
  signal: AbortSignal,
): Promise<IgnoreRules> {
  const globs = files.excludes(folder);
  const rules = new IgnoreRules(globs);
  const found = await files.find(folder, {
    include: '**/.gitignore',
    globs,
    limit: MAX_IGNORE_FILES,
    signal,
  });
  const start = folder.endsWith('/') ? folder.length : folder.length + 1;
  for (const uri of found) {
    throwIfAborted(signal);
    const relative = decoded(uri.slice(start)) ?? '';
    const top = relative.slice(0, Math.max(0, relative.lastIndexOf('/')));
    await addRules(rules, top, uri, files);
  }
  return rules;
}

function addFolders(folders: Set<string>, path: string): void {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const folder = path.slice(0, slash);
    // Those above are there as well.
    if (folders.has(folder)) return;
    folders.add(folder);
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
