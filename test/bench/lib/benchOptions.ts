import { parseArgs } from 'node:util';

/** What every bench takes on its command line. */
interface BenchOptions {
  /** Where to write the machine-readable report; `undefined`: nowhere. */
  readonly json: string | undefined;
  /** Shortens everything, to try a change; its figures are not for writing down. */
  readonly quick: boolean;
  /** Parts to run, in the order of the bench. */
  readonly parts: readonly string[];
}

/** A command line that makes no sense; the message is for the person who typed it. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** @throws CommandLineError on an unknown option or part */
export function parseBenchOptions(args: readonly string[], parts: readonly string[]): BenchOptions {
  const { json, quick, only } = parseOptions(args);
  const chosen = only?.split(',') ?? parts;
  const unknown = chosen.filter((part) => !parts.includes(part));
  if (unknown.length > 0) {
    throw new CommandLineError(
      `--only: expected some of ${parts.join(',')}, got ${unknown.join(',')}`,
    );
  }
  return { json, quick, parts: parts.filter((part) => chosen.includes(part)) };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
      },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new CommandLineError(problem, { cause: error });
  }
}
