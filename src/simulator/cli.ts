import { readFile } from 'node:fs/promises';
import { assertNever } from '../base/assertNever';
import { helpText, parseCli } from './cliArgs';
import type { CliCommand } from './cliArgs';
import { instanceOptions } from './instances';
import type { SimulatorOptions } from './options';
import { OptionsError } from './optionsError';
import { startSimulator } from './simulator';
import type { Simulator } from './simulator';

/** Runs the command line. Resolves with the exit code: at once for help and slips, else when it was told to stop. */
export async function runCli(args: readonly string[]): Promise<number> {
  const command = parseCli(args);
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText());
      return 0;
    case 'refused':
      process.stderr.write(`simulator: ${command.problem}\nSee --help.\n`);
      return 2;
    case 'run':
      return serve(command);
    default:
      return assertNever(command);
  }
}

type RunCommand = Extract<CliCommand, { kind: 'run' }>;

async function serve(command: RunCommand): Promise<number> {
  const running: Simulator[] = [];
  try {
    for (const options of await allOptions(command)) {
      const simulator = await startSimulator(options);
      running.push(simulator);
      simulator.faultAlways(command.fault);
      announce(simulator, options.name, command.quiet);
    }
  } catch (error) {
    await closeAll(running);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`simulator: ${message}\n`);
    return 1;
  }
  await toldToStop(command.exitWithStdin);
  await closeAll(running);
  return 0;
}

async function allOptions({ options, instances, config }: RunCommand): Promise<SimulatorOptions[]> {
  if (config === undefined) return instanceOptions(options, instances, undefined);
  const text = await readFile(config, 'utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new OptionsError(`--config: expected JSON in ${config}`);
  }
  return instanceOptions(options, instances, parsed);
}

function announce(simulator: Simulator, name: string | undefined, quiet: boolean): void {
  const which = name === undefined ? '' : ` (${name})`;
  process.stdout.write(`Simulator listening on ${simulator.url}${which}\n`);
  if (quiet) return;
  simulator.onRequestEnded(({ method, path, status, outcome, faults, tookMs }) => {
    const ended = outcome === 'answered' ? '' : ` ${outcome}`;
    const fault = faults.length === 0 ? '' : ` (fault: ${faults.join('; ')})`;
    const took = `${Math.round(tookMs ?? 0)} ms`;
    process.stdout.write(`${method} ${path} ${status ?? '-'} ${took}${ended}${fault}${which}\n`);
  });
}

async function closeAll(running: readonly Simulator[]): Promise<void> {
  await Promise.all(running.map((simulator) => simulator.close()));
}

function toldToStop(exitWithStdin: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (!exitWithStdin) return;
    process.stdin.once('end', () => resolve());
    process.stdin.once('close', () => resolve());
    process.stdin.resume();
  });
}
