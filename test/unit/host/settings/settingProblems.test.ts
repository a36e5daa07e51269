import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingProblems } from '../../../../src/host/settings/settingProblems';
import { FakeClock } from '../../../helpers/fakeClock';

let clock: FakeClock;
let told: (readonly string[])[];
let problems: SettingProblems;

async function later(): Promise<void> {
  await clock.advance(1_000);
}

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  problems = new SettingProblems(clock, (lines) => void told.push(lines));
});

afterEach(() => {
  problems.dispose();
  expect(clock.pending).toBe(0);
});

describe('SettingProblems', () => {
  it('tells all that is found at about the same time at once', async () => {
    problems.report('endpoint', ['a', 'b']);
    problems.report('engine', ['c']);
    expect(told).toEqual([]);
    await later();
    expect(told).toEqual([['a', 'b', 'c']]);
  });

  it('tells nothing again while it lasts, and what is new alone', async () => {
    problems.report('engine', ['a']);
    await later();
    problems.report('engine', ['a']);
    problems.report('engine', ['a', 'b']);
    await later();
    expect(told).toEqual([['a'], ['b']]);
  });

  it('tells again what was put right and is wrong again', async () => {
    problems.report('engine', ['a']);
    await later();
    problems.report('engine', []);
    problems.report('engine', ['a']);
    await later();
    expect(told).toEqual([['a'], ['a']]);
  });

  it('tells nothing of what was put right before it could be told', async () => {
    problems.report('engine', ['a']);
    problems.report('engine', []);
    await later();
    expect(told).toEqual([]);
  });

  it('tells nothing when nothing is wrong, and waits for nothing', () => {
    problems.report('engine', []);
    expect(clock.pending).toBe(0);
  });

  it('tells nothing after its end', async () => {
    problems.report('engine', ['a']);
    problems.dispose();
    problems.report('engine', ['b']);
    await later();
    expect(told).toEqual([]);
  });
});
