import { CommandLineError, parseBenchOptions } from './benchOptions';
import { BenchReport } from './benchReport';
import { collectGarbage } from './garbage';

const LIMIT_MINUTES = 15;

/** Measures one thing and adds its tables and targets to the report. `quick`: only see that it runs. */
export type BenchPart = (report: BenchReport, quick: boolean) => Promise<void>;

/**
 * Runs a bench by its command line (docs/BENCHMARKS.md): its parts in order, the targets, the JSON. The process exits with
 * 0 when all of it ran, 2 for a bad command line, 1 for anything else, taking longer than `limitMinutes` included.
 */
export async function runBench(
  name: string,
  parts: Readonly<Record<string, BenchPart>>,
  limitMinutes = LIMIT_MINUTES,
): Promise<void> {
  const limit = setTimeout(() => {
    console.error(`The bench was not over after ${limitMinutes} minutes.`);
    process.exit(1);
  }, limitMinutes * 60_000);
  try {
    const options = parseBenchOptions(process.argv.slice(2), Object.keys(parts));
    await collectGarbage();
    const report = new BenchReport(name);
    report.printHeader();
    for (const part of options.parts) await parts[part]?.(report, options.quick);
    report.printTargets();
    if (options.json !== undefined) await report.write(options.json);
  } catch (error) {
    const badCommandLine = error instanceof CommandLineError;
    console.error(badCommandLine ? error.message : error);
    process.exitCode = badCommandLine ? 2 : 1;
  } finally {
    clearTimeout(limit);
  }
}
