import { abortable, within } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { TurnStats } from '../../engine/ports';
import type { Message } from '../../engine/types';
import type { Change } from '../../protocol/chat';
import type { Translate } from '../translate';
import type { ConversationRecord } from './conversationRecord';
import { outcomeOf, toStored } from './turn';
import type { Turn } from './turn';
import { streamTurn } from './turnRun';
import type { TurnTarget } from './turnRun';
import { TurnSaver } from './turnSaver';

/** How a turn is asked, beside its question. */
export interface AskedHow {
  readonly fresh?: boolean;
  readonly notBefore?: number | undefined;
  /** What it took before it is gone on with. */
  readonly before?: TurnStats | undefined;
}

export interface TurnJobDeps {
  readonly clock: Clock;
  readonly translate: Translate;
  readonly onStoreFault: (error: unknown) => void;
  readonly record: ConversationRecord;
  readonly changed: (change: Change) => void;
  /** What the model is told; may take its time. */
  readonly messages: () => Promise<readonly Message[]>;
  /** The turn has its end; it is not on disk yet. */
  readonly ended: () => void;
}

/** A question waits so long for its place in the store, ms; then it is sent, and saved when the store answers. */
const SAVE_PATIENCE_MS = 3_000;

/**
 * One turn from its question to its end on disk: saved before it is sent (where the store answers in time), its text at least every
 * second while it comes, and whole at its end. Never rejects: faults of the store are reported, all else is the turn's end.
 */
export async function runTurn(
  turn: Turn,
  target: TurnTarget,
  { before, ...how }: AskedHow,
  deps: TurnJobDeps,
): Promise<void> {
  const { clock, translate, record, changed, onStoreFault } = deps;
  const { id } = record.value;
  const saver = new TurnSaver(
    turn.id,
    () => outcomeOf(turn),
    record.openStore,
    clock,
    onStoreFault,
  );
  // Each time: another window may have deleted the conversation, or a damaged file been put aside. One that is there stays.
  const saved = saver.insert(toStored(turn, id), (store) => record.create(store));
  await awaitSaved(turn, saved, clock);
  // It is there already, with the end that it had.
  if (turn.text !== '') saver.rewrite();
  const ask = { messages: deps.messages, conversationId: id, unkept: !record.isKept, ...how };
  await streamTurn(turn, target, ask, { clock, translate, before, changed, saver });
  deps.ended();
  await saver.finish(outcomeOf(turn));
}

/** Resolves when the turn is saved, is stopped, or the store has taken too long. */
async function awaitSaved(turn: Turn, saved: Promise<void>, clock: Clock): Promise<void> {
  if (turn.phase.kind !== 'running') return;
  const { signal } = turn.phase.controller;
  try {
    await abortable(within(saved, SAVE_PATIENCE_MS, clock), signal);
  } catch {
    // Stopped: what sends the turn ends it at once.
  }
}
