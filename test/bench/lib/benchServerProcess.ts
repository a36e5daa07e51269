import type { ChildProcess } from 'node:child_process';
import { startBenchServer, type ReplyStyle } from './benchServer';
import { forkWithRole, hasRole } from './forkedRole';

const START_LIMIT_MS = 20_000;

/**
 * Whether this process is the server's: then it serves until its parent goes, and the caller has nothing to do.
 */
export function servedAsBenchServer(): boolean {
  if (!hasRole('server')) return false;
  process.once('disconnect', () => process.exit(0));
  startBenchServer((port) => process.send?.({ port }));
  return true;
}

/** The server in a process of its own: its CPU time is not the client's. */
export class BenchServerProcess {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** @throws Error when it is not up in 20 s */
  static async start(): Promise<BenchServerProcess> {
    const child = forkWithRole('server');
    const port = await new Promise<number>((resolve, reject) => {
      const limit = setTimeout(() => {
        child.kill();
        reject(new Error('the bench server did not start in 20 s'));
      }, START_LIMIT_MS);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the bench server ended with code ${code}`)));
      child.once('message', (message) => {
        clearTimeout(limit);
        if (typeof message === 'object' && 'port' in message && typeof message.port === 'number') {
          resolve(message.port);
        } else reject(new Error('the bench server said something else than its port'));
      });
    });
    return new BenchServerProcess(child, port);
  }

  /** Without `/v1`. */
  baseURL(style: ReplyStyle): string {
    return `http://127.0.0.1:${this.#port}/${style}`;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
