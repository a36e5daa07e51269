import * as vscode from 'vscode';
import type { SlashCommandView } from '../../protocol/context';
import type { ContextSources } from './chatParts';

interface SourceItem extends vscode.QuickPickItem {
  readonly source: string;
  /** Choosing it goes on with this text. */
  readonly continues: string | undefined;
}

/** What `@` offers, for those who prefer a list; resolves with the source that was chosen. */
export function pickContext(sources: ContextSources): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<SourceItem>();
  pick.title = vscode.l10n.t('Add Context');
  pick.placeholder = vscode.l10n.t('A file, a folder, a symbol, or what the editor has');
  let asked = new AbortController();
  const fill = async (query: string): Promise<void> => {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    pick.busy = true;
    const found = await sources.complete(query, signal);
    if (signal.aborted) return;
    pick.busy = false;
    pick.items = found.map(({ source, icon, label, detail, continues }) => ({
      label: `$(${icon}) ${label}`,
      description: detail,
      // They are matched already, in a better way.
      alwaysShow: true,
      source,
      continues,
    }));
  };
  return new Promise((resolve) => {
    pick.onDidChangeValue((query) => void fill(query));
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.continues !== undefined) {
        pick.value = chosen.continues;
        void fill(chosen.continues);
        return;
      }
      resolve(chosen?.source);
      pick.hide();
    });
    pick.onDidHide(() => {
      asked.abort();
      pick.dispose();
      resolve(undefined);
    });
    pick.show();
    void fill('');
  });
}

export async function pickFiles(): Promise<readonly vscode.Uri[]> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: true,
    canSelectMany: true,
    openLabel: vscode.l10n.t('Add to Chat'),
  });
  return picked ?? [];
}

/** Shows what can be written after a slash; resolves with the beginning of the one that was chosen. */
export async function pickSlashCommand(
  commands: readonly SlashCommandView[],
): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const sources = {
    builtin: '',
    workspace: t('from this workspace'),
    profile: t('your own'),
  };
  const items = commands.map(({ name, description, argumentHint, source }) => ({
    label: `/${name}`,
    description: argumentHint,
    detail: [description, sources[source]].filter(Boolean).join(' · '),
    name,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('What can be written in the chat'),
    placeHolder: t('@ adds files and other context, / starts one of these commands'),
    matchOnDetail: true,
  });
  return picked && `/${picked.name} `;
}
