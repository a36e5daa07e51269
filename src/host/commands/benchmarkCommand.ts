import * as vscode from 'vscode';
import type { BenchmarkDeps } from './benchmarkDialog';

/** Measures the endpoints in use that are chosen. What it takes is loaded with the first run. */
export class BenchmarkCommand {
  readonly #deps: BenchmarkDeps;
  #isRunning = false;

  constructor(deps: BenchmarkDeps) {
    this.#deps = deps;
  }

  readonly runBenchmark = async (): Promise<void> => {
    // Two at once would measure each other.
    if (this.#isRunning) {
      void vscode.window.showInformationMessage(vscode.l10n.t('A benchmark is running already.'));
      return;
    }
    this.#isRunning = true;
    try {
      const { BenchmarkDialog } = await import('./benchmarkDialog');
      await new BenchmarkDialog(this.#deps).run();
    } finally {
      this.#isRunning = false;
    }
  };
}
