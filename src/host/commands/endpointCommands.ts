import * as vscode from 'vscode';
import { COMMANDS } from '../contributions';
import type { EndpointService } from '../endpoints/endpointService';
import { KNOWN_SERVERS } from '../endpoints/localServers';
import type { EndpointMode } from '../endpoints/endpointState';
import type { LocalServer } from '../endpoints/localServers';

export interface EndpointCommandDeps {
  readonly endpoints: EndpointService;
  /** Never rejects. */
  readonly findLocalServers: () => Promise<readonly LocalServer[]>;
  readonly showChat: () => Promise<void>;
  /** The endpoint is another by the user's wish: it may be asked for its models. */
  readonly onChosen: () => void;
}

/** Ways to another endpoint. */
export class EndpointCommands {
  readonly #deps: EndpointCommandDeps;

  constructor(deps: EndpointCommandDeps) {
    this.#deps = deps;
  }

  readonly tryDemo = async (): Promise<void> => {
    await this.#deps.endpoints.choose({ kind: 'demo' });
    this.#deps.onChosen();
    await this.#deps.showChat();
  };

  readonly leaveDemo = async (): Promise<void> => {
    await this.#deps.endpoints.choose({ kind: 'configured' });
  };

  readonly useLocalServer = async (): Promise<void> => {
    const { endpoints, findLocalServers, onChosen, showChat } = this.#deps;
    const servers = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Window,
        title: vscode.l10n.t('Looking for servers on this machine'),
      },
      () => findLocalServers(),
    );
    const mode = await this.#pickMode(servers);
    if (mode === undefined) return;
    await endpoints.choose(mode);
    onChosen();
    await showChat();
  };

  async #pickMode(servers: readonly LocalServer[]): Promise<EndpointMode | undefined> {
    const { state, configured } = this.#deps.endpoints;
    const items = servers.map(({ name, baseURL }) => localItem(name, baseURL));
    // The way back from a local server, which may be gone by now.
    if (state.kind === 'local') {
      items.push({
        label: vscode.l10n.t('Back to {0}', configured.id),
        description: '',
        mode: { kind: 'configured' },
      });
    }
    if (items.length === 0) {
      await tellNoServer();
      return undefined;
    }
    if (items.length === 1 && state.kind !== 'local') return items[0]?.mode;
    const title = vscode.l10n.t('Pulse: Use a Local Server');
    return (await vscode.window.showQuickPick(items, { title }))?.mode;
  }
}

interface ModeItem extends vscode.QuickPickItem {
  readonly mode: EndpointMode;
}

function localItem(name: string, baseURL: string): ModeItem {
  return { label: name, description: baseURL, mode: { kind: 'local', name, baseURL } };
}

async function tellNoServer(): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  const looked = KNOWN_SERVERS.map(({ name, baseURL }) => `${name} (${baseURL})`).join(', ');
  const picked = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No local server answers: {0}. Start one and try again, or set another address as the base URL.',
      looked,
    ),
    open,
  );
  if (picked === open) await vscode.commands.executeCommand(COMMANDS.openSettings);
}
