import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import { moveAside, removeMovedAside } from './asideFiles';
import { Chores } from './chores';
import { Connection, ForeignFileError } from './connection';
import type { ConnectionOptions } from './connection';
import { LimitUseTable } from './limitUseTable';
import { LiveTurns } from './liveTurns';
import type { StoreCall, StoreOp, WorkerOptions } from './messages';
import { MetricsTable } from './metricsTable';
import { whileReplacing } from './replaceLock';
import { isBusy, isDamage, leavesConnectionSound, mayBeOfIndex, toStoreError } from './sqliteError';
import type { Sqlite } from './sqliteModule';
import { storeErrors } from './storeError';
import type { StoreError } from './storeError';
import { StoreTables } from './storeTables';
import { distrustIndex } from './turnIndex';

export interface StoreServiceOptions extends WorkerOptions {
  readonly sqlite: Sqlite;
  readonly clock: Clock;
  /** A damaged file was moved to this path and a new one made. */
  readonly onRecovered: (movedTo: string) => void;
}

type OpenCall = Exclude<StoreCall, { op: 'close' }>;

/** What was asked for to be gone must not live on in the journal. `deleteEverything` sees to that itself. */
const DELETIONS: ReadonlySet<StoreOp> = new Set([
  'deleteConversation',
  'clearAnswers',
  'clearMetrics',
]);

/** After these there may be something to be done by the by; the list is read often enough to notice what other windows left. */
const CHORES_AFTER: ReadonlySet<StoreOp> = new Set([
  'listConversations',
  'deleteConversation',
  'restoreConversation',
  'purgeDeleted',
  'deleteTurn',
  'sweep',
  'importConversation',
  'insertTurn',
]);

/** A step of what is done by the by, in which calls wait, and the time between two, in which they don't. Ms. */
const STEP_MS = 50;
const PAUSE_MS = 20;
/** After a failure, and for a journal that another window is reading. Ms. */
const RETRY_MS = 5_000;
/** At most so long is what was deleted erased while the window closes; the next one goes on. Ms. */
const CLOSE_SWEEP_MS = 1_000;

/**
 * The store inside its own thread: opens the file at the first call, carries calls out one by one, and decides after a failure what
 * becomes of the file. A file that could not be opened is tried again at the next call.
 */
export class StoreService extends Disposable {
  readonly #options: StoreServiceOptions;
  readonly #live: LiveTurns;
  readonly #limitUse: LimitUseTable;
  readonly #metrics: MetricsTable;
  readonly #chores: Chores;
  /** Deleted here, and not taken back: nobody can do that once this window is closed. */
  readonly #hidden = new Set<string>();
  #open: StoreTables | undefined;
  /** Whether this session's own claims were looked for: they are there when its thread was restarted. */
  #adopted = false;
  /** Deleted text is still in the journal, because another window's reader kept it from being emptied. */
  #journalOwed = false;
  /** See `changeCount`. */
  #lastCount = 0;
  #countedBefore = 0;

  constructor(options: StoreServiceOptions) {
    super();
    this.#options = options;
    this.#limitUse = new LimitUseTable(options.owner, options.clock);
    this.#metrics = new MetricsTable(options.owner, options.clock);
    this.#live = this._register(
      new LiveTurns({
        owner: options.owner,
        clock: options.clock,
        withConnection: (work) => this.#attempt(work),
      }),
    );
    this.#chores = this._register(
      new Chores({ clock: options.clock, work: () => this.#doChores() }),
    );
  }

  /** @throws StoreError */
  handle(call: StoreCall): unknown {
    try {
      if (call.op !== 'close') return this.#handle(call);
      this.#close();
      return undefined;
    } catch (error) {
      throw this.#settle(error);
    }
  }

  override dispose(): void {
    super.dispose();
    this.#drop();
  }

