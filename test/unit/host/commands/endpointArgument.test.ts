import { expect, it } from 'vitest';
import { endpointIdOf } from '../../../../src/host/commands/endpointArgument';
import { MetricElement } from '../../../../src/host/metricsView/treeDiff';

it('a command is about the endpoint that it is given, or whose line it was chosen on', () => {
  const line = { id: 'endpoint', label: 'gw.example', endpointId: 'gw.example' };
  expect(endpointIdOf('gw.example')).toBe('gw.example');
  expect(endpointIdOf(new MetricElement(line, undefined))).toBe('gw.example');
});

it.each([undefined, null, 7, { node: { endpointId: 'x' } }, { endpointId: 'x' }])(
  'a command is about no endpoint with %j',
  (argument) => {
    expect(endpointIdOf(argument)).toBeUndefined();
  },
);
