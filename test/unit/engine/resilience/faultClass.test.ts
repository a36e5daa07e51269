import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { countsForBreaker, faultClass } from '../../../../src/engine/resilience/faultClass';
import { ERROR_KINDS } from '../../../../src/engine/types';
import type { ErrorKind } from '../../../../src/engine/types';

const classOf = (kind: ErrorKind) => faultClass(new EngineError(kind, ''));

describe('faultClass', () => {
  test('counts what the endpoint is to blame for, and nothing else', () => {
    const counted = ERROR_KINDS.filter((kind) => countsForBreaker(classOf(kind)));
    expect(counted).toEqual([
      'overloaded',
      'api',
      'timeout_connect',
      'timeout_first_event',
      'timeout_idle',
      'network',
      'truncated',
    ]);
  });

  test('tells overload, throttling and a missing network from a broken endpoint', () => {
    expect(classOf('api')).toBe('endpoint');
    expect(classOf('overloaded')).toBe('overload');
    expect(classOf('rate_limit')).toBe('throttle');
    expect(classOf('offline')).toBe('offline');
    expect(classOf('spend_limit')).toBe('none');
    expect(classOf('aborted')).toBe('none');
  });
});
