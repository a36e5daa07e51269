import { assertNever } from '../base/assertNever';
import type { Clock } from '../base/clock';
import { AnswerTable } from './answerTable';
import type { Connection } from './connection';
import { ConversationImport } from './conversationImport';
import { ConversationSearch } from './conversationSearch';
import { ConversationTable } from './conversationTable';
import { Deletions } from './deletions';
import type { LimitUseTable } from './limitUseTable';
import type { LiveTurns } from './liveTurns';
import type { CallOf, StoreOp } from './messages';
import type { MetricsTable } from './metricsTable';
import { TurnIndex } from './turnIndex';
import { TurnTable } from './turnTable';
import { TurnWriter } from './turnWriter';

export interface StoreTablesOptions {
  readonly connection: Connection;
  readonly live: LiveTurns;
  readonly limitUse: LimitUseTable;
  readonly metrics: MetricsTable;
  readonly clock: Clock;
}

/** What calls ask of the tables; the service sees to the rest. */
export type TableOp = Exclude<StoreOp, 'close' | 'sweep' | 'changeCount'>;

const TURN_OPS = ['insertTurn', 'appendToTurn', 'finishTurn', 'setFeedback', 'deleteTurn'] as const;
const DELETION_OPS = [
  'deleteConversation',
  'restoreConversation',
  'purgeDeleted',
  'deleteEverything',
] as const;
const ENGINE_OPS = ['getAnswer', 'putAnswer', 'clearAnswers', 'exchangeLimitUse'] as const;
const METRICS_OPS = [
  'exchangeMetrics',
  'readMetrics',
  'metricsSpending',
  'removeMetricEvent',
  'clearMetrics',
] as const;
type TurnOp = (typeof TURN_OPS)[number];
type DeletionOp = (typeof DELETION_OPS)[number];
type EngineOp = (typeof ENGINE_OPS)[number];
type MetricsOp = (typeof METRICS_OPS)[number];

/** All that is in one open file. */
export class StoreTables {
  readonly connection: Connection;
  readonly conversations: ConversationTable;
  readonly turns: TurnTable;
  readonly deletions: Deletions;
  readonly index: TurnIndex;
  readonly #search: ConversationSearch;
  readonly #import: ConversationImport;
  readonly #answers: AnswerTable;
  readonly #limitUse: LimitUseTable;
  readonly #metrics: MetricsTable;

  constructor({ connection, live, limitUse, metrics, clock }: StoreTablesOptions) {
    const index = new TurnIndex(connection, live, clock);
    const deletions = new Deletions({ connection, index, clock });
    const writer = new TurnWriter(connection);
    const conversations = new ConversationTable(connection);
    this.connection = connection;
    this.conversations = conversations;
    this.index = index;
    this.deletions = deletions;
    this.turns = new TurnTable({ connection, live, writer, index, deletions, clock });
    this.#search = new ConversationSearch(connection, index, clock);
    this.#import = new ConversationImport({ connection, conversations, writer, index });
    this.#answers = new AnswerTable(connection, clock);
    this.#limitUse = limitUse;
    this.#metrics = metrics;
  }

  /** Carries a call out. */
  run(call: CallOf<TableOp>): unknown {
    if (isOneOf(TURN_OPS, call)) return this.#changeTurn(call);
    if (isOneOf(DELETION_OPS, call)) return this.#delete(call);
    if (isOneOf(ENGINE_OPS, call)) return this.#serveEngine(call);
    if (isOneOf(METRICS_OPS, call)) return this.#serveMetrics(call);
    switch (call.op) {
      case 'createConversation':
        return this.conversations.create(call.conversation);
      case 'updateConversation':
        return this.conversations.update(call.id, call.patch);
      case 'listConversations':
        return this.conversations.list(call.workspace, call.limit);
      case 'searchConversations':
        return this.#search.search(call.query, call.workspace, call.limit);
      case 'getConversation':
        return this.turns.read(call.id);
      case 'importConversation':
        return this.#import.add(call.conversation, call.turns);
      default:
        return assertNever(call);
    }
  }

  #changeTurn(call: CallOf<TurnOp>): void {
    switch (call.op) {
      case 'insertTurn':
        return this.turns.insert(call.turn);
      case 'appendToTurn':
        return this.turns.append(call.id, call);
      case 'finishTurn':
        return this.turns.finish(call.id, call.outcome);
      case 'setFeedback':
        return this.turns.setFeedback(call.id, call.feedback);
      case 'deleteTurn':
        return this.turns.delete(call.id);
      default:
        return assertNever(call);
    }
  }

  #delete(call: CallOf<DeletionOp>): boolean | void {
    switch (call.op) {
      case 'deleteConversation':
        return this.deletions.hide(call.id);
      case 'restoreConversation':
        return this.deletions.restore(call.id);
      case 'purgeDeleted':
        return this.deletions.finalise(call.id);
      case 'deleteEverything':
        return this.deletions.everything();
      default:
        return assertNever(call);
    }
  }

  #serveEngine(call: CallOf<EngineOp>): unknown {
    switch (call.op) {
      case 'getAnswer':
        return this.#answers.get(call.key, call.notBefore);
      case 'putAnswer':
        return this.#answers.put(call.answer, call.limits);
      case 'clearAnswers':
        return this.#answers.clear();
      case 'exchangeLimitUse':
        return this.#limitUse.exchange(this.connection, call.scope, call.used);
      default:
        return assertNever(call);
    }
  }

  #serveMetrics(call: CallOf<MetricsOp>): unknown {
    const metrics = this.#metrics;
    switch (call.op) {
      case 'exchangeMetrics':
        return metrics.exchange(this.connection, call.batch, call.retention, call.seen);
      case 'readMetrics':
        return metrics.read(this.connection, call.range, call.maxRequests);
      case 'metricsSpending':
        return metrics.spending(this.connection, call.range);
      case 'removeMetricEvent':
        return metrics.removeEvent(this.connection, call.uid);
      case 'clearMetrics':
        return metrics.clear(this.connection);
      default:
        return assertNever(call);
    }
  }
}

function isOneOf<Op extends TableOp>(
  ops: readonly Op[],
  call: CallOf<TableOp>,
): call is CallOf<Op> {
  const known: readonly string[] = ops;
  return known.includes(call.op);
}
