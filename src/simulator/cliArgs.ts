import { parseArgs } from 'node:util';
import { faultHelp, parseFaults } from './faults/faultSpec';
import { OptionsError, resolveOptions } from './options';
import type { SimulatorOptions } from './options';
import { SpecError } from './specText';
import { SHAPE_HELP } from './streamShape';

export type CliCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }
  | {
      readonly kind: 'run';
      readonly options: SimulatorOptions;
      /** A fault that every request meets. */
      readonly fault: string | undefined;
      readonly exitWithStdin: boolean;
      readonly quiet: boolean;
    };

const FLAGS = {
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string', short: 'p' },
  seed: { type: 'string' },
  speed: { type: 'string' },
  burst: { type: 'boolean' },
  latency: { type: 'string' },
  'tokens-per-second': { type: 'string' },
  'require-key': { type: 'boolean' },
  'strict-models': { type: 'boolean' },
  shape: { type: 'string' },
  fault: { type: 'string' },
  'fault-rate': { type: 'string', multiple: true },
  'rate-limit-headers': { type: 'string' },
  'ping-interval': { type: 'string' },
  'exit-with-stdin': { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const;

function faultLines(): string {
  return faultHelp()
    .map(([name, summary]) => `  ${name.padEnd(15)} ${summary}`)
    .join('\n');
}

export function helpText(): string {
  return `Pulse simulator: a local server that speaks the Messages API, for the demo, tests and benchmarks.
It listens on 127.0.0.1 only and has no model: its answers are texts written in advance.

Usage: npm run simulator -- [options]

  -p, --port N              port to listen on (a free one)
      --seed N              same seed and requests, same ids, texts, delays and faults (1)
      --speed X             2 is twice as fast as the models' own pace (1)
      --burst               no delays, many events in a write
      --latency MS          median time to first token, for all models
      --tokens-per-second N median pace, for all models
      --require-key         refuse requests without a key and keys that start with "bad"
      --strict-models       answer only for simulator-fast, -balanced, -deep and -legacy
      --shape SPEC          how streams look; see below
      --fault SPEC          a fault that every request meets; see below
      --fault-rate R:SPEC   a fault with probability R, e.g. 0.05:overload; may be repeated
      --rate-limit-headers N  0, 6, 9 or 12 of them in each answer (12)
      --ping-interval MS    between pings while a stall has pings (10000)
      --exit-with-stdin     end when standard input closes: with the process that started it
  -q, --quiet               print the address only
  -h, --help                print this

The first line printed is the address: "Simulator listening on http://127.0.0.1:PORT".

Faults, for one request: in the header x-simulator-fault, or anywhere in a question as
[[fault SPEC]], e.g. "hello [[fault overload times=2]]". SPEC is NAME KEY=VALUE ..., several
separated by ";", or the same as JSON: {"fault":"stall","after":20}.
Every fault takes times=N (the request after N failures gets through) and scope=all (with --fault:
/v1/models and count_tokens too). after=N counts pieces of the answer before it.

${faultLines()}

Shapes: in the header x-simulator-shape, as [[shape SPEC]] in a question, or with --shape:
  ${SHAPE_HELP.replaceAll('\n', '\n  ')}

Questions: ask "help" to get a list of what it can show.
`;
}

function numberFrom(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw new OptionsError(`--${flag}: expected a number, got ${JSON.stringify(text)}`);
}

function rateFrom(text: string): { rate: number; fault: string } {
  const match = /^([\d.]+):(.+)$/s.exec(text);
  const [, rate, fault] = match ?? [];
  if (rate === undefined || fault === undefined) {
    throw new OptionsError(`--fault-rate: expected RATE:SPEC, got ${JSON.stringify(text)}`);
  }
  return { rate: Number(rate), fault };
}

/** Without the keys that were not given. */
function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Reads the command line. Options are checked here, so that a slip ends with a sentence and not with a stack. */
export function parseCli(args: readonly string[]): CliCommand {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
    if (values.help === true) return { kind: 'help' };
    const options = given({
      port: numberFrom('port', values.port),
      seed: numberFrom('seed', values.seed),
      speed: numberFrom('speed', values.speed),
      burst: values.burst,
      latencyMs: numberFrom('latency', values.latency),
      tokensPerSecond: numberFrom('tokens-per-second', values['tokens-per-second']),
      requireKey: values['require-key'],
      strictModels: values['strict-models'],
      shape: values.shape,
      faultRates: values['fault-rate']?.map((text) => rateFrom(text)),
      rateLimitHeaders: numberFrom('rate-limit-headers', values['rate-limit-headers']),
      pingIntervalMs: numberFrom('ping-interval', values['ping-interval']),
    });
    for (const { fault } of resolveOptions(options).faultRates) parseFaults(fault);
    if (values.fault !== undefined) parseFaults(values.fault);
    return {
      kind: 'run',
      options,
      fault: values.fault,
      exitWithStdin: values['exit-with-stdin'] ?? false,
      quiet: values.quiet ?? false,
    };
  } catch (error) {
    if (error instanceof OptionsError || error instanceof SpecError || error instanceof TypeError) {
      return { kind: 'refused', problem: error.message };
    }
    throw error;
  }
}
