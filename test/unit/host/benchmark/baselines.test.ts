import { describe, expect, it } from 'vitest';
import { Baselines } from '../../../../src/host/benchmark/baselines';
import { answers, benchResult, measured } from '../../../helpers/benchResults';
import { FakeMemento } from '../../../helpers/fakeMemento';

const result = benchResult([measured('latency', answers([300, 400]))]);

describe('Baselines', () => {
  it('brings the run of each endpoint back to the next window, until it is forgotten', async () => {
    const memento = new FakeMemento();
    await new Baselines(memento).keep(result);
    await new Baselines(memento).keep({ ...result, endpointId: 'other', tookMs: 1 });
    const next = new Baselines(memento);
    expect(next.of('e')).toEqual(result);
    expect(next.of('other')).toMatchObject({ tookMs: 1 });
    expect(next.of('third')).toBeUndefined();
    await next.forget('e');
    expect(next.of('e')).toBeUndefined();
    expect(next.of('other')).toBeDefined();
  });

  it('takes nothing strange for a run', () => {
    const memento = new FakeMemento();
    memento.values.set('pulse.benchmark:e', { version: 1, endpointId: 'e' });
    expect(new Baselines(memento).of('e')).toBeUndefined();
    memento.values.set('pulse.benchmark:e', { ...result, endpointId: 'other' });
    expect(new Baselines(memento).of('e')).toBeUndefined();
  });
});
