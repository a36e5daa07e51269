import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/base/event';

describe('Emitter', () => {
  it('calls listeners in order until they unsubscribe', () => {
    const emitter = new Emitter<number>();
    const seen: string[] = [];
    const first = emitter.event((n) => seen.push(`a${n}`));
    emitter.event((n) => seen.push(`b${n}`));
    emitter.fire(1);
    first.dispose();
    emitter.fire(2);
    expect(seen).toEqual(['a1', 'b1', 'b2']);
  });

  it('keeps two subscriptions of one function apart', () => {
    const emitter = new Emitter<number>();
    let calls = 0;
    const listener = (): void => void calls++;
    const first = emitter.event(listener);
    emitter.event(listener);
    first.dispose();
    expect(emitter.listenerCount).toBe(1);
    emitter.fire(1);
    expect(calls).toBe(1);
  });

  it('is silent after dispose and takes no more listeners', () => {
    const emitter = new Emitter<number>();
    let calls = 0;
    emitter.event(() => void calls++);
    emitter.dispose();
    emitter.event(() => void calls++);
    emitter.fire(1);
    expect(calls).toBe(0);
    expect(emitter.hasListeners).toBe(false);
  });

  it('calls the others when one throws and reports the error apart', async () => {
    const emitter = new Emitter<number>();
    const broken = new Error('broken listener');
    let calls = 0;
    emitter.event(() => {
      throw broken;
    });
    emitter.event(() => void calls++);
    const standing = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const reported = new Promise((resolve) => {
      process.once('uncaughtException', resolve);
    });
    emitter.fire(1);
    expect(calls).toBe(1);
    expect(await reported).toBe(broken);
    for (const listener of standing) process.on('uncaughtException', listener);
  });
});
