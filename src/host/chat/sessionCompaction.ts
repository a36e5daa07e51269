import type { Clock } from '../../base/clock';
import type { Compaction } from '../../engine/ports';
import type { TurnPatch } from '../../protocol/turn';
import { formatCount } from '../format';
import type { Translate } from '../translate';
import { planCompaction, requestTokens } from './compactionPlan';
import type { CompactionPlan } from './compactionPlan';
import type { ConversationRecord } from './conversationRecord';
import type { SmallJobs } from './smallJobs';
import type { Turn } from './turn';
import type { TurnTarget } from './turnRun';

export interface CompactionSettings {
  /** Whether the oldest turns are summarised by themselves. */
  readonly auto: boolean;
  /** From this share of the model's window on, 0-1. */
  readonly at: number;
}

export interface SessionCompactionDeps {
  readonly clock: Clock;
  readonly jobs: Pick<SmallJobs, 'summary'>;
  readonly settings: () => CompactionSettings;
  readonly translate: Translate;
  /** Tells the user what did not work. */
  readonly tell: (text: string) => void;
  readonly record: ConversationRecord;
  /** What is shown of these turns is another. */
  readonly changed: (turnIds: readonly string[]) => void;
}

/** The summary that stands for the oldest turns of a conversation: made, before the window overflows or when asked for, and undone. */
export class SessionCompaction {
  readonly #deps: SessionCompactionDeps;
  /** The user took one back: none is made by itself until one is asked for. */
  #isUnwanted = false;

  constructor(deps: SessionCompactionDeps) {
    this.#deps = deps;
  }

  get current(): Compaction | undefined {
    return this.#deps.record.value.compaction;
  }

  /** What a turn shows of it. */
  viewOf(turn: Turn): TurnPatch['compaction'] {
    const { current } = this;
    if (current?.throughTurnId !== turn.id) return undefined;
    const { tokensBefore, tokensAfter } = current;
    return {
      label: this.#deps.translate(
        'Up to here the model is told a summary: {0} tokens instead of {1}',
        formatCount(tokensAfter),
        formatCount(tokensBefore),
      ),
      summary: current.summary,
    };
  }

  get notice(): string {
    return this.#deps.translate('Summarising the oldest part of this chat');
  }

  /** What is to be summarised before this question is sent; `undefined` for nothing. */
  async due(
    earlier: readonly Turn[],
    question: Turn,
    target: TurnTarget,
  ): Promise<CompactionPlan | undefined> {
    const { auto, at } = this.#deps.settings();
    if (!auto || this.#isUnwanted || target.contextWindow <= 0) return undefined;
    const tokens = requestTokens(earlier, question, this.current, await target.system());
    return tokens > at * target.contextWindow ? this.plan(earlier) : undefined;
  }

  /** What is there to be summarised at all. */
  plan(path: readonly Turn[]): CompactionPlan | undefined {
    return planCompaction(path, this.current);
  }

  /** Never rejects: one that fails changes nothing and is told; one that was stopped is not. */
  async make(plan: CompactionPlan, signal: AbortSignal): Promise<void> {
    const { jobs, record, changed, tell, translate } = this.#deps;
    const owner = { conversationId: record.value.id, isKept: record.isKept };
    try {
      const compaction = await jobs.summary(plan, owner, signal);
      const before = this.current?.throughTurnId;
      record.change({ compaction });
      this.#isUnwanted = false;
      changed([...(before === undefined ? [] : [before]), compaction.throughTurnId]);
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      tell(translate('The chat could not be summarised: {0}. Nothing was changed.', why));
    }
  }

  undo(): void {
    const { current } = this;
    if (!current) return;
    this.#isUnwanted = true;
    this.#deps.record.change({ compaction: undefined });
    this.#deps.changed([current.throughTurnId]);
  }
}
