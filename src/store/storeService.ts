import { assertNever } from '../base/assertNever';
import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import { AnswerTable } from './answerTable';
import { moveAside, removeMovedAside } from './asideFiles';
import { Connection, ForeignFileError } from './connection';
import type { ConnectionOptions } from './connection';
import { ConversationTable } from './conversationTable';
import { LimitUseTable } from './limitUseTable';
import { LiveTurns } from './liveTurns';
import type { StoreCall, StoreOp, WorkerOptions } from './messages';
import { whileReplacing } from './replaceLock';
import { isDamage, leavesConnectionSound, toStoreError } from './sqliteError';
import type { Sqlite } from './sqliteModule';
import { storeErrors } from './storeError';
import type { StoreError } from './storeError';
import { TurnTable } from './turnTable';

export interface StoreServiceOptions extends WorkerOptions {
  readonly sqlite: Sqlite;
  readonly clock: Clock;
  /** A damaged file was moved to this path and a new one made. */
  readonly onRecovered: (movedTo: string) => void;
}

/** What was asked for to be gone must not live on in the journal. `deleteEverything` sees to that itself. */
const DELETIONS: ReadonlySet<StoreOp> = new Set([
  'deleteConversation',
  'deleteTurn',
  'clearAnswers',
]);

interface OpenFile {
  readonly connection: Connection;
  readonly conversations: ConversationTable;
  readonly turns: TurnTable;
  readonly answers: AnswerTable;
  readonly limitUse: LimitUseTable;
}

/**
 * The store inside its own thread: opens the file at the first call, carries calls out one by one, and decides after a failure what
 * becomes of the file. A file that could not be opened is tried again at the next call.
 */
export class StoreService extends Disposable {
  readonly #options: StoreServiceOptions;
  readonly #live: LiveTurns;
  readonly #limitUse: LimitUseTable;
  #open: OpenFile | undefined;
  /** Whether this session's own claims were looked for: they are there when its thread was restarted. */
  #adopted = false;
  /** Deleted text is still in the journal, because another window's reader kept it from being emptied. */
  #journalOwed = false;

