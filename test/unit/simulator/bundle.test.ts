import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../../src/simulator/json';
import type {
  FromSimulatorWorker,
  SimulatorWorkerData,
} from '../../../src/simulator/workerMessages';
import { ask, askForEvents, textOfDeltas } from './support';

const folder = mkdtempSync(join(tmpdir(), 'pulse-simulator-'));
const script = join(folder, 'simulator.js');

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  await build({
    entryPoints: [resolve(import.meta.dirname, '../../../src/simulator/main.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('as a worker', () => {
  function start(workerData: SimulatorWorkerData): Worker {
    return new Worker(pathToFileURL(script), { workerData });
  }

  async function next(worker: Worker): Promise<FromSimulatorWorker> {
    const [message] = (await once(worker, 'message')) as [FromSimulatorWorker];
    return message;
  }

  it('tells its port, answers there, and ends when told to', async () => {
    const worker = start({ simulator: { burst: true } });
    const exited = once(worker, 'exit');
    const first = await next(worker);
    if (first.type !== 'listening') throw new Error(`got ${first.type}`);
    expect(first.url).toBe(`http://127.0.0.1:${first.port}`);
    expect(textOfDeltas(await askForEvents(first, 'hello'))).toContain('local simulator');
    worker.postMessage({ type: 'close' });
    expect(await next(worker)).toEqual({ type: 'closed' });
    expect(await exited).toEqual([0]);
    await expect(fetch(first.url)).rejects.toThrow();
  });

  it('tells why it could not start, and ends', async () => {
    const worker = start({ simulator: { port: -1 } });
    const exited = once(worker, 'exit');
    expect(await next(worker)).toEqual({
      type: 'failed',
      message: 'port: expected a whole number from 0 to 65535, got -1',
    });
    expect(await exited).toEqual([0]);
  });
});

describe('as a command', () => {
  function run(...args: string[]): ChildProcess {
    return spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async function listening(child: ChildProcess): Promise<string> {
    let output = '';
    for await (const chunk of child.stdout ?? []) {
      output += String(chunk);
      const url = /^Simulator listening on (http:\/\/127\.0\.0\.1:\d+)\n/.exec(output)?.[1];
      if (url !== undefined) return url;
    }
    throw new Error(`it never listened: ${output}`);
  }

  it('prints its address first, answers, and ends in order when asked to', async () => {
    const child = run('--burst', '-q');
    const exited = once(child, 'exit');
    const url = await listening(child);
    expect(textOfDeltas(await askForEvents({ url }, 'hello'))).toContain('local simulator');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('ends with the process that started it when told to', async () => {
    const child = run('--exit-with-stdin');
    const exited = once(child, 'exit');
    await listening(child);
    child.stdin?.end();
    expect(await exited).toEqual([0, null]);
  });

  it('starts several, each with its options, and prints a line for each', async () => {
    const config = join(folder, 'config.json');
    writeFileSync(config, '[{ "name": "good" }, { "script": "overload" }]');
    const child = run('--burst', '-q', '--config', config);
    const exited = once(child, 'exit');
    let output = '';
    for await (const chunk of child.stdout ?? []) {
      output += String(chunk);
      if (output.split('\n').length > 2) break;
    }
    const lines = output.trim().split('\n');
    expect(lines.map((line) => line.replace(/:\d+ /, ':PORT '))).toEqual([
      'Simulator listening on http://127.0.0.1:PORT (good)',
      'Simulator listening on http://127.0.0.1:PORT (2)',
    ]);
    const urls = lines.map((line) => /http:\S+/.exec(line)?.[0] ?? '');
    const statuses = await Promise.all(
      urls.map(async (url) => {
        const response = await ask({ url }, 'x');
        await response.text();
        return [response.status, response.headers.get('x-simulator-instance')];
      }),
    );
    expect(statuses).toEqual([
      [200, 'good'],
      [529, '2'],
    ]);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('ends with 2 and a sentence for a slip', async () => {
    const child = run('--port', 'x');
    let problem = '';
    child.stderr?.on('data', (chunk) => (problem += String(chunk)));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(problem).toBe('simulator: --port: expected a number, got "x"\nSee --help.\n');
  });
});

describe('as a library', () => {
  it('starts nothing by itself', async () => {
    const loaded: unknown = await import(pathToFileURL(script).href);
    expect(isRecord({ ...(loaded as object) }) && Object.keys(loaded as object)).toEqual([
      'startSimulator',
    ]);
  });
});
