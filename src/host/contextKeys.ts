import * as vscode from 'vscode';
import { Disposable } from '../base/disposable';
import { CONTEXT } from './contributions';
import type { Services } from './services';

/** Keeps the keys of `when` clauses up to date. */
export class ContextKeys extends Disposable {
  readonly #set = new Map<string, unknown>();

  constructor({ endpoints, engine, onChatsLoad }: Services) {
    super();
    const showEndpoint = (): void => this.#put(CONTEXT.endpoint, endpoints.state.kind);
    showEndpoint();
    this.#put(CONTEXT.busy, false);
    this._register(endpoints.onChange(showEndpoint));
    this._register(
      onChatsLoad((chats) => {
        const { hub } = chats;
        this._register(hub.onActivity(() => this.#put(CONTEXT.busy, hub.isAnyRunning)));
        this._register(chats.onFocus(() => this.#put(CONTEXT.focused, chats.hasFocus)));
      }),
    );
    this._register(
      engine.onMetricsChange(() => {
        if ((engine.metrics?.ok ?? 0) > 0) this.#put(CONTEXT.answered, true);
      }),
    );
  }

  #put(key: string, value: unknown): void {
    if (this.#set.get(key) === value) return;
    this.#set.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
