export const STORE_ERROR_KINDS = [
  'newer',
  'corrupt',
  'busy',
  'disk',
  'missing',
  'invalid',
  'closed',
  'worker',
] as const;

/**
 * - `newer` the file was written by a later version of Pulse and is left alone
 * - `corrupt` the file is damaged; the message says where it is now
 * - `busy` no answer in time: another window holds the file, or the disk is slow. Only where the message says so may the call still
 *   take effect
 * - `disk` full, read-only, no permission, input/output error
 * - `missing` the conversation or turn is not there (deleted, perhaps in another window)
 * - `invalid` the caller passed what the store can't hold: a fault of Pulse
 * - `closed` called after `close()`
 * - `worker` the store's thread died or answered nonsense
 */
export type StoreErrorKind = (typeof STORE_ERROR_KINDS)[number];

/** The one error that leaves the store. `message` is a sentence for a person: what happened and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** All that a person reads about a failing store. `detail` is what the system said. */
export const storeErrors = {
  newer: (found: number, known: number) =>
    new StoreError(
      'newer',
      `The chat history was written by a newer version of Pulse (format ${found}, this version knows ${known}) and is left as it is. Update Pulse, or reload the window if it has just been updated.`,
    ),

  movedAside: (movedTo: string, cause: unknown) =>
    new StoreError(
      'corrupt',
      `The chat history file is damaged. It was moved to ${movedTo}, and a new history was started.`,
      cause,
    ),

  damaged: (file: string, cause: unknown) =>
    new StoreError(
      'corrupt',
      `Part of the chat history in ${file} could not be read. Try again; if it happens again, reload the window.`,
      cause,
    ),

  cannotMoveAside: (file: string, cause: unknown) =>
    new StoreError(
      'corrupt',
      `The chat history file ${file} is damaged and could not be moved aside. Close the other VS Code windows, or move the file away yourself, and try again.`,
      cause,
    ),

  locked: (cause: unknown) =>
    new StoreError(
      'busy',
      'The chat history is in use by another window and did not become free in time. Nothing was changed; try again in a moment.',
      cause,
    ),

  journalInUse: () =>
    new StoreError(
      'busy',
      'The chats were deleted, but another window is reading the history, so their text is still in its journal. Delete again in a moment.',
    ),

  notStarted: () =>
    new StoreError(
      'busy',
      'The chat history did not answer in time: the disk may be slow. Nothing was changed; try again in a moment.',
    ),

  noAnswer: () =>
    new StoreError(
      'busy',
      'The chat history did not answer in time: the disk may be slow. The change may still be made; look again in a moment.',
    ),

  disk: (file: string, detail: string, cause: unknown) =>
    new StoreError(
      'disk',
      `The chat history could not be read or written (${detail}). Check that the disk has room and that ${file} may be written.`,
      cause,
    ),

  missing: (what: 'chat' | 'message') =>
    new StoreError(
      'missing',
      `This ${what} is no longer in the history: it was deleted, perhaps in another window.`,
    ),

  invalid: (detail: string, cause?: unknown) =>
    new StoreError(
      'invalid',
      `The chat history can't hold this (${detail}). This is a fault of Pulse: please report it.`,
      cause,
    ),

  closed: () =>
    new StoreError('closed', 'The chat history is closed because the window is shutting down.'),

  workerDied: (detail: string) =>
    new StoreError(
      'worker',
      `The part of Pulse that keeps the chat history stopped (${detail}). If it happens again, reload the window.`,
    ),

  unexpected: (detail: string, cause?: unknown) =>
    new StoreError(
      'worker',
      `The chat history failed in an unexpected way (${detail}). Reload the window; if it happens again, please report it.`,
      cause,
    ),
} as const;
