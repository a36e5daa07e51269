import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { webviewHtml } from '../../../src/host/webviewHtml';

/** The project's folder, from out/bench, where benches run. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const others = {
  appendOnly: 'appendOnly',
  reparse: 'reparse',
  blockMemo: 'blockMemo',
  streamdown: 'streamdown',
} as const;
export type PageKind = 'pulse' | 'dashboard' | keyof typeof others;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** The panel as it is shipped, and the renderers it is compared with, built into a temporary folder and served from there. */
export class BenchPages {
  readonly #folder: string;
  readonly #server: Server;
  readonly #origin: string;

  private constructor(folder: string, server: Server, port: number) {
    this.#folder = folder;
    this.#server = server;
    this.#origin = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<BenchPages> {
    const folder = await mkdtemp(path.join(tmpdir(), 'pulse-bench-'));
    await Promise.all([buildPanel(folder), buildOthers(folder)]);
    const server = createServer((request, response) => {
      void answer(folder, request.url ?? '/').then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      });
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    return new BenchPages(folder, server, port);
  }

  url(kind: PageKind): string {
    return `${this.#origin}/${kind}.html`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function buildPanel(folder: string): Promise<void> {
  const args = ['esbuild.mjs', '--only', 'webview,styles', '--outdir', folder];
  await promisify(execFile)(process.execPath, args, { cwd: root });
}

async function buildOthers(folder: string): Promise<void> {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(others).map(([kind, file]) => [kind, `test/bench/render/pages/${file}.ts`]),
    ),
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'chrome138',
    splitting: true,
    chunkNames: 'others/[name]-[hash]',
    // What React's slower development build asks for.
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

async function answer(folder: string, url: string): Promise<Answer> {
  const { pathname } = new URL(url, 'http://localhost');
  const name = path.posix.normalize(pathname).slice(1);
  if (name.endsWith('.html')) {
    return { status: 200, type: 'text/html', body: htmlOf(name.replace('.html', '')) };
  }
  const icons = path.join(root, 'node_modules', '@vscode', 'codicons', 'dist');
  const file = path.join(name.startsWith('codicon.') ? icons : folder, name);
  try {
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    return { status: 200, type, body: await readFile(file) };
  } catch {
    return { status: 404, type: 'text/plain', body: 'not found' };
  }
}

/** The page of the extension itself, with its policy; the others stand in the same one. */
function htmlOf(kind: string): string {
  return webviewHtml({
    cspSource: "'self'",
    nonce: 'bench',
    script: `/${kind === 'pulse' ? 'chat' : kind}.js`,
    styles: ['/codicon.css', kind === 'dashboard' ? '/dashboard.css' : '/chat.css'],
    language: 'en',
  });
}
