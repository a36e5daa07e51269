import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { Price } from '../../engine/types';
import type { AttachmentView, ContextGauge } from '../../protocol/context';
import { contextGauge, turnTokens } from '../context/gauge';
import type { Translate } from '../translate';
import type { InstructionSegment } from './chatParts';
import type { ChatSession } from './chatSession';
import type { Turn } from './turn';

/** The user types: it is counted this long after the last change at most, ms. */
const DELAY_MS = 200;

/** What a question that is sent now is measured against. */
export interface GaugeFacts {
  readonly instructions: readonly InstructionSegment[];
  /** Of the model in use; 0 where it is not known. */
  readonly windowTokens: number;
  readonly replyTokens: number;
  readonly price: Price | undefined;
  readonly limits: { readonly warnTokens: number; readonly warnCostUSD: number };
}

export interface PaneGaugeDeps {
  readonly clock: Clock;
  readonly translate: Translate;
  /** Never rejects. */
  readonly facts: () => Promise<GaugeFacts>;
  readonly session: () => ChatSession;
  readonly attachments: () => readonly AttachmentView[];
  readonly question: () => string;
  readonly changed: (gauge: ContextGauge) => void;
}

/** Keeps count of what a pane's next question fills the model's window with. */
export class PaneGauge extends Disposable {
  readonly #deps: PaneGaugeDeps;
  /** A turn that has its end is counted once. */
  readonly #counted = new WeakMap<Turn, { readonly length: number; readonly tokens: number }>();
  #timer: DisposableLike | undefined;
  #gauge: ContextGauge | undefined;

  constructor(deps: PaneGaugeDeps) {
    super();
    this.#deps = deps;
    this._register({ dispose: () => this.#timer?.dispose() });
  }

  /** As it was counted last; `undefined` until then. */
  get current(): ContextGauge | undefined {
    return this.#gauge;
  }

  /** Something that counts is another. */
  touch(): void {
    if (this.isDisposed) return;
    this.#timer ??= this.#deps.clock.setTimeout(() => void this.#count(), DELAY_MS);
  }

  async #count(): Promise<void> {
    const { facts, session, attachments, question, translate, changed } = this.#deps;
    const measure = await facts();
    // What changed meanwhile is in it.
    this.#timer = undefined;
    if (this.isDisposed) return;
    const { path, conversation } = session();
    const gauge = contextGauge({
      ...measure,
      turns: path.map((turn) => ({ id: turn.id, tokens: this.#tokensOf(turn) })),
      compaction: conversation.compaction,
      attachments: attachments().filter(({ state }) => state === 'ready'),
      question: question(),
      translate,
    });
    const isSame = JSON.stringify(gauge) === JSON.stringify(this.#gauge);
    this.#gauge = gauge;
    if (!isSame) changed(gauge);
  }

  #tokensOf(turn: Turn): number {
    const { prompt, asked = prompt, attachments, text } = turn;
    const known = this.#counted.get(turn);
    if (known?.length === text.length) return known.tokens;
    const tokens = turnTokens({ asked, attachments, text });
    this.#counted.set(turn, { length: text.length, tokens });
    return tokens;
  }
}
