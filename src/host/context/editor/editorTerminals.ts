import * as vscode from 'vscode';
import { Disposable } from '../../../base/disposable';
import type { TerminalPort, TerminalRun } from '../contextPorts';
import { TerminalHistory } from '../terminalHistory';

/** Listens to what shells with shell integration run, from the moment it is made: nothing else tells a terminal's output. */
export class EditorTerminals extends Disposable implements TerminalPort {
  readonly #history = new TerminalHistory<vscode.Terminal>();

  constructor(onFault: (error: unknown) => void) {
    super();
    const { window } = vscode;
    this._register(
      window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        const add = this.#history.started(terminal, terminal.name, execution.commandLine.value);
        this.#read(execution, add).catch(onFault);
      }),
    );
    this._register(
      window.onDidEndTerminalShellExecution(({ terminal, execution, exitCode }) => {
        this.#history.ended(terminal, execution.commandLine.value, exitCode);
      }),
    );
    this._register(window.onDidCloseTerminal((terminal) => this.#history.forget(terminal)));
  }

  lastRun(): TerminalRun | undefined {
    return this.#history.lastRun(vscode.window.activeTerminal);
  }

  async #read(
    execution: vscode.TerminalShellExecution,
    add: (text: string) => void,
  ): Promise<void> {
    for await (const data of execution.read()) {
      if (this.isDisposed) return;
      add(data);
    }
  }
}