  constructor(options: StoreServiceOptions) {
    super();
    this.#options = options;
    this.#limitUse = new LimitUseTable(options.owner, options.clock);
    this.#live = this._register(
      new LiveTurns({
        owner: options.owner,
        clock: options.clock,
        withConnection: (work) => this.#attempt(work),
      }),
    );
  }

  /** @throws StoreError */
  handle(call: StoreCall): unknown {
    try {
      if (call.op === 'close') {
        this.#close();
        return undefined;
      }
      const open = this.#connect();
      const result = run(open, call);
      this.#cleanUpAfter(call, open);
      return result;
    } catch (error) {
      throw this.#settle(error);
    }
  }

  override dispose(): void {
    super.dispose();
    this.#drop();
  }

  #connect(): OpenFile {
    if (this.#open && !this.#open.connection.isCurrent()) this.#drop();
    return this.#open ?? this.#openFile();
  }

  #openFile(): OpenFile {
    const connection = this.#openOrReplace();
    const conversations = new ConversationTable(connection);
    const turns = new TurnTable({ connection, live: this.#live, clock: this.#options.clock });
    const answers = new AnswerTable(connection, this.#options.clock);
    this.#open = { connection, conversations, turns, answers, limitUse: this.#limitUse };
    if (!this.#adopted) this.#live.adopt(connection);
    this.#adopted = true;
    return this.#open;
  }

  #openOrReplace(): Connection {
    const found = this.#openUnlessDamaged();
    if (found) return found;
    return whileReplacing(this.#options, () => {
      // Looked at again: another window may have replaced it meanwhile, and its new one must not be moved away.
      const replaced = this.#openUnlessDamaged();
      if (replaced) return replaced;
      this.#moveAside();
      return new Connection(this.#options);
    });
  }

  #openUnlessDamaged(): Connection | undefined {
    try {
      return new Connection(this.#options);
    } catch (error) {
      if (isDamage(error) || error instanceof ForeignFileError) return undefined;
      throw error;
    }
  }

  #moveAside(): string {
    const movedTo = moveAside(this.#options.file, this.#options.clock.wallNow());
    this.#options.onRecovered(movedTo);
    return movedTo;
  }

  /** What the caller is told, after the connection and the file were put right as far as they can be. */
  #settle(error: unknown): StoreError {
    if (isDamage(error)) return this.#replaceDamaged(error);
    if (!leavesConnectionSound(error)) this.#drop();
    return toStoreError(error, this.#options.file);
  }

  /** Damage that showed while reading or writing. A fresh look decides whether it is the file's. */
  #replaceDamaged(error: unknown): StoreError {
    this.#drop();
    try {
      return whileReplacing(this.#options, () =>
        isSound(this.#options)
          ? toStoreError(error, this.#options.file)
          : storeErrors.movedAside(this.#moveAside(), error),
      );
    } catch (second) {
      return toStoreError(second, this.#options.file);
    }
  }

  #cleanUpAfter(call: StoreCall, open: OpenFile): void {
    if (call.op === 'deleteEverything') {
      this.#live.releaseAll();
      removeMovedAside(this.#options.file);
      open.connection.shrink();
      this.#journalOwed = !open.connection.emptyJournal('full');
      if (this.#journalOwed) throw storeErrors.journalInUse();
      return;
    }
    if (DELETIONS.has(call.op)) this.#journalOwed = true;
    if (this.#journalOwed) this.#attempt((connection) => this.#payJournal(connection));
  }

  #payJournal(connection: Connection): void {
    this.#journalOwed = !connection.emptyJournal('short');
  }

  /** For what may fail without anyone's harm: it is done again soon, and a real fault shows at the next call. */
  #attempt(work: (connection: Connection) => void): void {
    if (!this.#open) return;
    try {
      work(this.#open.connection);
    } catch {
      // See above.
    }
  }

  #close(): void {
    try {
      this.#open?.turns.interruptOwn();
      if (this.#journalOwed) this.#attempt((connection) => this.#payJournal(connection));
    } finally {
      this.dispose();
    }
  }

  #drop(): void {
    const open = this.#open;
    this.#open = undefined;
    try {
      open?.connection.close();
    } catch {
      // SQLite reports here what is left undone; the journal is read again when the file is next opened.
    }
  }
}

/** Looks at the file through a connection of its own. */
function isSound(options: ConnectionOptions): boolean {
  let connection: Connection | undefined;
  try {
    connection = new Connection(options);
    return connection.isSound();
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  } finally {
    connection?.close();
  }
}

function run(open: OpenFile, call: Exclude<StoreCall, { op: 'close' }>): unknown {
  switch (call.op) {
    case 'createConversation':
      return open.conversations.create(call.conversation);
    case 'renameConversation':
      return open.conversations.rename(call.id, call.title);
    case 'listConversations':
      return open.conversations.list(call.workspace, call.limit);
    case 'getConversation':
      return open.turns.read(call.id);
    case 'deleteConversation':
      open.answers.deleteOfConversation(call.id);
      return open.conversations.delete(call.id);
    case 'deleteEverything':
      open.answers.clear();
      open.limitUse.clear(open.connection);
      return open.conversations.deleteAll();
    case 'insertTurn':
      return open.turns.insert(call.turn);
    case 'appendToTurn':
      return open.turns.append(call.id, call);
    case 'finishTurn':
      return open.turns.finish(call.id, call.outcome);
    case 'deleteTurn':
      open.answers.deleteOfTurn(call.id);
      return open.turns.delete(call.id);
    case 'getAnswer':
      return open.answers.get(call.key, call.notBefore);
    case 'putAnswer':
      return open.answers.put(call.answer, call.limits);
    case 'clearAnswers':
      return open.answers.clear();
    case 'exchangeLimitUse':
      return open.limitUse.exchange(open.connection, call.scope, call.used);
    default:
      return assertNever(call);
  }
}
