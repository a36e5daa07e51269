import { describe, expect, it } from 'vitest';
import { helpText, parseCli } from '../../../src/simulator/cliArgs';
import { faultHelp } from '../../../src/simulator/faults/faultSpec';

describe('parseCli', () => {
  it('starts without options', () => {
    expect(parseCli([])).toEqual({
      kind: 'run',
      options: {},
      fault: undefined,
      instances: 1,
      config: undefined,
      exitWithStdin: false,
      quiet: false,
    });
  });

  it('reads every option', () => {
    const line =
      '-p 8080 --seed 3 --speed 2.5 --burst --latency 100 --tokens-per-second 50 --require-key --strict-models --shape pings=odd --fault overload --fault-rate 0.1:reset --fault-rate 0.2:overload --rate-limit-headers 6 --ping-interval 500 --limits requests=50,input=30000,output=8000 --enforce no --initial-fill 0.5 --foreign-share 0.2 --continuation mixed --instances 3 --config file.json --exit-with-stdin -q';
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
        limits: { requests: 50, inputTokens: 30_000, outputTokens: 8_000 },
        enforce: false,
        initialFill: 0.5,
        foreign: { share: 0.2 },
        continuation: 'mixed',
      },
      fault: 'overload',
      instances: 3,
      config: 'file.json',
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
    ['--limits', 'tokens=5', '--limits: expected requests=N,input=N,output=N'],
    ['--limits', 'requests=0', 'limits.requests: expected a whole number from 1'],
    ['--enforce', 'maybe', '--enforce: expected yes or no, got "maybe"'],
    ['--initial-fill', '2', 'initialFill: expected a number from 0 to 1, got 2'],
    ['--foreign-share', '2', 'foreign.share: expected a number from 0 to 1, got 2'],
    ['--script', 'overload; ok', 'script: expected "for DURATION" at the end of "overload"'],
    ['--continuation', 'wild', 'continuation: expected one of exact, repeat'],
    ['--instances', '0', '--instances: expected a whole number from 1 to 20'],
    ['--colour', 'blue', "Unknown option '--colour'"],
  ])('refuses %s %s with a sentence', (flag, value, problem) => {
    const command = parseCli([flag, value]);
    expect(command.kind === 'refused' && command.problem).toContain(problem);
  });

  it('reads a script', () => {
    const script = 'ok for 10s; 20% reset for 20s';
    expect(parseCli(['--script', script])).toMatchObject({ kind: 'run', options: { script } });
  });

  it('explains every option and every fault', () => {
    expect(parseCli(['--help'])).toEqual({ kind: 'help' });
    const help = helpText();
    for (const [name] of faultHelp()) expect(help).toContain(`  ${name} `);
    for (const flag of [
      '--port',
      '--seed',
      '--burst',
      '--fault-rate',
      '--limits',
      '--script',
      '--config',
    ]) {
      expect(help).toContain(flag);
    }
  });
});
