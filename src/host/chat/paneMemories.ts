import * as v from 'valibot';
import type { ChatMemory } from './chatMemory';
import type { PaneMemory } from './paneDeps';

const VIEW_TRAY = 'view';

/** Of the side bar: all of it is in the workspace's memory. */
export function viewMemory(memory: ChatMemory): PaneMemory {
  return {
    get conversationId() {
      return memory.conversationId;
    },
    set conversationId(id) {
      memory.conversationId = id;
    },
    get draft() {
      return memory.draft;
    },
    set draft(text) {
      memory.draft = text;
    },
    get tray() {
      return memory.tray(VIEW_TRAY);
    },
    set tray(contents) {
      memory.rememberTray(VIEW_TRAY, contents);
    },
  };
}

const tabState = v.object({
  conversationId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
  draft: v.optional(v.string()),
});
export type TabState = v.InferOutput<typeof tabState>;

/** What a tab's page remembers, as far as it is that. */
export function parseTabState(state: unknown): TabState {
  const parsed = v.safeParse(tabState, state);
  return parsed.success ? parsed.output : {};
}

/** Of a tab: VS Code keeps what its page remembers, and `changed` is told, should that get lost. */
export function tabMemory(memory: ChatMemory, state: TabState, changed: () => void): PaneMemory {
  let { conversationId, draft = '' } = state;
  const key = (): string => `tab:${conversationId ?? ''}`;
  return {
    get conversationId() {
      return conversationId;
    },
    set conversationId(id) {
      if (id === conversationId) return;
      const contents = memory.tray(key());
      memory.rememberTray(key(), { sources: [], attachments: [] });
      conversationId = id;
      memory.rememberTray(key(), contents);
      changed();
    },
    get draft() {
      return draft;
    },
    set draft(text) {
      draft = text;
      changed();
    },
    get tray() {
      return memory.tray(key());
    },
    set tray(contents) {
      memory.rememberTray(key(), contents);
    },
  };
}
