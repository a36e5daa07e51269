import * as v from 'valibot';
import type { Clock } from '../base/clock';
import type { SearchHit } from '../engine/ports';
import type { Connection } from './connection';
import { bestPlace } from './searchPlaces';
import type { Place } from './searchPlaces';
import { parseQuery, toFtsQuery } from './searchQuery';
import type { QueryUnit } from './searchQuery';
import type { TurnIndex } from './turnIndex';
import { isBusy, isDiskFault } from './sqliteError';
import { CONVERSATION_COLUMNS, readConversation, readId, readTitle } from './turnRows';

/** What came last is to be found at once; what an import brought is taken in by the by. */
const CATCH_UP_MS = 200;
/** Somebody types and waits: what was found until then is shown. */
const LIMIT_MS = 500;
/** When so many turns were looked at and there is enough to show, there is no need to look for better ones. */
const TURNS_PER_STEP = 200;
/** Better than any place in a turn. */
const TITLE_RANK = 2;

const turnRow = v.object({ conversation: v.number() });

interface Wanted {
  readonly units: readonly QueryUnit[];
  readonly workspace: string | undefined;
  readonly limit: number;
}

interface Found {
  readonly conversation: number;
  readonly turn: number | undefined;
  readonly place: Place;
  readonly rank: number;
}

/** The full-text search of one file. */
export class ConversationSearch {
  readonly #connection: Connection;
  readonly #index: TurnIndex;
  readonly #clock: Clock;

  constructor(connection: Connection, index: TurnIndex, clock: Clock) {
    this.#connection = connection;
    this.#index = index;
    this.#clock = clock;
  }

  /**
   * One place for each conversation: its title, or else where the words stand closest together, the newest one of such. Conversations
   * with the words in their titles come first, then those with all of them in one place, each time the newest first.
   */
  search(query: string, workspace: string | undefined, limit: number): SearchHit[] {
    const units = parseQuery(query);
    if (units.length === 0) return [];
    const deadline = this.#clock.now() + LIMIT_MS;
    this.#catchUp();
    return this.#connection.read(() => {
      const found = new Map<number, Found>();
      const wanted: Wanted = { units, workspace, limit };
      this.#searchTitles(wanted, found);
      this.#searchTurns(wanted, found, deadline);
      return [...found.values()]
        .map((one) => ({ rank: one.rank, hit: this.#hit(one) }))
        .sort(
          (a, b) => b.rank - a.rank || b.hit.conversation.updatedAt - a.hit.conversation.updatedAt,
        )
        .slice(0, limit)
        .map(({ hit }) => hit);
    });
  }

  /** Where that can't be written (a full disk, another window's lock) what is there can still be read. */
  #catchUp(): void {
    try {
      this.#index.catchUp(CATCH_UP_MS);
    } catch (error) {
      if (!isBusy(error) && !isDiskFault(error)) throw error;
    }
  }

  #searchTitles({ units, workspace, limit }: Wanted, found: Map<number, Found>): void {
    const titles = this.#connection
      .statement(
        `SELECT key, CAST(title AS BLOB) AS title FROM conversations
         WHERE deleted_at IS NULL AND (?1 IS NULL OR workspace = ?1) ORDER BY updated_at DESC`,
      )
      .iterate(workspace ?? null);
    for (const row of titles) {
      const { key, title } = readTitle(row);
      const place = bestPlace([title], units);
      if (!place) continue;
      found.set(key, { conversation: key, turn: undefined, place, rank: TITLE_RANK });
      if (found.size >= limit) break;
    }
  }

  /** The newest turns first, until there are enough of the best. */
  #searchTurns(
    { units, workspace, limit }: Wanted,
    found: Map<number, Found>,
    deadline: number,
  ): void {
    const query = toFtsQuery(units);
    let best = found.size;
    let before = Number.MAX_SAFE_INTEGER;
    while (best < limit) {
      const keys = this.#index.candidates(query, { workspace, before, limit: TURNS_PER_STEP });
      for (const key of keys) {
        best += this.#lookAt(key, units, found) ? 1 : 0;
        if (best >= limit || this.#clock.now() > deadline) return;
      }
      if (keys.length < TURNS_PER_STEP || found.size >= limit) return;
      before = keys.at(-1) ?? 0;
    }
  }

  /** Whether its conversation has now a place that no other turn can better. */
  #lookAt(key: number, units: readonly QueryUnit[], found: Map<number, Found>): boolean {
    const { conversation } = v.parse(
      turnRow,
      this.#connection.statement('SELECT conversation FROM turns WHERE key = ?').get(key),
    );
    const known = found.get(conversation)?.rank ?? 0;
    if (known >= 1) return false;
    const texts = this.#index.textsOf(key);
    const place = texts && bestPlace([texts.prompt, texts.text, ...texts.attached], units);
    if (!place || place.closeness <= known) return false;
    found.set(conversation, { conversation, turn: key, place, rank: place.closeness });
    return place.closeness === 1;
  }

  #hit({ conversation, turn, place }: Found): SearchHit {
    const summary = this.#connection
      .statement(`SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.key = ?`)
      .get(conversation);
    return {
      conversation: readConversation(summary),
      turnId: turn === undefined ? undefined : this.#turnId(turn),
      excerpt: place.excerpt.text,
      matches: place.excerpt.matches,
    };
  }

  #turnId(key: number): string {
    return readId(
      this.#connection.statement('SELECT CAST(id AS BLOB) AS id FROM turns WHERE key = ?').get(key),
    );
  }
}
