import type * as sqlite from 'node:sqlite';

/** The module as a value: it is loaded by hand, see `loadSqlite`. */
export type Sqlite = typeof sqlite;

/**
 * Loads `node:sqlite` without Node 22's notice that it is experimental, and only without that one: a static import would be
 * hoisted above any filter and print it into the extension host's log in every window.
 */
export function loadSqlite(): Sqlite {
  const emitWarning: (...args: never[]) => void = process.emitWarning.bind(process);
  process.emitWarning = (...args: unknown[]): void => {
    if (String(args[0]).startsWith('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, undefined, args);
  };
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
