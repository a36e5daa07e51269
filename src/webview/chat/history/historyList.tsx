import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MAX_HISTORY_ITEMS } from '../../../protocol/history';
import type { HistoryItem } from '../../../protocol/history';
import { formatExact } from '../../shared/format';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import { groupsOf } from './groups';
import { HistoryRow } from './historyRow';
import type { HistoryActions } from './historyRow';

interface HistoryListProps {
  readonly panel: Panel;
  readonly items: readonly HistoryItem[];
  /** What they were found with; empty for all. */
  readonly query: string;
  readonly onOpened: () => void;
  /** Up from the first one. */
  readonly onAbove: () => void;
}

/** The conversations, one of them reached with Tab, the others from it with the arrow keys. */
export function HistoryList(props: HistoryListProps): JSX.Element {
  const { panel, items, query, onOpened, onAbove } = props;
  const list = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const [renamingId, setRenamingId] = useState<string>();
  const active = items.find(({ id }) => id === activeId) ?? items[0];
  const focusRow = (id: string): void => rowOf(list.current, id)?.focus();
  useFocusKept(list, items);
  const actions = useActions({
    panel,
    onOpened,
    focusRow,
    setActiveId,
    setRenamingId,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const item = itemAt(event, items);
    if (!item) return;
    const rows = rowsOf(list.current);
    const at = rows.findIndex((row) => row === rowOf(list.current, item.id));
    const handled = (): boolean => {
      if (event.key === 'ArrowUp' && at === 0) onAbove();
      else if (event.key in MOVES) rows.at(MOVES[event.key]?.(at, rows.length) ?? at)?.focus();
      else return onItemKey(event, item, actions);
      return true;
    };
    if (handled()) event.preventDefault();
  };
  const now = Math.floor(Date.now() / 60_000) * 60_000 + 59_999;
  const groups = query === '' ? groupsOf(items, now) : [{ label: foundLabel(items), items }];
  return (
    <div class="history-list" ref={list} onKeyDown={onKeyDown}>
      {groups.map((group) => (
        <section key={group.label} aria-label={group.label}>
          <h3>{group.label}</h3>
          <ul>
            {group.items.map((item) => (
              <HistoryRow
                key={item.id}
                item={item}
                now={now}
                isActive={item.id === active?.id}
                isRenaming={item.id === renamingId}
                actions={actions}
              />
            ))}
          </ul>
        </section>
      ))}
      {items.length >= MAX_HISTORY_ITEMS && (
        <p class="history-more">{strings.historyMore(formatExact(items.length))}</p>
      )}
    </div>
  );
}

function foundLabel(items: readonly HistoryItem[]): string {
  const count = items.length;
  return strings.historyFound(`${formatExact(count)}${count >= MAX_HISTORY_ITEMS ? '+' : ''}`);
}

/** Index of the row that a key leads to. */
const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  PageDown: (at, count) => Math.min(at + 10, count - 1),
  PageUp: (at) => Math.max(at - 10, 0),
  Home: () => 0,
  End: () => -1,
};

/** Returns whether the key means something. */
function onItemKey(event: KeyboardEvent, item: HistoryItem, actions: HistoryActions): boolean {
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.key === 'F2') actions.startRename(item);
  else if (event.key === 'Delete' || (event.key === 'Backspace' && event.metaKey)) {
    actions.remove(item);
  } else if (event.key === 'Enter' && isCommand) actions.open(item, 'tab');
  else return false;
  return true;
}

/** The item whose row has the focus; keys on the buttons beside it are theirs. */
function itemAt(event: KeyboardEvent, items: readonly HistoryItem[]): HistoryItem | undefined {
  const { target } = event;
  if (!(target instanceof HTMLElement) || !target.classList.contains('history-open')) {
    return undefined;
  }
  const id = target.closest<HTMLElement>('[data-chat]')?.dataset['chat'];
  return items.find((item) => item.id === id);
}

interface ActionParts {
  readonly panel: Panel;
  readonly onOpened: () => void;
  readonly focusRow: (id: string) => void;
  readonly setActiveId: (id: string) => void;
  readonly setRenamingId: (id: string | undefined) => void;
}

/** One object for all rows and drawings, so that rows that did not change are not drawn. */
function useActions(parts: ActionParts): HistoryActions {
  const latest = useRef(parts);
  latest.current = parts;
  const [actions] = useState<HistoryActions>(() => {
    const post: Panel['post'] = (message) => latest.current.panel.post(message);
    return {
      open: (item, place) => {
        const turnId = item.hit?.turnId;
        const where = turnId === undefined ? {} : { turnId };
        // What is shown already is not opened again, only gone back to.
        if (!item.isCurrent || turnId !== undefined || place === 'tab') {
          post({ type: 'openChat', conversationId: item.id, place, ...where });
        }
        latest.current.onOpened();
      },
      startRename: (item) => latest.current.setRenamingId(item.id),
      endRename: (item, title, isByKey) => {
        if (title !== undefined) post({ type: 'renameChat', conversationId: item.id, title });
        latest.current.setRenamingId(undefined);
        if (isByKey) requestAnimationFrame(() => latest.current.focusRow(item.id));
      },
      pin: ({ id, pinned }) => post({ type: 'pinChat', conversationId: id, pinned: !pinned }),
      remove: ({ id }) => post({ type: 'deleteChat', conversationId: id }),
      export: ({ id }, format) => post({ type: 'exportChat', conversationId: id, format }),
      activate: ({ id }) => latest.current.setActiveId(id),
    };
  });
  return actions;
}

type Ref<T> = { readonly current: T | null };

/** When the row that had the focus goes, the one in its place gets it. */
function useFocusKept(list: Ref<HTMLElement>, items: readonly HistoryItem[]): void {
  const place = useRef(-1);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const remember = (event: FocusEvent): void => {
      const row = event.target instanceof HTMLElement && event.target.closest('[data-chat]');
      const all = [...element.querySelectorAll('[data-chat]')];
      place.current = all.findIndex((each) => each === row);
    };
    const forget = (event: FocusEvent): void => {
      // Without a target the focused element may just be on its way out of the page.
      if (event.relatedTarget) place.current = -1;
    };
    element.addEventListener('focusin', remember);
    element.addEventListener('focusout', forget);
    return () => {
      element.removeEventListener('focusin', remember);
      element.removeEventListener('focusout', forget);
    };
  }, [list]);
  useLayoutEffect(() => {
    const was = place.current;
    if (was === -1 || document.activeElement !== document.body) return;
    const rows = rowsOf(list.current);
    rows[Math.min(was, rows.length - 1)]?.focus();
  }, [items]);
}

function rowsOf(list: HTMLElement | null): readonly HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('.history-open') ?? [])];
}

function rowOf(list: HTMLElement | null, id: string): HTMLElement | undefined {
  const rows = rowsOf(list);
  return rows.find((row) => row.closest<HTMLElement>('[data-chat]')?.dataset['chat'] === id);
}
