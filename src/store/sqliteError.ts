import { storeErrors, StoreError } from './storeError';

/** SQLite's primary result codes that mean something here. Source: sqlite.org/rescode.html */
const SQLITE_ERROR = 1;
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_TOOBIG = 18;
const SQLITE_CONSTRAINT = 19;
const SQLITE_NOTADB = 26;

const DISK: ReadonlySet<number> = new Set([
  SQLITE_PERM,
  SQLITE_READONLY,
  SQLITE_IOERR,
  SQLITE_FULL,
  SQLITE_CANTOPEN,
]);

/** The primary result code of an error that `node:sqlite` threw. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** Whether the disk, or the right to it, is what is missing. */
export function isDiskFault(error: unknown): boolean {
  return DISK.has(primaryCode(error) ?? 0);
}

/** Whether SQLite says that the file is damaged or no database at all. */
export function isDamage(error: unknown): boolean {
  const code = primaryCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** Whether what the search index holds may be the reason: nothing else here has constraints that were not checked before. */
export function mayBeOfIndex(error: unknown): boolean {
  const code = primaryCode(error);
  return isDamage(error) || code === SQLITE_CONSTRAINT || code === SQLITE_ERROR;
}

/** Whether the connection can be used on after this error: it was refused before it changed anything. */
export function leavesConnectionSound(error: unknown): boolean {
  if (error instanceof StoreError) return true;
  const code = primaryCode(error);
  return isBusy(error) || code === SQLITE_CONSTRAINT || code === SQLITE_TOOBIG;
}

/** What a caller is told of any error thrown while working on `file`. */
export function toStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  if (isBusy(error)) return storeErrors.locked(error);
  if (isDamage(error)) return storeErrors.damaged(file, error);
  const detail = error instanceof Error ? error.message : String(error);
  const code = primaryCode(error);
  if (code === SQLITE_CONSTRAINT || code === SQLITE_TOOBIG) {
    return storeErrors.invalid(detail, error);
  }
  // An error with `syscall` is the file system's own: making the folder, moving or removing a file.
  const isFileSystem = error instanceof Error && 'syscall' in error;
  if (isFileSystem || (code !== undefined && DISK.has(code))) {
    return storeErrors.disk(file, detail, error);
  }
  return storeErrors.unexpected(detail, error);
}
