import * as vscode from 'vscode';
import { COMMANDS, HOST_SETTINGS } from '../contributions';
import type { Endpoint } from '../../engine/types';
import { DEFAULT_GROUP } from '../endpoints/endpointFields';
import type { EndpointService, EndpointStanding } from '../endpoints/endpointService';
import { secretReferences } from '../endpoints/headerSecrets';
import type { EngineHost } from '../engineHost';
import type { KeyStore } from '../secrets/keyStore';
import { verdictOf } from '../secrets/keyCheck';
import type { KeyVerdict } from '../secrets/keyCheck';
import { promptForKey } from '../secrets/keyPrompt';
import { endpointIdOf } from './endpointArgument';
import { pickEndpoint } from './endpointPick';
import type { EndpointItem } from './endpointPick';

const ENVIRONMENT_VARIABLE = 'ANTHROPIC_API_KEY';

/** A key is tried for at most this long, ms. */
const CHECK_LIMIT_MS = 30_000;

export interface KeyCommandDeps {
  readonly keys: KeyStore;
  readonly endpoints: EndpointService;
  readonly engine: EngineHost;
  /** A key was set by the user: what waits for it goes on. */
  readonly onKeySet: () => void;
}

/** What has to do with keys and secrets and needs the user. */
export class KeyCommands {
  readonly #deps: KeyCommandDeps;
  #askedForConsent = false;

  constructor(deps: KeyCommandDeps) {
    this.#deps = deps;
  }

  /** @param argument an endpoint; else the user is asked where there are several. Likewise for the others. */
  readonly setApiKey = async (argument: unknown): Promise<void> => {
    const { keys } = this.#deps;
    const endpoint = await this.#pick(argument, vscode.l10n.t('Pulse: Set API Key'));
    if (endpoint === undefined) return;
    const { id } = endpoint;
    if (keys.hasEnvironmentKey && keys.environmentConsent(id) !== 'allowed') {
      const choice = await this.#askWhichKey(id);
      if (choice === undefined) return;
      if (choice === 'environment') {
        await this.#useEnvironmentKey(id);
        return;
      }
    }
    const key = await promptForKey(
      vscode.l10n.t("The key for {0}. It is kept in VS Code's secret storage only.", id),
      (entered, signal) => this.#check(endpoint, entered, signal),
    );
    if (key === undefined) return;
    await keys.setKey(id, key);
    await this.#keySet(id);
  };

