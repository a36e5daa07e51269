import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { abortable, AbortError, sleep } from './base/abort';
import { systemClock } from './base/clock';
import { Engine } from './engine/engine';
import { EngineError } from './engine/errors';
import { toOtelAttributes, toOtelMeasurements } from './engine/metrics/openTelemetry';
import { parseInput } from './headless/input';
import type { HeadlessInput, HeadlessRequest } from './headless/input';
import { LineWriter } from './headless/lineWriter';
import { doneLine, errorLine, eventLine } from './headless/outputLine';

/** The engine without an editor: requests as JSON on standard input, the replies as JSON lines on standard output. */

const OLDEST_NODE = [22, 13] as const;
const MAX_INPUT_BYTES = 64 * 1024 * 1024;

const HELP = `Usage: node headless.js [--otel] < request.json

Reads one JSON object from standard input, sends its request, and writes the reply as JSON lines while it arrives.
The last line is of type "done" or "error".

  {"endpoint": {"baseURL": "...", "apiKey": "..."}, "model": "...", "messages": [{"role": "user", "content": "..."}],
   "system": "...", "settings": {...}}

Several requests at once: "requests": [{"id": "...", "messages": [...], ...}, ...] instead of "messages". Then each line has
the "id" of its request, and each request ends with its own "done" or "error".

  --otel   at the end, write each turn's OpenTelemetry attributes and measurements as a JSON line on standard error
  --help   this text

Exit code: 0 all done, 1 one failed or was stopped, 2 bad input. docs/HEADLESS.md has the rest.
`;

const EXIT = { done: 0, failed: 1, badInput: 2 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

async function main(): Promise<ExitCode> {
  const stop = new AbortController();
  // Each request that runs listens, and there may be thousands.
  setMaxListeners(0, stop.signal);
  const writer = new LineWriter(process.stdout, () => stop.abort(new AbortError('nobody reads')));
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Once: a second one ends the process the hard way.
    process.once(name, () => stop.abort(new AbortError(`stopped by ${name}`)));
  }
  try {
    requireNode(process.versions.node);
    const options = readOptions();
    if (options.help) {
      process.stdout.write(HELP);
      return EXIT.done;
    }
    const input = parseInput(await readInput(stop.signal));
    return await answerAll(input, { otel: options.otel, signal: stop.signal, writer });
  } catch (error) {
    const failure = toEngineError(error, stop.signal);
    writer.write(errorLine(failure));
    return exitCodeOf(failure);
  } finally {
    await writer.finish();
  }
}

interface AnswerOptions {
  readonly otel: boolean;
  readonly signal: AbortSignal;
  readonly writer: LineWriter;
}

/** Hands all requests to one engine; each ends with a line of its own. */
async function answerAll(input: HeadlessInput, options: AnswerOptions): Promise<ExitCode> {
  const { endpoint, others, keys, settings, requests } = input;
  const engine = new Engine({
    keys: { getKey: (endpointId) => Promise.resolve(keys.get(endpointId)) },
    endpoint,
    others,
    settings,
  });
  try {
    const codes = await Promise.all(requests.map((each) => answer(each, engine, options)));
    if (codes.every((code) => code === EXIT.done)) return EXIT.done;
    // Where there is only one request, what is wrong with it is wrong with the input.
    return codes.length === 1 && codes[0] !== undefined ? codes[0] : EXIT.failed;
  } finally {
    if (options.otel) reportTelemetry(engine);
    engine.dispose();
  }
}

/** One request to its end. Never rejects. */
async function answer(
  { id, delayMs, request }: HeadlessRequest,
  engine: Engine,
  { signal, writer }: AnswerOptions,
): Promise<ExitCode> {
  try {
    if (delayMs > 0) await sleep(delayMs, signal, systemClock);
    const reply = await engine.stream(request, {
      signal,
      onEvent: (event) => {
        const line = eventLine(event);
        if (line) writer.write(line, id);
      },
    });
    writer.write(doneLine(reply), id);
    return EXIT.done;
  } catch (error) {
    const failure = toEngineError(error, signal);
    writer.write(errorLine(failure), id);
    return exitCodeOf(failure);
  }
}

function exitCodeOf({ kind }: EngineError): ExitCode {
  return kind === 'invalid_input' ? EXIT.badInput : EXIT.failed;
}

/** The oldest first. */
function reportTelemetry(engine: Engine): void {
  for (const record of engine.metrics.snapshot().recent.toReversed()) {
    const turn = { ...record, errorKind: record.error?.kind };
    const telemetry = {
      attributes: toOtelAttributes(turn),
      measurements: toOtelMeasurements(turn),
    };
    process.stderr.write(`${JSON.stringify(telemetry)}\n`);
  }
}

function readOptions(): { readonly help: boolean; readonly otel: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        otel: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new EngineError('invalid_input', `${problem} See --help.`);
  }
}

async function readInput(signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) {
    process.stderr.write(
      'Reading a request from the terminal; end it with Ctrl+D, or see --help.\n',
    );
  }
  const bytes = await abortable(readAll(), signal);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new EngineError('invalid_input', 'Bad input: expected UTF-8.');
  }
}

async function readAll(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) {
      throw new EngineError(
        'invalid_input',
        `Bad input: expected at most ${MAX_INPUT_BYTES} bytes on standard input.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new EngineError(
    'invalid_input',
    `This needs Node ${oldestMajor}.${oldestMinor} or newer and runs on ${version}.`,
  );
}

function toEngineError(error: unknown, signal: AbortSignal): EngineError {
  if (error instanceof EngineError) return error;
  if (signal.aborted) return new EngineError('aborted', 'The reply was stopped.', { cause: error });
  return new EngineError(
    'internal',
    'Something inside Pulse failed. This is a fault of Pulse; please report it.',
    { cause: error },
  );
}

// Kept connections and an unread standard input would keep the process alive.
process.exit(await main());
