import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import type { DisposableLike } from '../base/disposable';
import type { Connection } from './connection';

/** How often a store says that its running turns are alive, and when silence means that it is gone. Ms. */
export const HEARTBEAT_MS = 2_000;
export const SILENCE_MS = 10_000;

/** Who works on a running turn. */
export interface Claim {
  /** The store's session, new each time a store is opened. */
  readonly owner: string;
  /** Where process ids mean the same: a machine, or a container on it. */
  readonly place: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly touchedAt: number;
}

export interface LiveTurnsOptions {
  readonly owner: string;
  readonly clock: Clock;
  /** Runs on the store's open connection, if there is one; a failure is nobody's concern. */
  readonly withConnection: (work: (connection: Connection) => void) => void;
}

/**
 * Tells turns that are being answered from those whose window died. Each running turn has a claim in the file; its owner renews it
 * every two seconds, from this thread, so that a blocked extension host is not taken for a dead one. A claim is void when
 * - it is this store's own and the turn was finished here (also when writing that down failed),
 * - its process is gone, as far as that can be seen from here,
 * - it was not renewed for ten seconds.
 * A void claim only changes what readers see. Nothing is written, so an owner that slept with the machine simply goes on.
 */
export class LiveTurns extends Disposable {
  readonly #options: LiveTurnsOptions;
  readonly #place = thisPlace();
  readonly #running = new Set<string>();
  #timer: DisposableLike | undefined;

  constructor(options: LiveTurnsOptions) {
    super();
    this.#options = options;
  }

  get ids(): readonly string[] {
    return [...this.#running];
  }

  /** Takes over what this same session had claimed before its thread was restarted. */
  adopt(connection: Connection): void {
    const rows = connection
      .statement(
        'SELECT t.id AS id FROM running_turns r JOIN turns t ON t.key = r.turn WHERE r.owner = ?',
      )
      .all(this.#options.owner);
    for (const row of rows) this.start(String(row['id']));
  }

  /** Writes that the turn is this store's, or renews that. Inside a write transaction; `start` follows once it is committed. */
  claim(connection: Connection, id: string): void {
    const { owner, clock } = this.#options;
    connection
      .statement(
        `INSERT INTO running_turns (turn, owner, place, pid, touched_at)
         SELECT key, ?, ?, ?, ? FROM turns WHERE id = ?
         ON CONFLICT (turn) DO UPDATE SET owner = excluded.owner, place = excluded.place,
           pid = excluded.pid, touched_at = excluded.touched_at`,
      )
      .run(owner, this.#place, process.pid, clock.wallNow(), id);
  }

  /** From now on the turn is worked on here and its claim is kept fresh. */
  start(id: string): void {
    this.#running.add(id);
    this.#timer ??= this.#options.clock.setTimeout(() => this.#beat(), HEARTBEAT_MS);
  }

  /** From now on nobody works on the turn. */
  release(id: string): void {
    this.#running.delete(id);
    if (this.#running.size === 0) this.#stopBeating();
  }

  releaseAll(): void {
    this.#running.clear();
    this.#stopBeating();
  }

  isAlive(id: string, claim: Claim): boolean {
    if (claim.owner === this.#options.owner) return this.#running.has(id);
    if (claim.place === this.#place && !isProcessAlive(claim.pid)) return false;
    // A time in the future is no sign of life either: the clock was set back since.
    return Math.abs(this.#options.clock.wallNow() - claim.touchedAt) <= SILENCE_MS;
  }

  override dispose(): void {
    this.releaseAll();
    super.dispose();
  }

  #stopBeating(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #beat(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#beat(), HEARTBEAT_MS);
    this.#options.withConnection((connection) => {
      const renew = connection.statement(
        'UPDATE running_turns SET touched_at = ? WHERE turn = (SELECT key FROM turns WHERE id = ?)',
      );
      connection.write(() => {
        for (const id of this.#running) renew.run(this.#options.clock.wallNow(), id);
      });
    });
  }
}

/** The machine's name and, on Linux, its process namespace: two containers may share a file and a host name, but not process ids. */
function thisPlace(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: the machine has one set of process ids.
  }
  return `${hostname()} ${namespace}`;
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process refuses the signal, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
