import { describe, expect, test } from 'vitest';
import { toOtelAttributes, toOtelMeasurements } from '../../../../src/engine/metrics/openTelemetry';
import { failedRequest, measuredRequest } from '../../../helpers/measuredRequest';

describe('OpenTelemetry names', () => {
  test('a turn that went well', () => {
    const common = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'model-a',
      'pulse.endpoint.id': 'api.example',
      'pulse.action': 'chat',
    };
    expect(toOtelAttributes(measuredRequest())).toEqual({
      ...common,
      'gen_ai.usage.input_tokens': 15,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.usage.cache_creation.input_tokens': 2,
      'gen_ai.response.finish_reasons': ['end_turn'],
      'anthropic.request_id': 'req_1',
    });
    expect(toOtelMeasurements(measuredRequest())).toEqual([
      { name: 'gen_ai.client.operation.duration', unit: 's', value: 1.4, attributes: common },
      {
        name: 'gen_ai.client.operation.time_to_first_chunk',
        unit: 's',
        value: 0.4,
        attributes: common,
      },
      {
        name: 'gen_ai.client.token.usage',
        unit: '{token}',
        value: 15,
        attributes: { ...common, 'gen_ai.token.type': 'input' },
      },
      {
        name: 'gen_ai.client.token.usage',
        unit: '{token}',
        value: 50,
        attributes: { ...common, 'gen_ai.token.type': 'output' },
      },
    ]);
  });

  test('a failure carries its kind and no time to a first token that never came', () => {
    const record = failedRequest('overloaded');
    expect(toOtelAttributes(record)).toMatchObject({ 'error.type': 'overloaded' });
    expect(toOtelMeasurements(record).map(({ name }) => name)).toEqual([
      'gen_ai.client.operation.duration',
      'gen_ai.client.token.usage',
      'gen_ai.client.token.usage',
    ]);
  });
});
