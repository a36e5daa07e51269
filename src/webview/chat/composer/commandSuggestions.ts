import type { SlashCommandView } from '../../../protocol/context';

export interface CommandMatch {
  readonly command: SlashCommandView;
  /** Places of the name that match, UTF-16 units. */
  readonly matches: readonly number[];
}

/** The commands whose name has the query in it, those that begin with it first, otherwise in the host's order. */
export function matchingCommands(
  commands: readonly SlashCommandView[],
  query: string,
): readonly CommandMatch[] {
  const wanted = query.toLowerCase();
  return commands
    .map((command) => ({ command, at: command.name.toLowerCase().indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => Math.sign(a.at) - Math.sign(b.at))
    .map(({ command, at }) => ({
      command,
      matches: Array.from({ length: wanted.length }, (_, index) => at + index),
    }));
}

/** What may follow, where only the command's name is there so far. */
export function argumentHint(commands: readonly SlashCommandView[], text: string): string {
  const name = /^\/(\S+) ?$/.exec(text)?.[1];
  const command = commands.find((each) => each.name === name);
  if (!command || command.argumentHint === '') return '';
  return text.endsWith(' ') ? command.argumentHint : ` ${command.argumentHint}`;
}
