import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { systemClock } from '../../base/clock';
import type { ConversationStore } from '../../engine/ports';
import { DEFAULT_SETTINGS } from '../../engine/settings';
import type { Event } from '../../base/event';
import { EditorCodeActions } from '../codeActions/editorCodeActions';
import { COMMANDS } from '../contributions';
import { ContextService } from '../context/contextService';
import { EditorPorts } from '../context/editor/editorPorts';
import type { EngineHost } from '../engineHost';
import { InstructionFiles } from '../instructions/instructionFiles';
import { WorkspaceInstructions } from '../instructions/workspaceInstructions';
import type { Log } from '../logging/log';
import type { MementoLike } from '../memory';
import type { Configuration } from '../settings/configuration';
import { SlashRegistry } from '../slash/slashRegistry';
import { WorkspaceCommandFolders } from '../slash/workspaceCommandFolders';
import { Chats } from './chats';
import { pickSlashCommand } from './contextPicks';
import type { GaugeFacts } from './paneGauge';
import type { PanelEnvironment } from './panelEnvironment';
import { PanelRequests } from './panelRequests';
import type { Reactions } from './reactions';
import { SmallJobs } from './smallJobs';
import { ThemeColors } from './themeColors';

export interface ChatsOf {
  readonly environment: PanelEnvironment;
  readonly configuration: Configuration;
  readonly engine: EngineHost;
  readonly reactions: Reactions;
  readonly openStore: () => Promise<ConversationStore>;
  readonly onStoreFault: (error: unknown) => void;
  readonly workspace: string | undefined;
  readonly memento: MementoLike;
  /** Folder of the user's own slash commands. */
  readonly commandFolder: vscode.Uri;
  readonly panelShown: () => void;
  readonly log: Log;
}

/** Puts the chats together with all that they use. Loaded when the first of them is needed. */
export function makeChats(of: ChatsOf): Chats {
  const { environment, configuration, engine, log } = of;
  const translate = vscode.l10n.t;
  const clock = systemClock;
  const onFault = (error: unknown): void => log.error('In the chat', error);
  const ports = new EditorPorts(clock, onFault);
  const sources = new ContextService({
    ports,
    settings: configuration.contextSettings,
    clock,
    translate,
    newId: randomUUID,
    onFault,
  });
  const slash = new SlashRegistry(new WorkspaceCommandFolders(of.commandFolder), translate);
  void slash.load();
  const instructions = new InstructionFiles(
    new WorkspaceInstructions({
      systemPrompt: () => configuration.systemPrompt,
      files: () => configuration.instructionFiles,
      onSettingsChange: configuration.onChange,
    }),
    translate,
  );
  const codeActions = new EditorCodeActions(log);
  const colors = new ThemeColors(log);
  const tell = (text: string): void => void vscode.window.showInformationMessage(text);
  const gaugeFacts = async (): Promise<GaugeFacts> => ({
    instructions: await instructions.segments(),
    windowTokens: environment.contextWindow,
    replyTokens: (engine.current?.settings ?? DEFAULT_SETTINGS).reply.maxTokens,
    price: environment.price,
    limits: configuration.contextSettings(),
  });
  const onFactsChange: Event<void> = (listener) =>
    vscode.Disposable.from(instructions.onChange(listener), configuration.onChange(listener));
  return new Chats({
    clock,
    translate,
    newId: randomUUID,
    openStore: of.openStore,
    onStoreFault: of.onStoreFault,
    keepsHistory: () => configuration.keepsHistory,
    target: (model) => environment.target(model),
    reactions: of.reactions,
    jobs: new SmallJobs({ clock, target: () => environment.smallTarget() }),
    compaction: () => configuration.compaction,
    makesTitles: () => configuration.makesTitles,
    tell,
    workspace: of.workspace,
    onFault,
    environment,
    parts: { sources, slash, instructions, codeActions },
    owned: [ports, sources, slash, instructions, codeActions, colors],
    colors,
    gaugeFacts,
    onFactsChange,
    memento: of.memento,
    requests: new PanelRequests({ environment, sources, shown: of.panelShown, log }),
    chooseModel: (name) => chooseModel(name, environment, tell),
    help: () => help(slash, onFault),
    log,
  });
}

/** By its id or the beginning of its name; from a list where that is not one model. */
function chooseModel(
  name: string,
  environment: PanelEnvironment,
  tell: (text: string) => void,
): void {
  const wanted = name.trim().toLowerCase();
  const models = environment.models();
  const exact = models.find(({ id }) => id.toLowerCase() === wanted);
  const alike = models.filter(({ id, displayName }) =>
    `${id} ${displayName}`.toLowerCase().includes(wanted),
  );
  const chosen = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (wanted === '' || !chosen) {
    // The command shows its own errors.
    void vscode.commands.executeCommand(COMMANDS.chooseModel, wanted);
    return;
  }
  environment.selectModel(chosen.id);
  tell(vscode.l10n.t('{0} answers from now on.', chosen.displayName));
}

async function help(
  slash: SlashRegistry,
  onFault: (error: unknown) => void,
): Promise<string | undefined> {
  try {
    return await pickSlashCommand(slash.views);
  } catch (error) {
    onFault(error);
    return undefined;
  }
}
