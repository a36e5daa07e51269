import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { EngineSettings } from '../../engine/settings';
import type { Endpoint } from '../../engine/types';
import { COMMANDS, HOST_SETTINGS } from '../contributions';
import { parseEndpointSettings } from '../endpoints/endpointSettings';
import type { Log } from '../logging/log';

const SECTION = 'pulse';

/** The settings under `pulse.`, checked. A refused value is told once, and its default is used. */
export class Configuration extends Disposable {
  readonly #log: Log;
  readonly #changed = this._register(new Emitter<void>());
  /** Problems that the user was told of. */
  readonly #told = new Set<string>();

  readonly onChange = this.#changed.event;

  constructor(log: Log) {
    super();
    this.#log = log;
    this._register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) this.#changed.fire();
      }),
    );
  }

  get model(): string {
    return this.#text(HOST_SETTINGS.model);
  }

  /** `undefined` for none. */
  get systemPrompt(): string | undefined {
    const text = this.#text(HOST_SETTINGS.systemPrompt);
    return text.trim() === '' ? undefined : text;
  }

  /** Header values still hold their references to secrets. */
  readonly endpoint = (): Endpoint => {
    const read = vscode.workspace.getConfiguration();
    const { endpoint, problems } = parseEndpointSettings({
      baseUrl: read.get(HOST_SETTINGS.baseUrl),
      authStyle: read.get(HOST_SETTINGS.authStyle),
      apiVersion: read.get(HOST_SETTINGS.apiVersion),
      headers: read.get(HOST_SETTINGS.headers),
    });
    for (const problem of problems) this.#tell(problem);
    return endpoint;
  };

  readonly engineSettings = async (): Promise<EngineSettings> => {
    const { defaultOf, readEngineSettings } = await import('./engineSettings');
    const section = vscode.workspace.getConfiguration(SECTION);
    const { settings, problems } = readEngineSettings((key) => section.get(key));
    for (const { key, problem } of problems) {
      this.#tell(
        vscode.l10n.t(
          'Setting {0}: {1}. The default {2} is used.',
          `${SECTION}.${key}`,
          problem,
          JSON.stringify(defaultOf(key)),
        ),
      );
    }
    return settings;
  };

  #text(key: string): string {
    const value: unknown = vscode.workspace.getConfiguration().get(key);
    return typeof value === 'string' ? value : '';
  }

  #tell(problem: string): void {
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    this.#log.warn(problem);
    const open = vscode.l10n.t('Open Settings');
    vscode.window.showWarningMessage(problem, open).then(
      (picked) => {
        if (picked === open) void vscode.commands.executeCommand(COMMANDS.openSettings);
      },
      (error: unknown) => this.#log.error('A message could not be shown', error),
    );
  }
}