  #handle(call: OpenCall): unknown {
    let open = this.#connect();
    let result: unknown;
    try {
      result = this.#run(call, open);
    } catch (error) {
      // No chat depends on the index, and what is wrong with it shows anywhere in a transaction that uses it.
      if (!open.index.isAvailable || !mayBeOfIndex(error)) throw error;
      this.#remakeIndex(open);
      open = this.#connect();
      result = this.#run(call, open);
    }
    this.#cleanUpAfter(call, open);
    if (CHORES_AFTER.has(call.op)) this.#planChores(open);
    return result;
  }

  #run(call: OpenCall, open: StoreTables): unknown {
    if (call.op === 'sweep') return this.#sweep(open);
    return call.op === 'changeCount' ? this.#changeCount(open) : open.run(call);
  }

  #connect(): StoreTables {
    if (this.#open && !this.#open.connection.isCurrent()) this.#drop();
    return this.#open ?? this.#openFile();
  }

  #openFile(): StoreTables {
    const connection = this.#openOrReplace();
    try {
      const open = new StoreTables({
        connection,
        live: this.#live,
        limitUse: this.#limitUse,
        metrics: this.#metrics,
        clock: this.#options.clock,
      });
      if (!this.#adopted) this.#live.adopt(connection);
      this.#adopted = true;
      this.#planChores(open);
      this.#open = open;
      return open;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** When the file is opened again. */
  #remakeIndex(open: StoreTables): void {
    open.connection.write(() => distrustIndex(open.connection));
    this.#drop();
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

  #cleanUpAfter(call: StoreCall, open: StoreTables): void {
    if (call.op === 'deleteEverything') {
      this.#live.releaseAll();
      this.#hidden.clear();
      removeMovedAside(this.#options.file);
      open.connection.shrink();
      this.#journalOwed = !open.connection.emptyJournal('full');
      if (this.#journalOwed) throw storeErrors.journalInUse();
      return;
    }
    if (call.op === 'deleteConversation') this.#hidden.add(call.id);
    if (call.op === 'restoreConversation') this.#hidden.delete(call.id);
    if (DELETIONS.has(call.op)) this.#journalOwed = true;
    if (this.#journalOwed) this.#attempt((connection) => this.#payJournal(connection));
  }

  #payJournal(connection: Connection): void {
    this.#journalOwed = !connection.emptyJournal('short');
  }

  /** Whether nothing is left to erase, or it has to be left to the chores because the file is in use. */
  #sweep(open: StoreTables): boolean {
    try {
      return this.#sweepStep(open, STEP_MS);
    } catch (error) {
      if (isBusy(error)) return true;
      throw error;
    }
  }

  #sweepStep(open: StoreTables, limitMs: number): boolean {
    const swept = open.deletions.sweep(limitMs);
    const scrubbed = swept === 'some' ? 'some' : open.index.scrub(limitMs);
    if (swept === 'all' || scrubbed === 'all') this.#journalOwed = true;
    return scrubbed !== 'some';
  }

  /** Grows also where the file was replaced by a new one, whose count begins at 0. */
  #changeCount(open: StoreTables): number {
    const count = open.conversations.changeCount();
    if (count < this.#lastCount) this.#countedBefore += this.#lastCount + 1;
    this.#lastCount = count;
    return this.#countedBefore + count;
  }

  #planChores({ deletions, index }: StoreTables): void {
    const due = [
      deletions.dueInMs,
      index.isBehind || index.mustScrub ? 0 : undefined,
      this.#journalOwed ? RETRY_MS : undefined,
    ].filter((wait) => wait !== undefined);
    this.#chores.plan(due.length === 0 ? undefined : Math.max(PAUSE_MS, Math.min(...due)));
  }

  #doChores(): void {
    const open = this.#open;
    if (!open?.connection.isCurrent()) return;
    try {
      open.deletions.finaliseOverdue();
      const isSwept = this.#sweepStep(open, STEP_MS);
      open.index.catchUp(STEP_MS);
      if (isSwept && this.#journalOwed) this.#payJournal(open.connection);
      this.#planChores(open);
    } catch (error) {
      // It is tried again; another fault shows at the next call.
      if (mayBeOfIndex(error)) this.#attempt(() => this.#remakeIndex(open));
      this.#chores.plan(RETRY_MS);
    }
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
      if (this.#open) this.#finishDeletions(this.#open);
      if (this.#journalOwed) this.#attempt((connection) => this.#payJournal(connection));
    } finally {
      this.dispose();
    }
  }

  #finishDeletions(open: StoreTables): void {
    this.#attempt(() => {
      for (const id of this.#hidden) open.deletions.finalise(id);
      this.#sweepStep(open, CLOSE_SWEEP_MS);
    });
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
