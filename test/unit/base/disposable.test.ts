import { describe, expect, it } from 'vitest';
import { Disposable, toDisposable, trackDisposables } from '../../../src/base/disposable';
import type { DisposableLike } from '../../../src/base/disposable';

class Owner extends Disposable {
  own<T extends DisposableLike>(resource: T): T {
    return this._register(resource);
  }
  release(resource: DisposableLike): void {
    this._release(resource);
  }
}

describe('Disposable', () => {
  it('disposes what it owns once, last first', () => {
    const order: string[] = [];
    const owner = new Owner();
    owner.own(toDisposable(() => order.push('first')));
    owner.own(toDisposable(() => order.push('second')));
    owner.dispose();
    owner.dispose();
    expect(order).toEqual(['second', 'first']);
  });

  it('disposes at once what is added after its end', () => {
    const owner = new Owner();
    owner.dispose();
    let disposed = false;
    owner.own(toDisposable(() => (disposed = true)));
    expect(disposed).toBe(true);
  });

  it('disposes the others when one throws, then tells', () => {
    const order: string[] = [];
    const owner = new Owner();
    owner.own(toDisposable(() => order.push('first')));
    owner.own({
      dispose: () => {
        throw new Error('broken');
      },
    });
    expect(() => owner.dispose()).toThrow(AggregateError);
    expect(order).toEqual(['first']);
  });

  it('lets go of a released resource', () => {
    let count = 0;
    const owner = new Owner();
    const resource = owner.own({ dispose: () => void count++ });
    owner.release(resource);
    owner.dispose();
    expect(count).toBe(1);
  });

  it('tells the tracker of birth and death', () => {
    const alive = new Set<DisposableLike>();
    trackDisposables({
      created: (one) => alive.add(one),
      disposed: (one) => alive.delete(one),
    });
    const owner = new Owner();
    expect(alive.has(owner)).toBe(true);
    owner.dispose();
    trackDisposables(undefined);
    expect(alive.size).toBe(0);
  });
});
