import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../helpers/fakeClock';
import { parseScript } from '../../../../src/simulator/faults/faultScript';
import { ScriptPlayer } from '../../../../src/simulator/faults/scriptPlayer';
import { Random } from '../../../../src/simulator/random';

function player(script: string): { clock: FakeClock; script: ScriptPlayer } {
  const clock = new FakeClock();
  const playing = new ScriptPlayer(clock);
  playing.play(script);
  return { clock, script: playing };
}

function met(script: ScriptPlayer, seed = 1): string[] {
  return script.faults(new Random(seed)).map(({ text }) => text);
}

describe('parseScript', () => {
  it('reads phases with their durations, rates and faults', () => {
    const phases = parseScript(
      'ok for 500ms; then overload scope=all for 30s; 20% reset after=5 + 5% error message="a; b + c for 3s" for 1.5 m; ok',
    );
    expect(phases.map(({ durationMs }) => durationMs)).toEqual([500, 30_000, 90_000, Infinity]);
    expect(
      phases.map(({ chances }) =>
        chances.map(({ rate, faults }) => [rate, faults.map(({ kind }) => kind).join()]),
      ),
    ).toEqual([
      [],
      [[1, 'status']],
      [
        [0.2, 'reset'],
        [0.05, 'error'],
      ],
      [],
    ]);
  });

  it('takes the rate behind the fault, too', () => {
    expect(parseScript('reset at=headers at 20% for 20s')).toMatchObject([
      { durationMs: 20_000, chances: [{ rate: 0.2, faults: [{ kind: 'reset', at: 'headers' }] }] },
    ]);
  });

  it.each([
    ['', 'expected phases such as'],
    ['overload; ok', 'expected "for DURATION" at the end of "overload"'],
    ['overload for 30; ok', 'expected a duration such as 30s, 500ms or 2m in "overload for 30"'],
    ['overload for ages', 'got "ages"'],
    ['explode for 3s', 'unknown fault "explode"'],
    ['10s 30s of overload', 'expected "[RATE%] FAULT for DURATION" or "ok"'],
    ['120% reset for 3s', 'expected 0% to 100%'],
    ['60% reset + 50% overload for 3s', 'add up to more than 100%'],
    ['overload loud=yes for 3s', 'unknown parameter "loud"'],
  ])('refuses %j with a sentence', (script, problem) => {
    expect(() => parseScript(script)).toThrow(problem);
  });
});

describe('ScriptPlayer', () => {
  it('goes from phase to phase by the clock', async () => {
    const { clock, script } = player('ok for 10s; overload for 30s; server-error for 20s');
    expect(met(script)).toEqual([]);
    await clock.advance(10_000);
    expect(met(script)).toEqual(['overload']);
    expect(script.state).toEqual({
      kind: 'playing',
      phase: 1,
      text: 'overload for 30s',
      leftMs: 30_000,
    });
    await clock.advance(29_999);
    expect(met(script)).toEqual(['overload']);
    await clock.advance(1);
    expect(met(script)).toEqual(['server-error']);
    await clock.advance(20_000);
    expect(met(script)).toEqual([]);
    expect(script.state).toEqual({ kind: 'over' });
  });

  it('stays in a last phase that has no duration, until it is told otherwise', async () => {
    const { clock, script } = player('overload');
    await clock.advance(10_000_000);
    expect(script.state).toMatchObject({ kind: 'playing', leftMs: undefined });
    script.play('ok for 5s');
    expect(met(script)).toEqual([]);
    script.play(undefined);
    expect(script.state).toEqual({ kind: 'none' });
  });

  it('meets the rates, one fault at most for a request, the same with the same seed', () => {
    const { script } = player('20% reset + 10% overload');
    const all = Array.from({ length: 2_000 }, (_, seed) => met(script, seed));
    expect(Array.from({ length: 2_000 }, (_, seed) => met(script, seed))).toEqual(all);
    const share = (fault: string): number =>
      all.filter(([first]) => first === fault).length / 2_000;
    expect(share('reset')).toBeGreaterThan(0.17);
    expect(share('reset')).toBeLessThan(0.23);
    expect(share('overload')).toBeGreaterThan(0.08);
    expect(share('overload')).toBeLessThan(0.12);
    expect(all.every(({ length }) => length <= 1)).toBe(true);
  });
});
