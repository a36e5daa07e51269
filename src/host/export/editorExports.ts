import * as vscode from 'vscode';
import { HOST_SETTINGS } from '../contributions';
import { secretReferences } from '../endpoints/headerSecrets';
import type { KeyStore } from '../secrets/keyStore';
import { readExportSettings } from './exportSettings';
import type { ExportSettings } from './exportSettings';
import { collectorOwner, MetricsExports } from './metricsExports';
import type { MetricsExportsDeps } from './metricsExports';

export type EditorExportsDeps = Pick<
  MetricsExportsDeps,
  'clock' | 'log' | 'version' | 'gauges' | 'onSettingsChange' | 'onFault'
> & {
  readonly keys: KeyStore;
  /** What is wrong with the settings, each a line. */
  readonly onProblems: (problems: readonly string[]) => void;
};

/** The exports as the editor's settings want them, begun. */
export function editorExports(deps: EditorExportsDeps): MetricsExports {
  const { keys, onProblems, onFault } = deps;
  let askedFor = '';
  const settings = (): ExportSettings => {
    const read = editorSettings();
    onProblems(read.problems);
    const collector = JSON.stringify(read.collector ?? '');
    if (collector !== askedFor && vscode.env.isTelemetryEnabled) {
      askedFor = collector;
      askForSecrets(read, keys).catch(onFault);
    }
    return read;
  };
  const exports = new MetricsExports({
    ...deps,
    settings,
    isTelemetryEnabled: () => vscode.env.isTelemetryEnabled,
    onTelemetryChange: vscode.env.onDidChangeTelemetryEnabled,
    secret: (owner, name) => keys.headerSecret(owner, name),
    fetch: (input, init) => globalThis.fetch(input, init),
  });
  exports.follow();
  return exports;
}

function editorSettings(): ExportSettings {
  const read = vscode.workspace.getConfiguration();
  return readExportSettings(
    {
      prometheusEnabled: read.get(HOST_SETTINGS.prometheusEnabled),
      prometheusPort: read.get(HOST_SETTINGS.prometheusPort),
      otlpEnabled: read.get(HOST_SETTINGS.otlpEnabled),
      otlpEndpoint: read.get(HOST_SETTINGS.otlpEndpoint),
      otlpHeaders: read.get(HOST_SETTINGS.otlpHeaders),
    },
    vscode.l10n.t,
  );
}

/** Secrets that the collector's headers refer to and that are not set are asked for. */
async function askForSecrets({ collector }: ExportSettings, keys: KeyStore): Promise<void> {
  if (!collector) return;
  const { t } = vscode.l10n;
  const owner = collectorOwner(collector);
  for (const name of secretReferences(collector.headers)) {
    if ((await keys.headerSecret(owner, name)) !== undefined) continue;
    const set = t('Set Secret');
    const picked = await vscode.window.showWarningMessage(
      t('Metrics are not sent: the secret "{0}" for {1} is not set.', name, collector.endpoint),
      set,
    );
    if (picked !== set) return;
    const value = await vscode.window.showInputBox({
      title: t('Secret "{0}" for {1}', name, collector.endpoint),
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined || value === '') return;
    await keys.setHeaderSecret(owner, name, value);
  }
}
