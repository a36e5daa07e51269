import { describe, expect, it } from 'vitest';
import { RefreshPace } from '../../../../src/host/metricsView/refreshPace';
import { FakeClock } from '../../../helpers/fakeClock';

function paced(nextMs: () => number | undefined = () => undefined) {
  const clock = new FakeClock();
  const seen = { isVisible: true, drawn: 0 };
  const pace = new RefreshPace({
    clock,
    isVisible: () => seen.isVisible,
    draw: () => {
      seen.drawn++;
      return nextMs();
    },
  });
  return { clock, seen, pace };
}

describe('RefreshPace', () => {
  it('draws many changes once', async () => {
    const { clock, seen, pace } = paced();
    for (let i = 0; i < 100; i++) pace.changed();
    await clock.advance(10_000);
    expect(seen.drawn).toBe(1);
    expect(clock.pending).toBe(0);
    pace.dispose();
  });

  it('goes on by itself only while time alone changes something', async () => {
    let left = 3;
    const { clock, seen, pace } = paced(() => (left-- > 0 ? 1_000 : undefined));
    pace.changed();
    await clock.advance(60_000);
    expect(seen.drawn).toBe(4);
    expect(clock.pending).toBe(0);
    pace.dispose();
  });

  it('draws a countdown once a second', async () => {
    const { clock, seen, pace } = paced(() => 1_000);
    pace.changed();
    await clock.advance(10_000);
    expect(seen.drawn).toBe(10);
    pace.dispose();
  });

  it('leaves no timer behind while hidden, whatever changes', async () => {
    const { clock, seen, pace } = paced(() => 1_000);
    pace.changed();
    await clock.advance(250);
    seen.isVisible = false;
    pace.changed();
    expect(clock.pending).toBe(0);
    pace.changed();
    pace.drawn(1_000);
    await clock.advance(60_000);
    expect(seen.drawn).toBe(1);

    seen.isVisible = true;
    pace.changed();
    await clock.advance(250);
    expect(seen.drawn).toBe(2);
    pace.dispose();
  });

  it('stops when it is hidden without being told', async () => {
    const { clock, seen, pace } = paced(() => 1_000);
    pace.changed();
    await clock.advance(250);
    seen.isVisible = false;
    await clock.advance(5_000);
    expect(seen.drawn).toBe(1);
    expect(clock.pending).toBe(0);
    pace.dispose();
  });

  it('leaves no timer behind when it is disposed', () => {
    const { clock, pace } = paced();
    pace.changed();
    pace.drawn(1_000);
    pace.dispose();
    pace.changed();
    pace.drawn(1_000);
    expect(clock.pending).toBe(0);
  });
});
