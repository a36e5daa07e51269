import type { Message } from '../../engine/types';
import type { ConversationRecord } from './conversationRecord';
import type { Question } from './questionQueue';
import { requestMessages } from './requestMessages';
import { runTurn } from './runTurn';
import type { AskedHow, TurnJobDeps } from './runTurn';
import type { SessionCompaction } from './sessionCompaction';
import type { SessionWork } from './sessionWork';
import type { ShownTurns } from './shownTurns';
import { titleOf } from './title';
import { newTurn, statsOf } from './turn';
import type { Turn } from './turn';
import type { TurnTarget } from './turnRun';

export interface TurnAskerDeps extends Pick<TurnJobDeps, 'clock' | 'translate' | 'onStoreFault'> {
  readonly newId: () => string;
  readonly record: ConversationRecord;
  readonly turns: ShownTurns;
  readonly work: SessionWork;
  readonly compaction: SessionCompaction;
  /** The turn has its end; it is not on disk yet. */
  readonly ended: (turn: Turn) => void;
}

/** Puts a conversation's questions to the model: new ones, the same once more, and replies that are gone on with. The session sees to it that one runs at a time. */
export class TurnAsker {
  readonly #deps: TurnAskerDeps;

  constructor(deps: TurnAskerDeps) {
    this.#deps = deps;
  }

  ask(
    { text, asked, attachments }: Question,
    parentId: string | undefined,
    target: TurnTarget,
    how: AskedHow = {},
  ): void {
    const { clock, newId, record, turns } = this.#deps;
    const before = turns.tree.path;
    const turn = newTurn({
      id: newId(),
      ordinal: turns.tree.nextOrdinal,
      parentId,
      createdAt: clock.wallNow(),
      prompt: text,
      asked,
      attachments,
      model: target.model,
      endpointId: target.endpointId,
    });
    record.begin();
    if (record.value.title === '') record.change({ title: titleOf(text) });
    turns.add(turn);
    this.#begin(turn, target, how);
    turns.tellAdded(turn, before);
  }

  /** The same question. One without any reply and without anything after it gives way to the new one; else both stay. */
  again(turn: Turn, target: TurnTarget, how: AskedHow): void {
    const { turns } = this.#deps;
    const givesWay = turn.text.trim() === '' && turns.tree.below(turn).length === 1;
    const { prompt: text, asked, attachments, parentId } = turn;
    if (givesWay) turns.drop(turn);
    this.ask({ text, asked, attachments }, parentId, target, how);
  }

  /** The reply is gone on with from where it broke off. */
  goOn(turn: Turn, target: TurnTarget): void {
    const before = statsOf(turn.phase);
    turn.phase = { kind: 'running', controller: new AbortController(), notice: undefined };
    this.#begin(turn, target, { before });
    this.#deps.turns.patch(turn, {
      state: 'streaming',
      endNote: null,
      canContinue: false,
      canAskAgain: false,
      stats: null,
      error: null,
    });
  }

  #begin(turn: Turn, target: TurnTarget, how: AskedHow): void {
    const { clock, translate, onStoreFault, record, turns, work, ended } = this.#deps;
    const { phase } = turn;
    work.begin((reason) => phase.kind === 'running' && phase.controller.abort(reason));
    const run = runTurn(turn, target, how, {
      clock,
      translate,
      onStoreFault,
      record,
      changed: (change) => turns.tell(change),
      messages: () => this.#messagesFor(turn, target),
      ended: () => ended(turn),
    });
    work.add(run);
    turns.tellSession({ busy: work.isBusy, title: record.value.title, isKept: record.isKept });
  }

  async #messagesFor(turn: Turn, target: TurnTarget): Promise<readonly Message[]> {
    const { turns, compaction } = this.#deps;
    const { path } = turns.tree;
    const earlier = path.slice(0, path.indexOf(turn));
    const plan = await compaction.due(earlier, turn, target);
    if (plan && turn.phase.kind === 'running') {
      const { signal } = turn.phase.controller;
      const { notice } = compaction;
      turn.phase = { ...turn.phase, notice: { text: notice, until: undefined } };
      turns.patch(turn, { notice, noticeUntil: null });
      await compaction.make(plan, signal);
    }
    return requestMessages(earlier, turn, compaction.current);
  }
}
