import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { SqliteConversationStore } from '../../src/store/conversationStore';
import type { ConversationStoreOptions } from '../../src/store/conversationStore';

const run = promisify(execFile);

/** Bundles a TypeScript file of the project for Node and returns where it is. */
export async function bundle(entry: string, outFolder: string): Promise<string> {
  const name = path.basename(entry, '.ts');
  await build({
    entryPoints: { [name]: entry },
    outdir: outFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node22.13',
    format: 'esm',
    logLevel: 'silent',
  });
  return path.join(outFolder, `${name}.mjs`);
}

/** For each test an empty folder, and stores in it that are closed afterwards. The worker is bundled once for the file. */
export class StoreBench {
  #bundles = '';
  #folder = '';
  #workerUrl: URL | undefined;
  readonly #stores: SqliteConversationStore[] = [];

  get file(): string {
    return path.join(this.#folder, 'chats', 'history.db');
  }

  get folder(): string {
    return path.dirname(this.file);
  }

  /** Where bundles of the test itself can go. */
  get bundles(): string {
    return this.#bundles;
  }

  get workerUrl(): URL {
    if (!this.#workerUrl) throw new Error('useStores() was not called');
    return this.#workerUrl;
  }

  open(options: Partial<ConversationStoreOptions> = {}): SqliteConversationStore {
    const { file, workerUrl } = this;
    const store = SqliteConversationStore.open({ file, workerUrl, ...options });
    this.#stores.push(store);
    return store;
  }

  /**
   * The bytes of the file and its journal, read by another process: closing a file that SQLite has open in this one would take
   * SQLite's locks away.
   */
  async bytes(): Promise<string> {
    const script = `
      const { readdirSync, readFileSync } = require('node:fs');
      for (const name of readdirSync('.')) process.stdout.write(readFileSync(name, 'latin1'));`;
    const { stdout } = await run(process.execPath, ['-e', script], {
      cwd: this.folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** Whether this is anywhere in the file or its journal. */
  async holds(text: string): Promise<boolean> {
    return (await this.bytes()).includes(text);
  }

  async prepare(): Promise<void> {
    this.#bundles = await mkdtemp(path.join(tmpdir(), 'pulse-store-bundle-'));
    this.#workerUrl = pathToFileURL(await bundle('src/store/worker.ts', this.#bundles));
  }

  async begin(): Promise<void> {
    this.#folder = await mkdtemp(path.join(tmpdir(), 'pulse-store-'));
  }

  async end(): Promise<void> {
    // A store that failed on purpose may fail to close, too: the tests of closing look at that.
    await Promise.allSettled(this.#stores.splice(0).map((store) => store.close()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async finish(): Promise<void> {
    await rm(this.#bundles, { recursive: true, force: true });
  }
}

/** Call once at the top of a test file. */
export function useStores(): StoreBench {
  const bench = new StoreBench();
  beforeAll(() => bench.prepare());
  beforeEach(() => bench.begin());
  afterEach(() => bench.end());
  afterAll(() => bench.finish());
  return bench;
}
