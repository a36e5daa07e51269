import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostWatch } from '../../../../src/engine/resilience/hostWatch';
import { FakeClock } from '../../../helpers/fakeClock';

let clock: FakeClock;
let network: string;
let watch: HostWatch;

beforeEach(() => {
  clock = new FakeClock();
  network = 'home';
  watch = new HostWatch(clock, () => network);
});

afterEach(() => {
  watch.dispose();
  expect(clock.pending).toBe(0);
});

describe('HostWatch', () => {
  it('is undisturbed while nothing changes, however long a request runs', async () => {
    const moment = watch.started();
    await clock.advance(600_000);
    expect(watch.disturbedSince(moment)).toBe(false);
    watch.ended();
  });

  it('notices another network', () => {
    const moment = watch.started();
    network = 'train';
    expect(watch.disturbedSince(moment)).toBe(true);
    watch.ended();
  });

  it('counts a change that came while nothing ran for the next request’s start', async () => {
    watch.started();
    watch.ended();
    network = 'train';
    await clock.advance(60_000);
    expect(watch.disturbedSince(watch.started())).toBe(false);
    watch.ended();
  });

  it('notices a sleep during which the monotonic clock stood still', () => {
    const moment = watch.started();
    clock.jumpWall(60_000);
    expect(watch.disturbedSince(moment)).toBe(true);
    watch.ended();
  });

  it('beats only while something runs', async () => {
    expect(clock.pending).toBe(0);
    watch.started();
    watch.started();
    expect(clock.pending).toBe(1);
    watch.ended();
    expect(clock.pending).toBe(1);
    watch.ended();
    expect(clock.pending).toBe(0);
    await clock.advance(20_000);
  });
});
