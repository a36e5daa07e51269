import { stripVTControlCharacters } from 'node:util';
import type { TerminalRun } from './contextPorts';

/** Of a long output its end is kept: there the error is. UTF-16 units. */
const MAX_KEPT = 200_000;
const MAX_TERMINALS = 50;

const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(0x07);
/** What shell integration wraps commands and titles in; ends with BEL or ST. Node's own stripping stops at spaces in them. */
const OSC = new RegExp(`${ESC}\\][^${BEL}${ESC}]{0,4000}(?:${BEL}|${ESC}\\\\)`, 'gu');

interface Run {
  command: string;
  output: string;
  isCut: boolean;
  exitCode: number | undefined;
  isRunning: boolean;
}

/** The last command of each terminal with what it wrote. `T` is what names a terminal. */
export class TerminalHistory<T extends object> {
  readonly #runs = new Map<T, Run>();
  readonly #names = new Map<T, string>();

  /** Returns where to put what it writes; later calls for the same terminal put an end to that. */
  started(terminal: T, name: string, command: string): (text: string) => void {
    const run: Run = { command, output: '', isCut: false, exitCode: undefined, isRunning: true };
    this.forget(terminal);
    this.#runs.set(terminal, run);
    this.#names.set(terminal, name);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MAX_TERMINALS && oldest) this.forget(oldest);
    return (text) => {
      run.output += text;
      if (run.output.length <= MAX_KEPT * 2) return;
      run.output = run.output.slice(-MAX_KEPT);
      run.isCut = true;
    };
  }

  ended(terminal: T, command: string, exitCode: number | undefined): void {
    const run = this.#runs.get(terminal);
    if (!run) return;
    // The shell knows the whole line better at its end.
    if (command !== '') run.command = command;
    run.exitCode = exitCode;
    run.isRunning = false;
  }

  forget(terminal: T): void {
    this.#runs.delete(terminal);
    this.#names.delete(terminal);
  }

  /** Of this terminal, else the latest of any. */
  lastRun(terminal: T | undefined): TerminalRun | undefined {
    const own = terminal && this.#runs.has(terminal) ? terminal : [...this.#runs.keys()].at(-1);
    const run = own && this.#runs.get(own);
    if (!own || !run) return undefined;
    const isLong = run.output.length > MAX_KEPT;
    const output = isLong ? run.output.slice(-MAX_KEPT) : run.output;
    return { ...run, output, isCut: run.isCut || isLong, terminal: this.#names.get(own) ?? '' };
  }
}

/** What a terminal shows of its output in the end: no escape sequences, and of a line that was written over only its last state. */
export function plainOutput(output: string): string {
  const plain = stripVTControlCharacters(output.replaceAll(OSC, ''));
  return plain
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) =>
      line.slice(line.replace(/\r+$/u, '').lastIndexOf('\r') + 1).replaceAll(/[^\P{C}\t]/gu, ''),
    )
    .join('\n')
    .trimEnd();
}
