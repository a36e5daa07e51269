import { describe, expect, it } from 'vitest';
import { DemoWorker } from '../../../../src/host/endpoints/demoWorker';
import { FakeClock } from '../../../helpers/fakeClock';

function worker(code: string): URL {
  const start = "import { parentPort, workerData } from 'node:worker_threads';";
  return new URL(`data:text/javascript,${encodeURIComponent(start + code)}`);
}

const LISTENS = `
  parentPort.postMessage({ type: 'listening', port: 1, url: 'http://127.0.0.1:1/' + Object.keys(workerData) });
  parentPort.on('message', () => {});`;

describe('DemoWorker', () => {
  it('gives the address at which the simulator listens, and starts one only', async () => {
    const clock = new FakeClock();
    const demo = new DemoWorker(worker(LISTENS), clock);
    expect(await Promise.all([demo.start(), demo.start()])).toEqual([
      'http://127.0.0.1:1/simulator',
      'http://127.0.0.1:1/simulator',
    ]);
    expect(clock.pending).toBe(0);
    demo.stop();
  });

  it('says why the simulator could not start, and tries again with the next question', async () => {
    const demo = new DemoWorker(
      worker("parentPort.postMessage({ type: 'failed', message: 'no port is free' });"),
      new FakeClock(),
    );
    await expect(demo.start()).rejects.toThrow('no port is free');
    await expect(demo.start()).rejects.toThrow('no port is free');
  });

  it('says so when its thread dies at once', async () => {
    const demo = new DemoWorker(worker("throw new Error('broken');"), new FakeClock());
    await expect(demo.start()).rejects.toThrow('broken');
  });

  it('does not wait for ever', async () => {
    const clock = new FakeClock();
    const demo = new DemoWorker(worker("parentPort.on('message', () => {});"), clock);
    const started = demo.start();
    const ended = expect(started).rejects.toThrow('did not start within 10 s');
    await clock.advance(10_000);
    await ended;
  });
});
