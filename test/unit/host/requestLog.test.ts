import { describe, expect, it } from 'vitest';
import { requestLine } from '../../../src/host/requestLog';
import { failedTurn, requestRecord } from '../../helpers/requestRecord';

describe('requestLine', () => {
  it('has what an ended request took', () => {
    expect(requestLine(requestRecord())).toBe(
      'model-a at api.example: ok; in 1400 ms (queue 0, connect 0, first byte 300, first token 400); tokens 10 in, 50 out; attempts 1; request req_1',
    );
  });

  it('has why one failed', () => {
    expect(requestLine(requestRecord(failedTurn('overloaded', 'req_2')))).toMatch(
      /failed \(overloaded: It failed\.\); in 20 ms .*request req_2$/u,
    );
  });
});
