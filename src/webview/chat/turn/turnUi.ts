import { Emitter } from '../../../base/event';

/** What the reader has opened or is writing in a turn. */
interface TurnUiState {
  readonly isQuestionOpen: boolean;
  /** The question as it is being edited; `undefined` where it is not. */
  readonly edit: string | undefined;
  readonly isThinkingOpen: boolean;
  readonly isDetailOpen: boolean;
  /** What is wrong with the answer, as it is being written; `undefined` where nobody is asked. */
  readonly reason: string | undefined;
  readonly isSummaryOpen: boolean;
}

/** Kept apart from the components: a turn that is far away has none, and is as it was when it comes back. */
export class TurnUi {
  readonly #changed = new Emitter<void>();
  #state: TurnUiState = {
    isQuestionOpen: false,
    edit: undefined,
    isThinkingOpen: false,
    isDetailOpen: false,
    reason: undefined,
    isSummaryOpen: false,
  };

  readonly onChange = this.#changed.event;

  get state(): TurnUiState {
    return this.#state;
  }

  set(change: Partial<TurnUiState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
