import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname } from 'node:path';
import { rounded } from './statistics';
import { textTable } from './textTable';

/** The machine that the figures come from. */
interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Of the whole machine. */
  readonly memoryGB: number;
  readonly node: string;
  readonly os: string;
}

/** One measured thing. Units are in the names of the further fields, as in `medianUs`. */
interface BenchRow {
  /** The table that it stands in. */
  readonly table: string;
  readonly name: string;
  readonly [figure: string]: string | number;
}

interface BenchTarget {
  readonly what: string;
  /** As in `<= 1.2 x`. */
  readonly target: string;
  readonly value: number;
  readonly met: boolean;
}

/** Collects a bench's figures, prints them as they come and writes them down as JSON. */
export class BenchReport {
  readonly #bench: string;
  readonly #rows: BenchRow[] = [];
  readonly #targets: BenchTarget[] = [];

  constructor(bench: string) {
    this.#bench = bench;
  }

  printHeader(): void {
    const { cpu, cores, memoryGB, node, os } = thisMachine();
    console.log(
      `bench ${this.#bench}: ${cpu}, ${cores} cores, ${memoryGB} GB, Node ${node}, ${os}`,
    );
  }

  /** Adds and prints one table; `note` says how to read it. */
  addTable(table: string, note: string, rows: readonly Omit<BenchRow, 'table'>[]): void {
    for (const row of rows) this.#rows.push({ table, ...row, name: String(row['name']) });
    console.log(`\n${table}\n${note}\n\n${textTable(rows)}`);
  }

  /** `limit` is inclusive on both sides of the comparison. */
  addTarget(
    what: string,
    comparison: '<=' | '>=',
    limit: number,
    value: number,
    unit: string,
  ): void {
    const met = comparison === '<=' ? value <= limit : value >= limit;
    this.#targets.push({
      what,
      target: `${comparison} ${limit} ${unit}`,
      value: rounded(value, 3),
      met,
    });
  }

  printTargets(): void {
    const rows = this.#targets.map(({ what, target, value, met }) => ({
      target: what,
      wanted: target,
      measured: value,
      met: met ? 'yes' : 'NO',
    }));
    console.log(`\nTargets\n\n${textTable(rows)}`);
  }

  async write(file: string): Promise<void> {
    const report = {
      bench: this.#bench,
      date: new Date().toISOString(),
      machine: thisMachine(),
      rows: this.#rows,
      targets: this.#targets,
    };
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  }
}

function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGB: rounded(totalmem() / 2 ** 30, 1),
    node: process.versions.node,
    os: `${type()} ${release()}`,
  };
}