  readonly clearApiKey = async (argument: unknown): Promise<void> => {
    const endpoint = await this.#pick(argument, vscode.l10n.t('Pulse: Clear API Key'));
    if (endpoint === undefined) return;
    await this.#deps.keys.clearKey(endpoint.id);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Pulse has no key for {0} any more.', endpoint.id),
    );
  };

  readonly setHeaderSecret = async (argument: unknown): Promise<void> => {
    const { keys } = this.#deps;
    const title = vscode.l10n.t('Pulse: Set Header Secret');
    const withSecrets = (await this.#standings()).filter(
      ({ endpoint: { headers } }) => secretReferences(headers).length > 0,
    );
    if (withSecrets.length === 0) {
      await this.#explainHeaderSecrets();
      return;
    }
    const endpoint = await this.#pick(argument, title, withSecrets);
    if (endpoint === undefined) return;
    const { id } = endpoint;
    const name = await vscode.window.showQuickPick(secretReferences(endpoint.headers), {
      title,
      placeHolder: vscode.l10n.t('The secret to set for {0}', id),
    });
    if (name === undefined) return;
    const value = await vscode.window.showInputBox({
      title: vscode.l10n.t('Secret "{0}" for {1}', name, id),
      prompt: vscode.l10n.t('Leave it empty to remove the secret.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined) return;
    if (value === '') await keys.clearHeaderSecret(id, name);
    else await keys.setHeaderSecret(id, name, value);
  };

  /** Offers the environment's key once a window, to whom it may be useful: no key yet, Anthropic's own endpoint. Never rejects. */
  async offerEnvironmentKey(): Promise<void> {
    const { keys, endpoints } = this.#deps;
    const { state } = endpoints;
    if (this.#askedForConsent || state.kind !== 'none' || !keys.hasEnvironmentKey) return;
    const { id } = state.endpoint;
    if (id !== 'api.anthropic.com' || keys.environmentConsent(id) !== undefined) return;
    this.#askedForConsent = true;
    const use = vscode.l10n.t('Use It');
    const never = vscode.l10n.t("Don't Use It");
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The environment has an {0}. May Pulse use it for {1}? "Pulse: Clear API Key" takes this back.',
        ENVIRONMENT_VARIABLE,
        id,
      ),
      use,
      never,
    );
    if (picked === use) await this.#useEnvironmentKey(id);
    else if (picked === never) await keys.setEnvironmentConsent(id, 'declined');
  }

  async #askWhichKey(id: string): Promise<'enter' | 'environment' | undefined> {
    const picked = await vscode.window.showQuickPick(
      [
        { label: vscode.l10n.t('Enter a key'), choice: 'enter' as const },
        {
          label: vscode.l10n.t('Use {0} from the environment', ENVIRONMENT_VARIABLE),
          choice: 'environment' as const,
        },
      ],
      { title: vscode.l10n.t('API key for {0}', id) },
    );
    return picked?.choice;
  }

  async #useEnvironmentKey(id: string): Promise<void> {
    await this.#deps.keys.setEnvironmentConsent(id, 'allowed');
    await this.#keySet(id);
  }

  /** Leaves the demo or a local server when the key is that of the first endpoint: that is what it was entered for. */
  async #keySet(id: string): Promise<void> {
    const { endpoints, onKeySet } = this.#deps;
    if (id === endpoints.configured.id) await endpoints.choose({ kind: 'configured' });
    onKeySet();
  }

  async #standings(): Promise<readonly EndpointStanding[]> {
    await this.#deps.endpoints.refresh();
    return this.#deps.endpoints.standings;
  }

  /** @returns `undefined` when the user gave up, or the endpoint is not one of the settings */
  async #pick(
    argument: unknown,
    title: string,
    among?: readonly EndpointStanding[],
  ): Promise<Endpoint | undefined> {
    const standings = among ?? (await this.#standings());
    const named = endpointIdOf(argument);
    const id = named ?? (await pickEndpoint(standings.map(standingItem), title));
    const found = standings.find(({ endpoint }) => endpoint.id === id)?.endpoint;
    if (found === undefined && named !== undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} is no endpoint of the settings: no key is kept for it.', named),
      );
    }
    return found;
  }

  async #check(endpoint: Endpoint, key: string, signal: AbortSignal): Promise<KeyVerdict> {
    const { endpoints, engine } = this.#deps;
    try {
      const [tester, target] = await Promise.all([
        engine.engine(),
        endpoints.withSecrets(endpoint),
      ]);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMIT_MS)]);
      await tester.checkKey(target, key, limit);
      return { kind: 'good' };
    } catch (error) {
      return verdictOf(error, endpoint.id, vscode.l10n.t);
    }
  }

  async #explainHeaderSecrets(): Promise<void> {
    const open = vscode.l10n.t('Open Settings');
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'No header in {0} refers to a secret. Write ${secret:name} into a value first, then set the secret here.',
        HOST_SETTINGS.headers,
      ),
      open,
    );
    if (picked === open) await vscode.commands.executeCommand(COMMANDS.openSettings);
  }
}

function standingItem({ endpoint, lacks }: EndpointStanding): EndpointItem {
  const { t } = vscode.l10n;
  const { id, group = DEFAULT_GROUP, authStyle } = endpoint;
  const held = lacks === 'key' ? t('no key') : t('key set');
  const key = authStyle === 'none' ? t('no key needed') : held;
  const parts = [
    t('group {0}', group),
    key,
    lacks === 'secret' ? t('no header secret') : undefined,
  ];
  return { id, label: id, description: parts.filter((part) => part !== undefined).join(' · ') };
}
