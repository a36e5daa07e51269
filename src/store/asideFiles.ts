import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { storeErrors } from './storeError';

const MARK = '.corrupt-';

/**
 * Moves a damaged database away, with its journal, so that nothing in it is lost: `history.db.corrupt-2026-11-22T10-30-00-000Z`.
 * The journal goes first: left behind, SQLite would replay it into the new file.
 * @returns the new path
 * @throws StoreError `corrupt` when it can't be moved
 */
export function moveAside(file: string, wallNow: number): string {
  const stamp = new Date(wallNow).toISOString().replaceAll(/[:.]/g, '-');
  let movedTo = `${file}${MARK}${stamp}`;
  for (let n = 2; exists(movedTo); n++) movedTo = `${file}${MARK}${stamp}-${n}`;
  try {
    for (const suffix of ['-wal', '-shm', '']) {
      if (exists(file + suffix)) renameSync(file + suffix, movedTo + suffix);
    }
  } catch (error) {
    throw storeErrors.cannotMoveAside(file, error);
  }
  return movedTo;
}

/** Deletes what `moveAside` kept: "delete everything" means these, too. @throws file system errors */
export function removeMovedAside(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(basename(file) + MARK)) rmSync(join(folder, name), { force: true });
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
