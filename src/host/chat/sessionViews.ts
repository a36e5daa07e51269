import type { TurnPatch, TurnView } from '../../protocol/turn';
import type { Translate } from '../translate';
import type { QuestionQueue } from './questionQueue';
import type { SessionCompaction } from './sessionCompaction';
import { viewOf } from './turn';
import type { Turn } from './turn';
import type { TurnTree } from './turnTree';

interface SessionViewsDeps {
  readonly translate: Translate;
  readonly tree: () => TurnTree<Turn>;
  readonly queue: Pick<QuestionQueue, 'isEmpty'>;
  readonly compaction: Pick<SessionCompaction, 'viewOf'>;
  readonly isBusy: () => boolean;
}

/** A conversation's turns as pages show them: each with what its place among the others adds. */
export class SessionViews {
  readonly #deps: SessionViewsDeps;

  constructor(deps: SessionViewsDeps) {
    this.#deps = deps;
  }

  of(turn: Turn): TurnView {
    const { compaction, translate } = this.#deps;
    const tree = this.#deps.tree();
    const view = viewOf(turn, turn === tree.last, translate);
    const versions = tree.versions(turn);
    const summary = compaction.viewOf(turn);
    const endNote = this.endNote(turn, view.endNote);
    return {
      ...view,
      ...(versions.length > 1
        ? { branch: { index: versions.indexOf(turn), count: versions.length } }
        : {}),
      ...(summary ? { compaction: summary } : {}),
      ...(endNote === null ? {} : { endNote }),
    };
  }

  /** With how to go on with the questions that wait, below the last turn when nothing runs. */
  endNote(turn: Turn, own = viewOf(turn, false, this.#deps.translate).endNote): string | null {
    const { tree, queue, isBusy, translate } = this.#deps;
    const isWaitedFor = turn === tree().last && !isBusy() && !queue.isEmpty;
    if (!isWaitedFor) return own ?? null;
    const waiting = translate('Questions wait below: send to go on with them.');
    return own === undefined ? waiting : `${own} ${waiting}`;
  }

  /** What is another for a turn that others came after. */
  notLast(turn: Turn): TurnPatch {
    const { endNote, canContinue, canAskAgain } = this.of(turn);
    return { endNote: endNote ?? null, canContinue, canAskAgain };
  }

  /** What is another for a turn that has its end. */
  ended(turn: Turn): TurnPatch {
    const view = this.of(turn);
    return {
      state: view.state,
      notice: null,
      noticeUntil: null,
      notes: view.notes,
      endNote: view.endNote ?? null,
      canContinue: view.canContinue,
      canAskAgain: view.canAskAgain,
      stats: view.stats ?? null,
      error: view.error ?? null,
      ...(view.citations ? { citations: view.citations } : {}),
    };
  }
}
