import * as v from 'valibot';
import type { Clock } from '../base/clock';
import type { LimitUse } from '../engine/ports';
import type { Connection } from './connection';

/** A window that was not heard of for so long is gone, and so are its sums. Ms. */
const FORGET_AFTER_MS = 600_000;

const sumRow = v.object({
  owner: v.string(),
  family: v.string(),
  requests: v.number(),
  input_tokens: v.number(),
  output_tokens: v.number(),
});
type SumRow = v.InferOutput<typeof sumRow>;

/**
 * What each window has reserved of the rate limits since it was first heard of. Only the difference to what this one saw last is told.
 * Lives as long as the store's thread, over a file that is closed and opened again: it does not keep the connection.
 */
export class LimitUseTable {
  readonly #owner: string;
  readonly #clock: Clock;
  /** The others' sums as they were at the last call, by scope, then owner and family. */
  readonly #seen = new Map<string, ReadonlyMap<string, SumRow>>();

  constructor(owner: string, clock: Clock) {
    this.#owner = owner;
    this.#clock = clock;
  }

  /** See `LimitShare.exchange`. One transaction. */
  exchange(connection: Connection, scope: string, used: readonly LimitUse[]): LimitUse[] {
    const rows = connection.write(() => {
      this.#forgetGone(connection);
      for (const use of used) this.#add(connection, scope, use);
      return connection
        .statement(
          `SELECT owner, family, requests, input_tokens, output_tokens FROM limit_use
           WHERE scope = ? AND owner <> ?`,
        )
        .all(scope, this.#owner)
        .map((row) => v.parse(sumRow, row));
    });
    const before = this.#seen.get(scope);
    this.#seen.set(scope, new Map(rows.map((row) => [nameOf(row), row])));
    return before ? differences(rows, before) : [];
  }

  #forgetGone(connection: Connection): void {
    const before = Math.round(this.#clock.wallNow() - FORGET_AFTER_MS);
    connection.statement('DELETE FROM limit_use WHERE touched_at < ?').run(before);
  }

  #add(connection: Connection, scope: string, use: LimitUse): void {
    const { family, requests, inputTokens, outputTokens } = use;
    const now = Math.round(this.#clock.wallNow());
    connection
      .statement(
        `INSERT INTO limit_use
           (scope, owner, family, requests, input_tokens, output_tokens, touched_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (scope, owner, family) DO UPDATE SET
           requests = requests + excluded.requests,
           input_tokens = input_tokens + excluded.input_tokens,
           output_tokens = output_tokens + excluded.output_tokens,
           touched_at = excluded.touched_at`,
      )
      .run(scope, this.#owner, family, requests, inputTokens, outputTokens, now);
  }
}

function nameOf({ owner, family }: SumRow): string {
  return `${owner} ${family}`;
}

/** Added up over the owners. */
function differences(rows: readonly SumRow[], before: ReadonlyMap<string, SumRow>): LimitUse[] {
  const uses = new Map<string, LimitUse>();
  for (const row of rows) {
    const added = difference(row, before.get(nameOf(row)));
    if (added.requests > 0) uses.set(row.family, sum(added, uses.get(row.family)));
  }
  return [...uses.values()];
}

/** A sum that shrank was forgotten meanwhile and begun anew. */
function difference(row: SumRow, last: SumRow | undefined): LimitUse {
  const isSame = last && last.requests <= row.requests;
  const base = isSame ? last : { requests: 0, input_tokens: 0, output_tokens: 0 };
  return {
    family: row.family,
    requests: row.requests - base.requests,
    inputTokens: row.input_tokens - base.input_tokens,
    outputTokens: row.output_tokens - base.output_tokens,
  };
}

function sum(use: LimitUse, other: LimitUse | undefined): LimitUse {
  if (!other) return use;
  return {
    family: use.family,
    requests: use.requests + other.requests,
    inputTokens: use.inputTokens + other.inputTokens,
    outputTokens: use.outputTokens + other.outputTokens,
  };
}
