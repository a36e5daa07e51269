import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Deferred } from '../../src/base/deferred';

const root = path.resolve(import.meta.dirname, '../..');
/** Of this test file alone: others build theirs at the same time. */
const folder = path.join(
  root,
  'out',
  'headlessDoor',
  `${process.pid}-${process.env['VITEST_POOL_ID'] ?? '0'}`,
);
const bundle = path.join(folder, 'headless.js');

/** Builds what people run as dist/headless.js. @returns what removes it again; `beforeAll` calls that at the end */
export async function buildHeadless(): Promise<() => Promise<void>> {
  const args = ['esbuild.mjs', '--only', 'headless', '--outdir', folder];
  await promisify(execFile)(process.execPath, args, { cwd: root });
  return () => rm(folder, { recursive: true, force: true });
}

export type JsonLine = Readonly<Record<string, unknown>> & { readonly type: string };

export interface HeadlessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run the bundle with. Default: the Node that runs the tests. */
  readonly node?: string;
}

/** A run of the headless door. */
export class HeadlessRun {
  readonly child: ChildProcess;
  readonly lines: JsonLine[] = [];
  stderr = '';
  /** All of standard output, as it was. */
  stdout = '';
  readonly #exit = new Deferred<number | null>();
  readonly #watchers = new Set<() => void>();

  /** Without an input standard input stays open for the test to write to. */
  constructor(input: string | Buffer | undefined, options: HeadlessOptions = {}) {
    this.child = spawn(options.node ?? process.execPath, [bundle, ...(options.args ?? [])], {
      env: {
        PATH: process.env['PATH'] ?? '',
        // Compiled once for all the runs of a file.
        NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
        ...options.env,
      },
    });
    let rest = '';
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stdout += chunk;
      const complete = (rest + chunk).split('\n');
      rest = complete.pop() ?? '';
      for (const line of complete) if (line.startsWith('{')) this.lines.push(parseLine(line));
      for (const watcher of this.#watchers) watcher();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
    this.child.on('close', (code) => this.#exit.resolve(code));
    this.child.on('error', (error) => this.#exit.reject(error));
    // A run that ends before it has read everything is what some tests are about.
    this.child.stdin?.on('error', () => {});
    if (input !== undefined) this.child.stdin?.end(input);
  }

  /** The exit code. */
  get exited(): Promise<number | null> {
    return this.#exit.promise;
  }

  get last(): JsonLine | undefined {
    return this.lines.at(-1);
  }

  /** What the text lines say together. */
  get text(): string {
    return this.lines.map((line) => (line.type === 'text' ? String(line['text']) : '')).join('');
  }

  /** Resolves when a line fits; rejects when the run ends without one. */
  async line(fits: (line: JsonLine) => boolean): Promise<JsonLine> {
    const found = new Deferred<JsonLine>();
    const look = (): void => {
      const line = this.lines.find(fits);
      if (line) found.resolve(line);
    };
    this.#watchers.add(look);
    look();
    void this.exited.then(() => found.reject(new Error('ended without such a line')));
    try {
      return await found.promise;
    } finally {
      this.#watchers.delete(look);
    }
  }
}

function parseLine(text: string): JsonLine {
  const line: unknown = JSON.parse(text);
  if (isLine(line)) return line;
  throw new TypeError(`not an output line: ${text}`);
}

function isLine(value: unknown): value is JsonLine {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}
