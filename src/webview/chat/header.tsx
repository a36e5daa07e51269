import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../protocol/chat';
import { IconButton } from '../shared/iconButton';
import { MenuButton } from '../shared/menuButton';
import type { MenuItem } from '../shared/menuButton';
import { strings } from '../shared/strings';
import type { Panel } from './panel';
import { TitleField } from './titleField';

interface HeaderProps {
  readonly panel: Panel;
  readonly session: SessionView;
  readonly onHistory: () => void;
  /** Absent while there is nothing to look through. */
  readonly onFind: (() => void) | undefined;
}

/** One row: which conversation this is, and the way to others. */
export function Header({ panel, session, onHistory, onFind }: HeaderProps): JSX.Element {
  return (
    <header class="panel-header">
      <Title key={session.conversationId} panel={panel} session={session} />
      <IconButton icon="history" label={strings.history} onClick={onHistory} />
      <IconButton
        icon="add"
        label={strings.newChat}
        onClick={() => panel.post({ type: 'action', action: 'newChat' })}
      />
      <MenuButton
        icon="ellipsis"
        label={strings.chatActions}
        items={itemsFor(panel, session.conversationId, onFind)}
      />
    </header>
  );
}

function itemsFor(
  { post }: Panel,
  conversationId: string,
  onFind: (() => void) | undefined,
): readonly MenuItem[] {
  return [
    ...(onFind ? [{ id: 'find', icon: 'search', label: strings.findInChat, run: onFind }] : []),
    {
      id: 'tab',
      icon: 'open-in-product',
      label: strings.openInTab,
      run: () => post({ type: 'openChat', conversationId, place: 'tab' }),
    },
    {
      id: 'markdown',
      icon: 'markdown',
      label: strings.exportMarkdown,
      run: () => post({ type: 'exportChat', conversationId, format: 'markdown' }),
    },
    {
      id: 'json',
      icon: 'json',
      label: strings.exportJson,
      run: () => post({ type: 'exportChat', conversationId, format: 'json' }),
    },
    {
      id: 'delete',
      icon: 'trash',
      label: strings.deleteChat,
      run: () => post({ type: 'deleteChat', conversationId }),
    },
  ];
}

/** A click or F2 makes it a field. */
function Title({ panel, session }: Pick<HeaderProps, 'panel' | 'session'>): JSX.Element {
  const [isEditing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  const title = session.title || strings.newChat;
  useLayoutEffect(() => {
    if (isEditing || !back.current) return;
    back.current = false;
    button.current?.focus();
  }, [isEditing]);
  if (isEditing) {
    const { conversationId } = session;
    return (
      <TitleField
        title={title}
        onDone={(renamed, isByKey) => {
          if (renamed !== undefined) {
            panel.post({ type: 'renameChat', conversationId, title: renamed });
          }
          back.current = isByKey;
          setEditing(false);
        }}
      />
    );
  }
  return (
    <h1 class="panel-title">
      <button
        ref={button}
        type="button"
        title={strings.chatTitle(title)}
        onClick={() => setEditing(true)}
        onKeyDown={(event) => {
          if (event.key === 'F2') setEditing(true);
        }}
      >
        {title}
      </button>
    </h1>
  );
}
