import { Component } from 'preact';
import type { JSX } from 'preact';
import type { HistoryItem } from '../../../protocol/history';
import { timeAgo, wholeDate } from '../../shared/dates';
import { Icon, IconButton } from '../../shared/iconButton';
import { MenuButton } from '../../shared/menuButton';
import type { MenuItem } from '../../shared/menuButton';
import { strings } from '../../shared/strings';
import { TitleField } from '../titleField';
import { Marked } from './marked';

/** What can be done with a conversation of the list; the same object all the time. */
export interface HistoryActions {
  open(item: HistoryItem, place: 'here' | 'tab'): void;
  /** Makes the title a field. */
  startRename(item: HistoryItem): void;
  endRename(item: HistoryItem, title: string | undefined, isByKey: boolean): void;
  pin(item: HistoryItem): void;
  remove(item: HistoryItem): void;
  export(item: HistoryItem, format: 'markdown' | 'json'): void;
  /** The keyboard's place in the list. */
  activate(item: HistoryItem): void;
}

interface HistoryRowProps {
  readonly item: HistoryItem;
  readonly now: number;
  readonly isActive: boolean;
  readonly isRenaming: boolean;
  readonly actions: HistoryActions;
}

interface HistoryRowState {
  /** Whether it is pointed at or holds the focus: only then it has buttons, 200 rows would have 600. */
  readonly isPointedAt: boolean;
  readonly isFocused: boolean;
}

/** A conversation in the list. Draws itself again only when something about it changed. */
export class HistoryRow extends Component<HistoryRowProps, HistoryRowState> {
  override state: HistoryRowState = { isPointedAt: false, isFocused: false };

  override shouldComponentUpdate(next: HistoryRowProps, state: HistoryRowState): boolean {
    const { item, now, isActive, isRenaming } = this.props;
    return (
      next.item !== item ||
      next.now !== now ||
      next.isActive !== isActive ||
      next.isRenaming !== isRenaming ||
      state.isPointedAt !== this.state.isPointedAt ||
      state.isFocused !== this.state.isFocused
    );
  }

  override render(props: HistoryRowProps, state: HistoryRowState): JSX.Element {
    const { item, now, isActive, isRenaming, actions } = props;
    const isHot = state.isPointedAt || state.isFocused;
    return (
      <li
        class={`history-row ${item.isCurrent ? 'current' : ''} ${isHot ? 'hot' : ''}`}
        data-chat={item.id}
        onPointerEnter={() => this.setState({ isPointedAt: true })}
        onPointerLeave={() => this.setState({ isPointedAt: false })}
        onFocusIn={() => {
          this.setState({ isFocused: true });
          actions.activate(item);
        }}
        onFocusOut={() => this.setState({ isFocused: false })}
      >
        {isRenaming ? (
          <TitleField
            title={item.title}
            onDone={(title, isByKey) => actions.endRename(item, title, isByKey)}
          />
        ) : (
          <>
            <RowButton item={item} now={now} isActive={isActive} actions={actions} />
            {isHot && <RowActions item={item} actions={actions} />}
          </>
        )}
      </li>
    );
  }
}

type RowButtonProps = Omit<HistoryRowProps, 'isRenaming'>;

function RowButton({ item, now, isActive, actions }: RowButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="history-open"
      tabIndex={isActive ? 0 : -1}
      aria-current={item.isCurrent ? 'true' : undefined}
      title={`${item.title}\n${wholeDate(item.at)}`}
      onClick={(event) => actions.open(item, event.ctrlKey || event.metaKey ? 'tab' : 'here')}
    >
      <span class="history-line">
        <State item={item} />
        <span class="history-title">
          {isInTitle(item) ? (
            <Marked text={item.title} matches={item.hit?.matches ?? []} />
          ) : (
            item.title
          )}
        </span>
        <span class="history-time">{timeAgo(item.at, now, strings.justNow)}</span>
      </span>
      {item.hit && !isInTitle(item) && (
        <span class="history-excerpt">
          <Marked text={item.hit.excerpt} matches={item.hit.matches} />
        </span>
      )}
      {item.workspace !== undefined && (
        <span class="history-workspace">
          <Icon name="root-folder" />
          <span>{item.workspace}</span>
        </span>
      )}
    </button>
  );
}

/** Then the title shows what was found, and no excerpt says the same again. */
function isInTitle({ hit, title }: HistoryItem): boolean {
  return hit !== undefined && hit.turnId === undefined && hit.excerpt === title;
}

/** At most one sign: that something runs says more than that something is new. */
function State({ item }: { readonly item: HistoryItem }): JSX.Element | null {
  if (item.isRunning) {
    return (
      <>
        <Icon name="loading" spins />
        <span class="visually-hidden">{strings.chatRunning}</span>
      </>
    );
  }
  if (!item.isUnread) return null;
  return (
    <>
      <span class="unread-dot" title={strings.chatUnread} />
      <span class="visually-hidden">{strings.chatUnread}</span>
    </>
  );
}

type RowActionsProps = Pick<HistoryRowProps, 'item' | 'actions'>;

function RowActions({ item, actions }: RowActionsProps): JSX.Element {
  const pin: MenuItem = {
    id: 'pin',
    icon: item.pinned ? 'pinned' : 'pin',
    label: item.pinned ? strings.unpin : strings.pin,
    run: () => actions.pin(item),
  };
  const remove: MenuItem = {
    id: 'delete',
    icon: 'trash',
    label: strings.delete,
    run: () => actions.remove(item),
  };
  const items: readonly MenuItem[] = [
    {
      id: 'tab',
      icon: 'open-in-product',
      label: strings.openInTab,
      run: () => actions.open(item, 'tab'),
    },
    { id: 'rename', icon: 'edit', label: strings.rename, run: () => actions.startRename(item) },
    pin,
    {
      id: 'markdown',
      icon: 'markdown',
      label: strings.exportMarkdown,
      run: () => actions.export(item, 'markdown'),
    },
    {
      id: 'json',
      icon: 'json',
      label: strings.exportJson,
      run: () => actions.export(item, 'json'),
    },
    remove,
  ];
  return (
    <div class="history-actions">
      {[pin, remove].map(({ id, icon, label, run }) => (
        <IconButton key={id} icon={icon ?? ''} label={label} className="wide-only" onClick={run} />
      ))}
      <MenuButton icon="ellipsis" label={strings.moreActions} items={items} />
    </div>
  );
}
