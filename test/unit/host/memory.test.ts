import { beforeEach, describe, expect, it } from 'vitest';
import { StoredBreakers } from '../../../src/host/breakerMemory';
import { Memory } from '../../../src/host/memory';
import type { MementoLike } from '../../../src/host/memory';
import { settle } from '../../helpers/fakeClock';

class FakeMemento implements MementoLike {
  readonly values = new Map<string, unknown>();
  fault: Error | undefined;

  get(key: string): unknown {
    return this.values.get(key);
  }

  async update(key: string, value: unknown): Promise<void> {
    if (this.fault) throw this.fault;
    this.values.set(key, value);
  }
}

let workspace: FakeMemento;
let global: FakeMemento;
let faults: unknown[];

function memory(): Memory {
  return new Memory(workspace, global, (error) => void faults.push(error));
}

beforeEach(() => {
  workspace = new FakeMemento();
  global = new FakeMemento();
  faults = [];
});

describe('Memory', () => {
  it('brings choices back to the next window', async () => {
    const first = memory();
    first.rememberChoice('e', { model: 'm', effort: 'high' });
    await first.rememberMode({ kind: 'demo' });
    await first.set('e', 'allowed');
    await settle();
    const next = memory();
    expect(next.choice('e')).toEqual({ model: 'm', effort: 'high' });
    expect(next.choice('other')).toEqual({});
    expect(next.mode()).toEqual({ kind: 'demo' });
    expect(next.get('e')).toBe('allowed');
    expect(next.get('other')).toBeUndefined();
  });

  it('prefers what was chosen in this workspace to what was chosen last anywhere', async () => {
    memory().rememberChoice('e', { model: 'here', effort: 'low' });
    await settle();
    const here = workspace;
    workspace = new FakeMemento();
    memory().rememberChoice('e', { model: 'there' });
    await settle();
    expect(memory().choice('e')).toEqual({ model: 'there' });
    workspace = here;
    expect(memory().choice('e')).toEqual({ model: 'here', effort: 'low' });
  });

  it('takes nothing strange for what it kept', () => {
    workspace.values.set('pulse.choice:e', 7);
    global.values.set('pulse.endpointMode', 'demo').set('pulse.environmentKey:e', true);
    const strange = memory();
    expect(strange.choice('e')).toEqual({});
    expect(strange.mode()).toBeUndefined();
    expect(strange.get('e')).toBeUndefined();
  });

  it('reports what could not be kept', async () => {
    workspace.fault = new Error('disk full');
    memory().rememberChoice('e', { model: 'm' });
    await settle();
    expect(faults).toEqual([workspace.fault]);
  });

  it('brings open circuit breakers back to the next window', async () => {
    const saved = { key: 'e\nfamily', reopensAt: 3, openedAt: 1, recoveryMs: 2 };
    expect(new StoredBreakers(memory()).read()).toEqual([]);
    new StoredBreakers(memory()).write([saved]);
    await settle();
    expect(new StoredBreakers(memory()).read()).toEqual([saved]);
  });

  it('takes nothing strange for circuit breakers, and reports those that could not be kept', async () => {
    global.values.set('pulse.breakers', [{ key: 'e' }, 7]);
    expect(new StoredBreakers(memory()).read()).toEqual([]);
    global.fault = new Error('disk full');
    new StoredBreakers(memory()).write([]);
    await settle();
    expect(faults).toEqual([global.fault]);
  });
});
