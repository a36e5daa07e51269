import { Disposable } from '../../base/disposable';
import type { ChatSession } from './chatSession';
import type { SmallJobs } from './smallJobs';
import type { Turn } from './turn';

export interface TitleMakerDeps {
  readonly jobs: Pick<SmallJobs, 'title'>;
  /** The setting. */
  readonly isOn: () => boolean;
  readonly onFault: (error: unknown) => void;
  /** While a title is made its conversation must stay there. */
  readonly hold: (session: ChatSession) => { dispose(): void };
  /** Whether it still is: it may have been deleted meanwhile. */
  readonly isThere: (session: ChatSession) => boolean;
}

/** One that fails may be tried again after another answer. */
const MAX_TRIES = 2;

/** Gives a conversation a title after its first answer, as long as nobody has given it one. */
export class TitleMaker extends Disposable {
  readonly #deps: TitleMakerDeps;
  readonly #stop = new AbortController();
  readonly #tries = new Map<string, number>();

  constructor(deps: TitleMakerDeps) {
    super();
    this.#deps = deps;
    this._register({ dispose: () => this.#stop.abort() });
  }

  /** A turn has ended. Never rejects. */
  async ended(session: ChatSession, turn: Turn): Promise<void> {
    const { id } = session;
    const tries = this.#tries.get(id) ?? 0;
    const isDue = this.#deps.isOn() && tries < MAX_TRIES && wantsTitle(session, turn);
    if (!isDue || this.isDisposed) return;
    this.#tries.set(id, tries + 1);
    const held = this.#deps.hold(session);
    try {
      const owner = { conversationId: id, isKept: session.isKept };
      const title = await this.#deps.jobs.title(turn, owner, this.#stop.signal);
      // The user may have been quicker.
      const isWanted = isUnnamed(session) && this.#deps.isThere(session);
      if (title !== undefined && isWanted) session.rename(title, 'model');
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#deps.onFault(error);
    } finally {
      held.dispose();
    }
  }
}

function wantsTitle(session: ChatSession, { phase, text }: Turn): boolean {
  return isUnnamed(session) && phase.kind === 'done' && text.trim() !== '';
}

function isUnnamed({ conversation }: ChatSession): boolean {
  return conversation.titleFrom === 'prompt';
}
