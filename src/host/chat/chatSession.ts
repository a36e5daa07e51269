import { AbortError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { ConversationSummary, Feedback, StoredTurn, TitleSource } from '../../engine/ports';
import type { Change, SessionView } from '../../protocol/chat';
import type { TurnView } from '../../protocol/turn';
import type { Translate } from '../translate';
import { ConversationRecord } from './conversationRecord';
import type { Keeping, RecordDeps } from './conversationRecord';
import { QuestionQueue } from './questionQueue';
import type { Question, WaitingQuestion } from './questionQueue';
import type { Reactions } from './reactions';
import { SessionCompaction } from './sessionCompaction';
import type { CompactionSettings } from './sessionCompaction';
import { SessionWork } from './sessionWork';
import { ShownTurns } from './shownTurns';
import type { SmallJobs } from './smallJobs';
import { canContinue, canRetry, isElsewhere, retryMoment } from './turn';
import type { Turn } from './turn';
import { TurnAsker } from './turnAsker';
import type { Deletion } from './turnDeletions';
import { WindowClosing } from './turnRun';
import type { TurnTarget } from './turnRun';
import type { TurnTree } from './turnTree';

export interface ChatSessionDeps extends RecordDeps {
  readonly clock: Clock;
  readonly translate: Translate;
  readonly newId: () => string;
  /** What answers a question asked now: the model in use, or the one that is named. */
  readonly target: (model?: string) => TurnTarget;
  readonly jobs: Pick<SmallJobs, 'summary'>;
  readonly reactions: Reactions;
  readonly compaction: () => CompactionSettings;
  /** Says what did not work. */
  readonly tell: (text: string) => void;
  /** Questions that waited when the window went away, and those that wait now. */
  readonly waitingIn: (conversationId: string) => readonly WaitingQuestion[];
  readonly rememberWaiting: (
    conversationId: string,
    waiting: readonly WaitingQuestion[],
    isKept: boolean,
  ) => void;
}

/** What a session shows of itself. */
export type SessionState = Pick<
  SessionView,
  'conversationId' | 'title' | 'busy' | 'queue' | 'isKept'
>;

/** Ends after which the next question that waits goes out by itself. */
const WHOLE: ReadonlySet<string> = new Set(['end_turn', 'stop_sequence', 'pause_turn', 'tool_use']);

/**
 * One conversation: its turns as a tree of which one path is shown, one of them running at a time, and the questions that wait for it.
 * Shown in any number of panes.
 */
export class ChatSession extends Disposable {
  readonly #deps: ChatSessionDeps;
  readonly #record: ConversationRecord;
  readonly #queue: QuestionQueue;
  readonly #compaction: SessionCompaction;
  readonly #onEnd = this._register(new Emitter<Turn>());
  /** The turn under way, or the summary that the user asked for. */
  readonly #work = new SessionWork();
  readonly #turns: ShownTurns;
  readonly #asker: TurnAsker;

  /** A turn has its end; the session is still busy with it. */
  readonly onEnd = this.#onEnd.event;

  constructor(
    conversation: ConversationSummary,
    turns: readonly Turn[],
    keeping: Keeping,
    deps: ChatSessionDeps,
  ) {
    super();
    this.#deps = deps;
    this.#record = new ConversationRecord(conversation, keeping, deps);
    this.#queue = new QuestionQueue(deps.waitingIn(conversation.id), () => this.#queueChanged());
    this.#compaction = new SessionCompaction({
      clock: deps.clock,
      jobs: deps.jobs,
      settings: deps.compaction,
      translate: deps.translate,
      tell: deps.tell,
      record: this.#record,
      changed: (turnIds) => this.#turns.tellCompaction(turnIds),
    });
    this.#turns = this._register(
      new ShownTurns(turns, {
        translate: deps.translate,
        record: this.#record,
        work: this.#work,
        queue: this.#queue,
        compaction: this.#compaction,
      }),
    );
    this.#asker = new TurnAsker({
      ...deps,
      record: this.#record,
      turns: this.#turns,
      work: this.#work,
      compaction: this.#compaction,
      ended: (turn) => this.#ended(turn),
    });
  }

  /** Of the turns that are shown and of the session's own fields. */
  get onChange(): Event<Change> {
    return this.#turns.onChange;
  }

  /** Other turns are shown: everything is to be read again. */
  get onReplaced(): Event<void> {
    return this.#turns.onReplaced;
  }

  get id(): string {
    return this.#record.value.id;
  }

  get conversation(): ConversationSummary {
    return this.#record.value;
  }

  get busy(): boolean {
    return this.#work.isBusy;
  }

  get isEmpty(): boolean {
    return this.#tree.newest === undefined;
  }

  get isKept(): boolean {
    return this.#record.isKept;
  }

  get keeping(): Keeping {
    return this.#record.keeping;
  }

  /** Whether another window is at a turn that is shown: nothing tells when that has an end. */
  get comesElsewhere(): boolean {
    return this.#tree.path.some((turn) => isElsewhere(turn));
  }

  /** The turns that are shown, oldest first. */
  get path(): readonly Turn[] {
    return this.#tree.path;
  }

  /** Those of all branches. */
  get turns(): readonly Turn[] {
    return [...this.#tree.all];
  }

  /** Resolves when all so far is on disk, or its writing failed and was reported. */
  async idle(): Promise<void> {
    await this.#work.settled;
    await this.#record.settled;
  }

  state(): SessionState {
    const { id, title } = this.#record.value;
    const { busy, isKept } = this;
    return { conversationId: id, title, busy, isKept, queue: this.#queue.views };
  }

  views(): TurnView[] {
    return this.#turns.views();
  }

  find(turnId: string): Turn | undefined {
    return this.#tree.find(turnId);
  }

  /** The last turn when it failed for want of a (good) key. */
  turnWaitingForKey(): string | undefined {
    const { last } = this.#tree;
    if (last?.phase.kind !== 'failed') return undefined;
    const { kind } = last.phase.error;
    return kind === 'authentication' || kind === 'no_key' ? last.id : undefined;
  }

  /**
   * Asks, or lets the question wait for the answer under way. Where others wait already, they go first. Returns whether it was taken: an
   * empty one is not.
   */
  send(question: Question): boolean {
    if (this.isDisposed || question.text.trim() === '') return false;
    if (this.busy || !this.#queue.isEmpty) {
      this.#queue.add({ ...question, id: this.#deps.newId() });
      this.goOn();
    } else {
      this.#asker.ask(question, this.#tree.last?.id, this.#deps.target());
    }
    return true;
  }

  /** Asks the next question that waits, where nothing runs. Returns whether there was one. */
  goOn(): boolean {
    if (this.isDisposed || this.busy) return false;
    const next = this.#queue.next();
    if (next) this.#asker.ask(next, this.#tree.last?.id, this.#deps.target());
    return next !== undefined;
  }

  unqueue(id: string): WaitingQuestion | undefined {
    return this.#queue.take(id);
  }

  /** Stops what runs; what has arrived stays. */
  stop(): void {
    this.#work.stop(new AbortError());
  }

  /** Asks a turn's question again. `later`: as soon as the server, which named a moment, takes it. */
  retry(turnId: string, later = false): boolean {
    const turn = this.#tree.find(turnId);
    if (!turn || this.busy || this.isDisposed || !canRetry(turn)) return false;
    const notBefore = later ? retryMoment(turn) : undefined;
    this.#asker.again(turn, this.#deps.target(), { fresh: true, notBefore });
    return true;
  }

  /** The same question as another version, by another model where one is named. Stops what runs. */
  async regenerate(turnId: string, model?: string): Promise<boolean> {
    const turn = await this.#quiet(turnId);
    if (turn) this.#asker.again(turn, this.#deps.target(model), { fresh: true });
    return turn !== undefined;
  }

  /** Another question in the place of this turn's, with what went along with it before what it brings; both stay. Stops what runs. */
  async edit(turnId: string, question: Question): Promise<boolean> {
    const turn = await this.#quiet(turnId);
    if (!turn || question.text.trim() === '') return false;
    const attachments = [...turn.attachments, ...question.attachments];
    this.#asker.ask({ ...question, attachments }, turn.parentId, this.#deps.target());
    return true;
  }

  /** Shows the branch that this turn is on; what runs goes on, and the branch stays as it is meanwhile. */
  reveal(turnId: string): void {
    const turn = this.#tree.find(turnId);
    if (!turn || this.busy || this.#tree.isShown(turn)) return;
    this.#turns.show(turn);
  }

  /** Shows another version of the turn and what followed it. Stops what runs. */
  async switchBranch(turnId: string, index: number): Promise<void> {
    const turn = await this.#quiet(turnId);
    const version = turn && this.#tree.versions(turn)[index];
    if (version) this.#turns.show(version);
  }

  /** Takes the turn and what follows it out of sight; the store follows with `commit`. Stops what runs. */
  async deleteTurn(turnId: string): Promise<Deletion | undefined> {
    const turn = await this.#quiet(turnId);
    if (!turn || this.#tree.below(turn).some((after) => isElsewhere(after))) return undefined;
    return this.#turns.deletions.begin(turn);
  }

  /** Goes on with the last reply from where it broke off. */
  continueTurn(turnId: string): boolean {
    const turn = this.#tree.find(turnId);
    if (!turn || this.busy || this.isDisposed) return false;
    if (!canContinue(turn, turn === this.#tree.last)) return false;
    this.#asker.goOn(turn, this.#deps.target());
    return true;
  }

  setFeedback(turnId: string, feedback: Feedback | undefined): void {
    const turn = this.#tree.find(turnId);
    if (!turn) return;
    turn.feedback = feedback;
    this.#turns.patch(turn, { feedback: feedback ?? null });
    void this.#record.after((store) => store.setFeedback(turnId, feedback));
    this.#deps.reactions.rated(turn, feedback?.rating);
  }

  /** Something of this turn's answer was taken over: its code was copied or put to use. */
  accepted(turnId: string): void {
    const turn = this.#tree.find(turnId);
    if (turn) this.#deps.reactions.accepted(turn);
  }

  /** Summarises all but the last few turns; nothing else runs meanwhile, and `stop` ends it. */
  async compact(): Promise<void> {
    const { last } = this.#tree;
    const plan = this.busy ? undefined : this.#compaction.plan(this.#tree.path);
    if (!plan || !last || this.isDisposed) {
      const { translate: t, tell } = this.#deps;
      tell(
        this.busy
          ? t('The chat can be summarised when the answer has ended.')
          : t('There is nothing to summarise yet: the last answer always stays as it is.'),
      );
      return;
    }
    const stopped = new AbortController();
    this.#work.begin((reason) => stopped.abort(reason));
    this.#turns.tellSession({ busy: true });
    this.#turns.patch(last, { notice: this.#compaction.notice, noticeUntil: null });
    const made = this.#compaction.make(plan, stopped.signal);
    this.#work.add(made);
    await made;
    this.#turns.patch(last, { notice: null });
    this.#over();
  }

  undoCompaction(): void {
    this.#compaction.undo();
  }

  rename(title: string, titleFrom: TitleSource): void {
    this.#record.change({ title, titleFrom });
    this.#turns.tellSession({ title });
  }

  pin(pinned: boolean): void {
    this.#record.change({ pinned });
  }

  /** What the store has now; where that is another, by another window's hand, it is shown instead. Ignored while something runs. */
  follow(conversation: ConversationSummary, stored: readonly StoredTurn[]): void {
    if (this.busy || this.isDisposed || !this.isKept) return;
    this.#turns.follow(conversation, stored);
  }

  /** Ends what runs as interrupted; resolves when that is on disk. */
  async close(): Promise<void> {
    this.#work.stop(new WindowClosing());
    await this.idle();
    this.dispose();
  }

  override dispose(): void {
    this.stop();
    super.dispose();
  }

  get #tree(): TurnTree<Turn> {
    return this.#turns.tree;
  }

  /** The turn, when nothing runs any more and no other window is at it. */
  async #quiet(turnId: string): Promise<Turn | undefined> {
    this.stop();
    await this.#work.over();
    const turn = this.#tree.find(turnId);
    return !turn || this.busy || this.isDisposed || isElsewhere(turn) ? undefined : turn;
  }

  #ended(turn: Turn): void {
    this.#turns.tellEnded(turn);
    const goesOn = turn.phase.kind === 'done' && WHOLE.has(turn.phase.stopReason);
    // First: who is told may keep the session, which nobody needs after it.
    this.#onEnd.fire(turn);
    this.#over(goesOn);
  }

  #over(goesOn = false): void {
    this.#work.end();
    if (goesOn && this.goOn()) return;
    this.#turns.tellSession({ busy: false });
    // With its word on the questions that wait.
    if (!this.#queue.isEmpty) this.#turns.tellEndNote();
  }

  #queueChanged(): void {
    const { waiting, views } = this.#queue;
    this.#deps.rememberWaiting(this.id, waiting, this.isKept);
    this.#turns.tellSession({ queue: views });
    if (!this.busy) this.#turns.tellEndNote();
  }
}
