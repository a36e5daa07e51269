import * as vscode from 'vscode';
import type { Engine } from '../../engine/engine';
import type { EndpointHealth } from '../../engine/health';
import type { EngineHost } from '../engineHost';
import { formatBytes, formatCount, formatMs } from '../format';
import { endpointIdOf } from './endpointArgument';
import { pickEndpoint } from './endpointPick';
import type { EndpointItem } from './endpointPick';

/** What can be done about the health of endpoints, and about kept answers. */
export class HealthCommands {
  readonly #engine: EngineHost;

  constructor(engine: EngineHost) {
    this.#engine = engine;
  }

  /** @param argument an endpoint; else all are meant */
  readonly resetBreakers = async (argument: unknown): Promise<void> => {
    const { t } = vscode.l10n;
    const engine = await this.#engine.engine();
    const endpointId = endpointIdOf(argument);
    const stopping = engine
      .health()
      .breakers.filter(({ state }) => state !== 'closed')
      .filter((breaker) => endpointId === undefined || breaker.endpointId === endpointId);
    engine.resetBreakers(endpointId);
    void vscode.window.showInformationMessage(
      stopping.length === 0
        ? t('No circuit breaker was open.')
        : t('{0} circuit breakers are closed again.', stopping.length),
    );
  };

  /** @param argument an endpoint; else the user is asked where there are several */
  readonly probeEndpoint = async (argument: unknown): Promise<void> => {
    const { t } = vscode.l10n;
    const engine = await this.#engine.connected();
    const endpointId =
      endpointIdOf(argument) ??
      (await pickEndpoint(engine.health().endpoints.map(healthItem), t('Pulse: Probe Endpoint')));
    if (endpointId === undefined) return;
    const isWell = await probe(engine, endpointId);
    if (isWell === undefined) return;
    const last = engine.health().endpoints.find((endpoint) => endpoint.endpointId === endpointId);
    if (isWell) {
      const took = formatMs(last?.probe?.tookMs ?? 0);
      void vscode.window.showInformationMessage(t('{0} answers, in {1}.', endpointId, took));
      return;
    }
    void vscode.window.showWarningMessage(
      t(
        '{0} does not answer as it should. Check the network, the proxy and the address; if they are right, it is down: wait, or use another endpoint.',
        endpointId,
      ),
    );
  };

  readonly clearAnswerCache = async (): Promise<void> => {
    const engine = await this.#engine.engine();
    const { entries, bytes } = engine.answers.health();
    await engine.answers.clear();
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The answer cache is empty: {0} answers ({1}) in memory are gone, and all that were on the disk.',
        formatCount(entries),
        formatBytes(bytes),
      ),
    );
  };
}

/** Whether it answered well; `undefined` when the user gave up. */
async function probe(engine: Engine, endpointId: string): Promise<boolean | undefined> {
  const stop = new AbortController();
  const title = vscode.l10n.t('Asking {0} whether it is well', endpointId);
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    const onCancel = token.onCancellationRequested(() => stop.abort());
    try {
      return await engine.probe(endpointId, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) return undefined;
      throw error;
    } finally {
      onCancel.dispose();
    }
  });
}

function healthItem({ endpointId, group, probe: last }: EndpointHealth): EndpointItem {
  const { t } = vscode.l10n;
  const state = last && (last.ok ? t('was well') : t('was not well'));
  const parts = [t('group {0}', group), state].filter((part) => part !== undefined);
  return { id: endpointId, label: endpointId, description: parts.join(' · ') };
}
