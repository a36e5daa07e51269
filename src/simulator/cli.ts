import { assertNever } from '../base/assertNever';
import { helpText, parseCli } from './cliArgs';
import type { CliCommand } from './cliArgs';
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

async function serve(command: Extract<CliCommand, { kind: 'run' }>): Promise<number> {
  let simulator: Simulator;
  try {
    simulator = await startSimulator(command.options);
    simulator.faultAlways(command.fault);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`simulator: ${message}\n`);
    return 1;
  }
  process.stdout.write(`Simulator listening on ${simulator.url}\n`);
  if (!command.quiet) {
    simulator.onRequestEnded(({ method, path, status, outcome, faults, tookMs }) => {
      const ended = outcome === 'answered' ? '' : ` ${outcome}`;
      const fault = faults.length === 0 ? '' : ` (fault: ${faults.join('; ')})`;
      const took = `${Math.round(tookMs ?? 0)} ms`;
      process.stdout.write(`${method} ${path} ${status ?? '-'} ${took}${ended}${fault}\n`);
    });
  }
  await toldToStop(command.exitWithStdin);
  await simulator.close();
  return 0;
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
