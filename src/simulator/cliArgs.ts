import { parseArgs } from 'node:util';
import { CONTINUATION_STYLES } from './answers/continuation';
import { SCRIPT_HELP } from './faults/faultScript';
import { faultHelp, parseFaults } from './faults/faultSpec';
import { instanceOptions, MOST_INSTANCES } from './instances';
import { checkedOptions } from './options';
import type { SimulatorOptions } from './options';
import { OptionsError } from './optionsError';
import type { RateLimitOptions } from './ratePolicy';
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
      /** How many simulators to start. */
      readonly instances: number;
      /** A JSON file with the options of each; wins over `instances`. */
      readonly config: string | undefined;
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
  limits: { type: 'string' },
  enforce: { type: 'string' },
  'initial-fill': { type: 'string' },
  'foreign-share': { type: 'string' },
  script: { type: 'string' },
  continuation: { type: 'string' },
  instances: { type: 'string' },
  config: { type: 'string' },
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
      --limits LIST         rate limits a minute for each key and model family, enforced as the API
                            does: requests=50,input=30000,output=8000 (reported, not enforced)
      --enforce yes|no      whether limits are enforced (yes with --limits)
      --initial-fill X      how full their buckets are at the start, 0 to 1 (1)
      --foreign-share X     share of the refill that others on the same key take, 0 to 1 (0)
      --script SCRIPT       outages that begin at the start; see below
      --continuation STYLE  how an answer that broke off goes on (exact):
                            ${CONTINUATION_STYLES.join(', ')}
      --instances N         start N of them, named 1 to N, on consecutive or free ports
      --config FILE         start one for each object of a JSON list: options by their names in
                            docs/SIMULATOR.md, beside those given here
      --exit-with-stdin     end when standard input closes: with the process that started it
  -q, --quiet               print the address only
  -h, --help                print this

The first line printed is the address: "Simulator listening on http://127.0.0.1:PORT".
With several there is a line for each, with its name in parentheses at the end.

Faults, for one request: in the header x-simulator-fault, or anywhere in a question as
[[fault SPEC]], e.g. "hello [[fault overload times=2]]". SPEC is NAME KEY=VALUE ..., several
separated by ";", or the same as JSON: {"fault":"stall","after":20}.
Every fault takes times=N (the request after N failures gets through) and scope=all (with --fault:
/v1/models and count_tokens too). after=N counts pieces of the answer before it.

${faultLines()}

Scripts: with --script or as [[script SCRIPT]] in a question; [[outage 30s overload]] is a short one.
That question is answered; what is asked after it meets the script.
  ${SCRIPT_HELP.replaceAll('\n', '\n  ')}

Continuations: with --continuation, in the header x-simulator-continuation, or as
[[continuation STYLE]] in a question.

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

const LIMIT_KEYS: Readonly<Record<string, keyof RateLimitOptions>> = {
  requests: 'requests',
  input: 'inputTokens',
  output: 'outputTokens',
};

function limitsFrom(text: string | undefined): RateLimitOptions | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split(',').map((pair) => {
    const [name = '', amount = ''] = pair.split('=', 2).map((part) => part.trim());
    const key = Object.hasOwn(LIMIT_KEYS, name) ? LIMIT_KEYS[name] : undefined;
    if (key === undefined || !/^\d+$/.test(amount)) {
      throw new OptionsError(
        `--limits: expected requests=N,input=N,output=N or some of them, got ${JSON.stringify(text)}`,
      );
    }
    return [key, Number(amount)] as const;
  });
  return Object.fromEntries(pairs);
}

function yesOrNo(flag: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new OptionsError(`--${flag}: expected yes or no, got ${JSON.stringify(text)}`);
}

function instancesFrom(text: string | undefined): number {
  const count = numberFrom('instances', text) ?? 1;
  if (Number.isInteger(count) && count >= 1 && count <= MOST_INSTANCES) return count;
  throw new OptionsError(
    `--instances: expected a whole number from 1 to ${MOST_INSTANCES}, got ${JSON.stringify(text)}`,
  );
}

/** Without the keys that were not given. */
function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function readValues(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
}

/** @throws OptionsError, SpecError */
function optionsFrom(values: ReturnType<typeof readValues>): SimulatorOptions {
  const foreign = numberFrom('foreign-share', values['foreign-share']);
  return checkedOptions(
    given({
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
      limits: limitsFrom(values.limits),
      enforce: yesOrNo('enforce', values.enforce),
      initialFill: numberFrom('initial-fill', values['initial-fill']),
      foreign: foreign === undefined ? undefined : { share: foreign },
      script: values.script,
      continuation: values.continuation,
    }),
  );
}

/** Reads the command line. Options are checked here, so that a slip ends with a sentence and not with a stack. */
export function parseCli(args: readonly string[]): CliCommand {
  try {
    const values = readValues(args);
    if (values.help === true) return { kind: 'help' };
    const options = optionsFrom(values);
    for (const { fault } of options.faultRates ?? []) parseFaults(fault);
    if (values.fault !== undefined) parseFaults(values.fault);
    const instances = instancesFrom(values.instances);
    instanceOptions(options, instances, undefined);
    return {
      kind: 'run',
      options,
      fault: values.fault,
      instances,
      config: values.config,
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
