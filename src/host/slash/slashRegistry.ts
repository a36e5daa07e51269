import { abortable } from '../../base/abort';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { SlashCommandView } from '../../protocol/context';
import type { ExpandedPrompt, SlashCommands } from '../chat/chatParts';
import type { Translate } from '../translate';
import { builtinCommands } from './builtinCommands';
import { filesNamedIn, fillIn, parseCommandFile } from './commandFile';
import type { CommandFile } from './commandFile';

/** A markdown file that is a command. `name`: its path below its folder without the ending, folders joined by ":". */
export interface NamedFile {
  readonly name: string;
  readonly text: string;
}

/** Where the user's own commands are. Reading never rejects: what can't be read is not there. */
export interface CommandFolders extends DisposableLike {
  readonly onChange: Event<void>;
  /** Of the workspace only where it is trusted. */
  read(): Promise<{
    readonly workspace: readonly NamedFile[];
    readonly profile: readonly NamedFile[];
  }>;
}

interface OwnCommand extends CommandFile {
  readonly name: string;
  readonly source: 'workspace' | 'profile';
}

/** A command at the start of a question, and what follows it. */
const COMMAND = /^\/([\p{L}\p{N}_:-]+)(?:\s+([\s\S]*))?$/u;

/** All slash commands: those that come with Pulse, and the user's own, of which a workspace's come before a profile's of the same name. */
export class SlashRegistry extends Disposable implements SlashCommands {
  readonly #builtin: ReturnType<typeof builtinCommands>;
  readonly #folders: CommandFolders;
  readonly #changed = this._register(new Emitter<void>());
  #own: readonly OwnCommand[] = [];
  #reading: Promise<void> | undefined;
  #isStale = true;

  readonly onChange = this.#changed.event;

  constructor(folders: CommandFolders, translate: Translate) {
    super();
    this.#builtin = builtinCommands(translate);
    this.#folders = this._register(folders);
    this._register(
      folders.onChange(() => {
        this.#isStale = true;
        void this.load();
      }),
    );
  }

  get views(): readonly SlashCommandView[] {
    const own = this.#own.map(({ name, description, argumentHint, source }) => ({
      name,
      description,
      argumentHint,
      source,
    }));
    const builtin = this.#builtin.map(({ name, description, argumentHint }) => ({
      name,
      description,
      argumentHint,
      source: 'builtin' as const,
    }));
    return [...builtin, ...own];
  }

  /** Reads the user's own commands if they are not known or have changed. Never rejects. */
  load(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async expand(text: string, signal: AbortSignal): Promise<ExpandedPrompt | undefined> {
    const [, name, rest = ''] = COMMAND.exec(text.trim()) ?? [];
    if (name === undefined) return undefined;
    const argument = rest.trim();
    const builtin = this.#builtin.find((command) => command.name === name);
    if (builtin) return builtin.expand(argument);
    try {
      await abortable(this.load(), signal);
    } catch {
      return undefined;
    }
    const own = this.#own.find((command) => command.name === name);
    if (!own) return undefined;
    const prompt = fillIn(own.body, argument);
    const sources = filesNamedIn(own.body).map((path) => `file:${path}`);
    return { kind: 'ask', prompt, sources };
  }

  async #readAll(): Promise<void> {
    while (this.#isStale && !this.isDisposed) {
      this.#isStale = false;
      const { workspace, profile } = await this.#folders.read();
      const own = new Map<string, OwnCommand>();
      const add = (file: NamedFile, source: OwnCommand['source']): void => {
        const isBuiltin = this.#builtin.some(({ name }) => name === file.name);
        if (!isBuiltin && !own.has(file.name) && COMMAND.exec(`/${file.name}`)?.[1] === file.name) {
          own.set(file.name, { name: file.name, source, ...parseCommandFile(file.text) });
        }
      };
      for (const file of workspace) add(file, 'workspace');
      for (const file of profile) add(file, 'profile');
      this.#own = [...own.values()].sort((a, b) => a.name.localeCompare(b.name));
      this.#changed.fire();
    }
  }
}
