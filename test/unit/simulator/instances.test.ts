import { describe, expect, it } from 'vitest';
import { instanceOptions } from '../../../src/simulator/instances';

describe('instanceOptions', () => {
  it('leaves a single one as it is', () => {
    expect(instanceOptions({ seed: 3 }, 1, undefined)).toEqual([{ seed: 3 }]);
  });

  it('numbers several and gives them consecutive ports', () => {
    expect(instanceOptions({ port: 8_000, seed: 3 }, 2, undefined)).toEqual([
      { port: 8_000, seed: 3, name: '1' },
      { port: 8_001, seed: 3, name: '2' },
    ]);
    expect(instanceOptions({}, 2, undefined)).toEqual([{ name: '1' }, { name: '2' }]);
  });

  it('takes the options of each from a list, which win over the shared ones', () => {
    expect(
      instanceOptions({ latencyMs: 100, burst: true }, 1, [
        { name: 'fast' },
        { latencyMs: 2_000, script: 'overload for 3s' },
      ]),
    ).toEqual([
      { latencyMs: 100, burst: true, name: 'fast' },
      { latencyMs: 2_000, burst: true, name: '2', script: 'overload for 3s' },
    ]);
  });

  it.each([
    [{}, 'config: expected a list of 1 to 20 objects'],
    [[], 'config: expected a list of 1 to 20 objects'],
    [[1], 'config 1: expected an object, got 1'],
    [[{}, { latency: 3 }], 'instance 2: options: expected one of'],
    [[{ speed: 'fast' }], 'instance 1: speed: expected a number'],
    [[{ name: 'a' }, { name: 'a' }], 'name: expected another for each instance, got "a"'],
    [[{ port: 80 }, { port: 80 }], 'port: expected another for each instance, got 80'],
    [[{ name: 'a b' }], 'instance 1: name: expected 1 to 40 letters'],
  ])('refuses %j with a sentence', (config, problem) => {
    expect(() => instanceOptions({}, 1, config)).toThrow(problem);
  });
});
