import { describe, expect, test } from 'vitest';
import { RollingCount } from '../../../../src/engine/metrics/rollingCount';
import { FakeClock } from '../../../helpers/fakeClock';

describe('RollingCount', () => {
  test('counts what happened within the window and forgets what is older', async () => {
    const clock = new FakeClock();
    const count = new RollingCount(clock, 1_000, 3);
    count.add();
    await clock.advance(1_500);
    count.add();
    count.add();
    expect(count.total()).toBe(3);
    await clock.advance(1_500);
    expect(count.total()).toBe(2);
    await clock.advance(1_000);
    expect(count.total()).toBe(0);
  });

  test('starts a bucket anew when its turn comes again', async () => {
    const clock = new FakeClock();
    const count = new RollingCount(clock, 1_000, 3);
    count.add();
    await clock.advance(3_000);
    count.add();
    expect(count.total()).toBe(1);
  });

  test('forgets on reset', () => {
    const count = new RollingCount(new FakeClock(), 1_000, 3);
    count.add();
    count.reset();
    expect(count.total()).toBe(0);
  });
});
