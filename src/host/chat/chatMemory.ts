import * as v from 'valibot';
import type { Attachment } from '../../engine/ports';
import { attachmentSchema } from '../../store/turnSchemas';
import type { MementoLike } from '../memory';
import type { TrayContents } from './chatParts';
import type { WaitingQuestion } from './questionQueue';

/** A longer draft is not kept over a reload: mementos are written whole each time. UTF-16 units. */
const MAX_DRAFT = 100_000;
/** The same for what is read of context and for questions that wait: beyond it they are kept without it. UTF-16 units of JSON. */
const MAX_CONTEXT = 500_000;
/** Panes whose context is kept, and tabs that are remembered, the latest ones. */
const MAX_TRAYS = 20;
const MAX_TABS = 20;

const KEYS = {
  conversation: 'pulse.conversation',
  draft: 'pulse.draft',
  trays: 'pulse.trays',
  waiting: 'pulse.waiting',
  tabs: 'pulse.tabs',
} as const;

const attachments = v.array(attachmentSchema);
const trayEntry = v.object({ key: v.string(), sources: v.array(v.string()), attachments });
const waitingEntry = v.object({
  id: v.string(),
  text: v.string(),
  asked: v.optional(v.string(), () => undefined),
  attachments,
});

const tabEntry = v.object({ conversationId: v.string(), draft: v.string() });
export type RememberedTab = v.InferOutput<typeof tabEntry>;

const NOTHING: TrayContents = { sources: [], attachments: [] };

/**
 * What the chat remembers over a reload of the window, for this workspace and beside the store: which conversation the side bar shows,
 * its draft, context that was not sent yet, questions that wait. Writing never rejects.
 */
export class ChatMemory {
  readonly #memento: MementoLike;
  readonly #onFault: (error: unknown) => void;

  constructor(memento: MementoLike, onFault: (error: unknown) => void) {
    this.#memento = memento;
    this.#onFault = onFault;
  }

  get conversationId(): string | undefined {
    return text(this.#memento.get(KEYS.conversation));
  }

  set conversationId(id: string | undefined) {
    if (this.conversationId !== id) this.#keep(KEYS.conversation, id);
  }

  get draft(): string {
    return text(this.#memento.get(KEYS.draft)) ?? '';
  }

  set draft(draft: string) {
    const kept = draft.length <= MAX_DRAFT ? draft : '';
    if (this.draft !== kept) this.#keep(KEYS.draft, kept);
  }

  /** What tabs showed when the window went away. */
  get tabs(): readonly RememberedTab[] {
    return listOf(tabEntry, this.#memento.get(KEYS.tabs));
  }

  set tabs(tabs: readonly RememberedTab[]) {
    const kept = tabs.slice(-MAX_TABS).map(({ conversationId, draft }) => ({
      conversationId,
      draft: draft.length <= MAX_DRAFT ? draft : '',
    }));
    if (JSON.stringify(kept) !== JSON.stringify(this.tabs)) this.#keep(KEYS.tabs, kept);
  }

  /** Context of the question that is being written in this pane. */
  tray(key: string): TrayContents {
    return this.#trays().find((tray) => tray.key === key) ?? NOTHING;
  }

  rememberTray(key: string, contents: TrayContents): void {
    const trays = this.#trays();
    const others = trays.filter((tray) => tray.key !== key);
    const isEmpty = contents.sources.length === 0 && contents.attachments.length === 0;
    if (isEmpty && others.length === trays.length) return;
    const { sources } = contents;
    const kept = { key, sources, attachments: fitting(contents.attachments) };
    this.#keep(KEYS.trays, isEmpty ? others : [...others, kept].slice(-MAX_TRAYS));
  }

  waitingIn(conversationId: string): readonly WaitingQuestion[] {
    return this.#waiting().get(conversationId) ?? [];
  }

  rememberWaiting(conversationId: string, waiting: readonly WaitingQuestion[]): void {
    const all = this.#waiting();
    if (waiting.length === 0 && !all.has(conversationId)) return;
    if (waiting.length === 0) all.delete(conversationId);
    else {
      all.set(
        conversationId,
        waiting.map((question) => ({ ...question, attachments: fitting(question.attachments) })),
      );
    }
    this.#keep(KEYS.waiting, Object.fromEntries(all));
  }

  /** Everything was deleted. */
  forget(): void {
    for (const key of Object.values(KEYS)) this.#keep(key, undefined);
  }

  #trays(): v.InferOutput<typeof trayEntry>[] {
    return listOf(trayEntry, this.#memento.get(KEYS.trays));
  }

  #waiting(): Map<string, readonly WaitingQuestion[]> {
    const stored = v.safeParse(v.record(v.string(), v.unknown()), this.#memento.get(KEYS.waiting));
    const entries = stored.success ? Object.entries(stored.output) : [];
    return new Map(entries.map(([id, value]) => [id, listOf(waitingEntry, value)]));
  }

  #keep(key: string, value: unknown): void {
    Promise.resolve(this.#memento.update(key, value)).catch((error: unknown) =>
      this.#onFault(error),
    );
  }
}

/** Each by itself: one that is damaged does not take the others along. */
function listOf<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((entry) => {
    const parsed = v.safeParse(schema, entry);
    return parsed.success ? [parsed.output] : [];
  });
}

function fitting(context: readonly Attachment[]): Attachment[] {
  let left = MAX_CONTEXT;
  return context.filter((attachment) => {
    left -= JSON.stringify(attachment).length;
    return left >= 0;
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
