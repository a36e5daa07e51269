import { homedir, platform } from 'node:os';
import * as vscode from 'vscode';
import { abortable } from '../../base/abort';
import { systemClock } from '../../base/clock';
import { FIX_IDS } from '../../engine/diagnostics/cause';
import type { FixId } from '../../engine/diagnostics/cause';
import type { MemorySample } from '../../engine/diagnostics/memoryWatch';
import type { Engine } from '../../engine/engine';
import type { KeySource } from '../../engine/ports';
import type { Endpoint } from '../../engine/types';
import type { Report } from '../../protocol/report';
import type { Chats } from '../chat/chats';
import { COMMANDS, HOST_SETTINGS } from '../contributions';
import { redaction } from '../diagnose/redaction';
import type { EngineHost } from '../engineHost';
import type { Redactor } from '../logging/redactor';
import { ownVersion } from '../ownVersion';
import { endpointIdOf } from './endpointArgument';
import { pickEndpoint } from './endpointPick';

export interface DiagnoseDeps {
  readonly engine: EngineHost;
  readonly keys: KeySource;
  readonly redactor: Redactor;
  /** Where the disk is tried: a folder of the extension's own. */
  readonly folder: vscode.Uri;
  /** What was held in the last hour, oldest first. */
  readonly memory: () => readonly MemorySample[];
  /** `undefined` where no chat was needed yet. */
  readonly chats: () => Chats | undefined;
  /** Measurements that are not written down yet. */
  readonly unwritten: () => number;
  readonly showReport: (report: Report, act: (id: string) => Promise<void>) => void;
}

/** `Pulse: Diagnose`: finds out what makes answers slow or fail, and shows it. */
export class DiagnoseCommand {
  readonly #deps: DiagnoseDeps;

  constructor(deps: DiagnoseDeps) {
    this.#deps = deps;
  }

  /** @param argument an endpoint; else the user is asked where there are several */
  readonly diagnose = async (argument: unknown): Promise<void> => {
    const engine = await this.#deps.engine.connected();
    const { endpoints } = engine.models;
    const { t } = vscode.l10n;
    const endpointId =
      endpointIdOf(argument) ??
      (await pickEndpoint(
        endpoints.map(({ id, baseURL }) => ({ id, label: id, description: baseURL })),
        t('Pulse: Diagnose'),
      ));
    const endpoint = endpoints.find(({ id }) => id === endpointId);
    if (!endpoint) return;
    const report = await this.#withProgress(engine, endpoint);
    if (!report) return;
    this.#deps.showReport(report, async (id) => {
      const fix = FIX_IDS.find((each) => each === id);
      const baseUrl =
        endpoint.id === engine.endpoint.id ? HOST_SETTINGS.baseUrl : HOST_SETTINGS.endpoints;
      if (fix) await applyFix(fix, endpoint.id, baseUrl);
    });
  };

  /** `undefined` when the user gave up. */
  async #withProgress(engine: Engine, endpoint: Endpoint): Promise<Report | undefined> {
    const stop = new AbortController();
    const title = vscode.l10n.t('Looking for what is wrong with {0}', endpoint.id);
    const location = vscode.ProgressLocation.Notification;
    return vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
      const onCancel = token.onCancellationRequested(() => stop.abort());
      try {
        return await this.#report(engine, endpoint, stop.signal);
      } catch (error) {
        if (stop.signal.aborted) return undefined;
        throw error;
      } finally {
        onCancel.dispose();
      }
    });
  }

  async #report(engine: Engine, endpoint: Endpoint, signal: AbortSignal): Promise<Report> {
    const { keys, folder, memory, chats, unwritten, redactor } = this.#deps;
    const [
      { probeNetwork, systemNetwork },
      { probeLocal, systemMachine },
      { diagnoseReport },
      { heldParts },
    ] = await Promise.all([
      import('../../engine/diagnostics/networkProbes'),
      import('../../engine/diagnostics/localProbes'),
      import('../diagnose/diagnoseReport'),
      import('../diagnose/heldParts'),
    ]);
    const network = await probeNetwork(endpoint, systemNetwork(keys), signal);
    // Afterwards: what the first request loads is not to be taken for a blocked event loop.
    const local = await probeLocal(folder.fsPath, systemMachine, signal);
    const facts = {
      endpointId: endpoint.id,
      network,
      local,
      memory: memory(),
      health: engine.health(),
      metrics: engine.metrics.snapshot(),
      settings: engine.settings,
    };
    const holders = { engine, chats: chats(), unwritten: unwritten() };
    const held = await abortable(heldParts(holders), signal);
    const at = systemClock.wallNow();
    const folders = vscode.workspace.workspaceFolders ?? [];
    const workspaces = folders.map(({ uri }) => uri.fsPath);
    const redact = redaction(redactor, { home: homedir(), workspaces });
    return diagnoseReport({ facts, held, at, versions: versions() }, redact, vscode.l10n.t);
  }
}

function versions(): string {
  return `Pulse ${ownVersion()}, VS Code ${vscode.version}, ${platform()}`;
}

/** @param baseUrl the setting that holds the endpoint's address */
async function applyFix(fix: FixId, endpointId: string, baseUrl: string): Promise<void> {
  const openSetting = async (name: string): Promise<void> => {
    await vscode.commands.executeCommand('workbench.action.openSettings', name);
  };
  switch (fix) {
    case 'setBaseUrl':
      return openSetting(baseUrl);
    case 'setProxy':
      return openSetting('http.proxy');
    case 'setCertificates':
      return openSetting('http.systemCertificates');
    case 'setConcurrency':
      return openSetting('pulse.concurrency');
    case 'setPacing':
      return openSetting('pulse.pacing');
    case 'resetBreakers':
    case 'probeEndpoint':
      await vscode.commands.executeCommand(COMMANDS[fix], endpointId);
      return;
    case 'setKey':
      await vscode.commands.executeCommand(COMMANDS.setApiKey, endpointId);
      return;
    case 'runningExtensions':
      await vscode.commands.executeCommand('workbench.action.showRuntimeExtensions');
      return;
    case 'reloadWindow':
      await vscode.commands.executeCommand('workbench.action.reloadWindow');
      return;
    case 'chooseModel':
    case 'openMetrics':
    case 'clearAnswerCache':
    case 'showLog':
      await vscode.commands.executeCommand(COMMANDS[fix]);
  }
}
