import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { COMMANDS, isCommandName } from '../contributions';
import type { CommandName } from '../contributions';
import type { Log } from '../logging/log';

/** What each command does; one that is missing does not compile. */
export type CommandHandlers = Readonly<
  Record<CommandName, (argument: unknown, more: unknown) => Promise<void> | void>
>;

class Commands extends Disposable {
  constructor(handlers: CommandHandlers, log: Log) {
    super();
    for (const [name, handler] of Object.entries(handlers)) {
      if (!isCommandName(name)) continue;
      const id = COMMANDS[name];
      this._register(
        vscode.commands.registerCommand(id, async (argument: unknown, more: unknown) => {
          try {
            await handler(argument, more);
          } catch (error) {
            log.error(`Command ${id}`, error);
            const why = error instanceof Error ? error.message : String(error);
            // Not waited for: the command has ended when its error is shown.
            void vscode.window.showErrorMessage(`Pulse: ${why}`);
          }
        }),
      );
    }
  }
}

/** Registers every command; one that fails is logged and told, and never rejects. */
export function registerCommands(handlers: CommandHandlers, log: Log): Disposable {
  return new Commands(handlers, log);
}
