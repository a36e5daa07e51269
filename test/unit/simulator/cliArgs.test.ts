import { describe, expect, it } from 'vitest';
import { helpText, parseCli } from '../../../src/simulator/cliArgs';
import { faultHelp } from '../../../src/simulator/faults/faultSpec';

describe('parseCli', () => {
  it('starts without options', () => {
    expect(parseCli([])).toEqual({
      kind: 'run',
      options: {},
      fault: undefined,
      exitWithStdin: false,
      quiet: false,
    });
  });

  it('reads every option', () => {
    const line =
      '-p 8080 --seed 3 --speed 2.5 --burst --latency 100 --tokens-per-second 50 --require-key --strict-models --shape pings=odd --fault overload --fault-rate 0.1:reset --fault-rate 0.2:overload --rate-limit-headers 6 --ping-interval 500 --exit-with-stdin -q';
    expect(parseCli(line.split(' '))).toEqual({
      kind: 'run',
      options: {
        port: 8_080,
        seed: 3,
        speed: 2.5,
        burst: true,
        latencyMs: 100,
        tokensPerSecond: 50,
        requireKey: true,
        strictModels: true,
        shape: 'pings=odd',
        faultRates: [
          { rate: 0.1, fault: 'reset' },
          { rate: 0.2, fault: 'overload' },
        ],
        rateLimitHeaders: 6,
        pingIntervalMs: 500,
      },
      fault: 'overload',
      exitWithStdin: true,
      quiet: true,
    });
  });

  it.each([
    ['--port', 'x', '--port: expected a number, got "x"'],
    ['--port', '99999', 'port: expected a whole number from 0 to 65535, got 99999'],
    ['--fault-rate', 'overload', '--fault-rate: expected RATE:SPEC, got "overload"'],
    ['--fault-rate', '3:overload', 'faultRates: expected'],
    ['--fault-rate', '0.1:explode', 'unknown fault "explode"'],
    ['--fault', 'explode', 'unknown fault "explode"'],
    ['--shape', 'round', 'unknown parameter "round"'],
    ['--colour', 'blue', "Unknown option '--colour'"],
  ])('refuses %s %s with a sentence', (flag, value, problem) => {
    const command = parseCli([flag, value]);
    expect(command.kind === 'refused' && command.problem).toContain(problem);
  });

  it('explains every option and every fault', () => {
    expect(parseCli(['--help'])).toEqual({ kind: 'help' });
    const help = helpText();
    for (const [name] of faultHelp()) expect(help).toContain(`  ${name} `);
    for (const flag of ['--port', '--seed', '--burst', '--fault-rate', '--exit-with-stdin']) {
      expect(help).toContain(flag);
    }
  });
});
