import path from 'node:path';
import * as vscode from 'vscode';
import type { MetricsHistory } from '../engine/metrics/metricsHistory';
import type { AnswerStore, LimitShare } from '../engine/ports';
import type { SqliteConversationStore } from '../store/conversationStore';
import type { Log } from './logging/log';

export interface HistoryStoreOptions {
  /** The extension's global storage. */
  readonly folder: string;
  /** The bundled `store/worker.ts`. */
  readonly workerUrl: URL;
  readonly log: Log;
}

/** The conversations on disk: loaded with the first call, and what goes wrong with them told once. */
export class HistoryStore {
  readonly #options: HistoryStoreOptions;
  #store: Promise<SqliteConversationStore> | undefined;
  readonly #told = new Set<'busy' | 'other'>();

  /** Through the same file. Where it can't be opened each call rejects, and the engine does without. */
  readonly limitShare: LimitShare = {
    exchange: async (scope, used) => (await this.open()).exchange(scope, used),
  };

  /** Likewise. */
  readonly answerStore: AnswerStore = {
    getAnswer: async (key, notBefore) => (await this.open()).getAnswer(key, notBefore),
    putAnswer: async (answer, limits) => (await this.open()).putAnswer(answer, limits),
    clearAnswers: async () => (await this.open()).clearAnswers(),
  };

  /** Likewise: whoever measures does without. */
  readonly metricsHistory: MetricsHistory = {
    exchangeMetrics: async (batch, retention) =>
      (await this.open()).metrics.exchangeMetrics(batch, retention),
    readMetrics: async (range, maxRequests) =>
      (await this.open()).metrics.readMetrics(range, maxRequests),
    spending: async (range) => (await this.open()).metrics.spending(range),
    removeMetricEvent: async (uid) => (await this.open()).metrics.removeMetricEvent(uid),
    clearMetrics: async () => (await this.open()).metrics.clearMetrics(),
  };

  constructor(options: HistoryStoreOptions) {
    this.#options = options;
  }

  readonly open = (): Promise<SqliteConversationStore> => {
    this.#store ??= this.#open();
    return this.#store;
  };

  /**
   * The chat goes on without its history; that its words are not kept must be known, once. A history that another window holds is told
   * apart: what could not be written goes in with what is said next.
   */
  readonly onFault = (error: unknown): void => {
    this.#options.log.error('The history', error);
    const isBusy = error instanceof Error && 'kind' in error && error.kind === 'busy';
    const kind = isBusy ? 'busy' : 'other';
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    const why = error instanceof Error ? error.message : String(error);
    const text = isBusy
      ? vscode.l10n.t('Pulse could not save this chat just now: {0} It tries again by itself.', why)
      : vscode.l10n.t('Pulse cannot save this chat: {0} The chat goes on without it.', why);
    void vscode.window.showWarningMessage(text);
  };

  async close(): Promise<void> {
    const store = await this.#store;
    await store?.close();
  }

  async #open(): Promise<SqliteConversationStore> {
    const { folder, workerUrl, log } = this.#options;
    const { SqliteConversationStore } = await import('../store/conversationStore');
    const store = SqliteConversationStore.open({
      file: path.join(folder, 'conversations.db'),
      workerUrl,
    });
    store.onDidRecover(({ movedTo }) => {
      log.error(`The history was damaged and is now at ${movedTo}; a new one was begun`);
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'The history of Pulse was damaged. It was moved to {0}, and a new one was begun.',
          movedTo,
        ),
      );
    });
    return store;
  }
}
