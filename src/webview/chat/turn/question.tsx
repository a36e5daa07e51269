import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useCopy } from '../../shared/copyButton';
import { IconButton } from '../../shared/iconButton';
import { MenuButton } from '../../shared/menuButton';
import type { MenuItem } from '../../shared/menuButton';
import { strings } from '../../shared/strings';
import { Toolbar } from '../../shared/toolbar';
import { useEvents } from '../../shared/useEvent';
import type { Panel } from '../panel';
import type { TurnModel } from '../turnModel';
import { turnText } from '../window/conversationText';
import { Attachments } from './attachments';
import { BranchSwitch } from './branchSwitch';
import { QuestionEditor } from './questionEditor';
import { useBusy } from './useBusy';

interface QuestionProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
}

/** What was asked, with what went along, which version of it this is, and what can be done with it. */
export function Question({ panel, turn }: QuestionProps): JSX.Element {
  const { ui, facts } = turn;
  useEvents(ui.onChange);
  const isBusy = useBusy(panel);
  const { edit } = ui.state;
  const actions = useReturnedFocus(edit !== undefined);
  const send = (text: string): void => {
    ui.set({ edit: undefined });
    panel.post({ type: 'edit', turnId: turn.id, text });
  };
  return (
    <div class={`question-part ${edit === undefined ? '' : 'editing'}`}>
      <div class="question">
        {edit === undefined ? (
          <QuestionText turn={turn} />
        ) : (
          <QuestionEditor
            text={edit}
            isBusy={isBusy}
            onText={(text) => ui.set({ edit: text })}
            onSend={() => send(edit)}
            onCancel={() => ui.set({ edit: undefined })}
          />
        )}
        <Attachments panel={panel} turnId={turn.id} attachments={facts.attachments} />
      </div>
      {edit === undefined && (
        <div class="question-bar" ref={actions}>
          <QuestionActions panel={panel} turn={turn} isBusy={isBusy} />
          {facts.branch && facts.branch.count > 1 && (
            <BranchSwitch panel={panel} turnId={turn.id} branch={facts.branch} isBusy={isBusy} />
          )}
        </div>
      )}
    </div>
  );
}

interface QuestionActionsProps extends QuestionProps {
  readonly isBusy: boolean;
}

/** Each a button where there is room, and all in one menu where there is not: the style sheet shows one of the two. */
function QuestionActions({ panel, turn, isBusy }: QuestionActionsProps): JSX.Element {
  const { ui, facts } = turn;
  const announce = (text: string): void => panel.store.announce(text);
  const [isCopied, copy] = useCopy(() => facts.prompt, announce);
  const [isTurnCopied, copyTurn] = useCopy(() => turnText(panel, turn), announce);
  const busy = isBusy ? { hint: strings.notWhileBusy, isDisabled: true } : {};
  const items: readonly MenuItem[] = [
    {
      id: 'edit',
      icon: 'edit',
      label: strings.editQuestion,
      run: () => ui.set({ edit: facts.prompt }),
      ...busy,
    },
    { id: 'copy', icon: isCopied ? 'check' : 'copy', label: strings.copyQuestion, run: copy },
    {
      id: 'copyTurn',
      icon: isTurnCopied ? 'check' : 'markdown',
      label: strings.copyTurn,
      run: copyTurn,
    },
    {
      id: 'delete',
      icon: 'trash',
      label: strings.deleteTurn,
      run: () => panel.post({ type: 'deleteTurn', turnId: turn.id }),
      ...busy,
    },
  ];
  return (
    <Toolbar className="question-actions" label={strings.questionActions}>
      {items.map(({ id, icon, label, hint, isDisabled, run }) => (
        <IconButton
          key={id}
          icon={icon ?? ''}
          label={hint === undefined ? label : `${label}: ${hint}`}
          isDisabled={isDisabled === true}
          className="wide-only"
          onClick={run}
        />
      ))}
      <MenuButton
        icon="ellipsis"
        label={strings.moreActions}
        items={items}
        className="narrow-only"
      />
    </Toolbar>
  );
}

/** When the editor closes, the focus goes to the first of the buttons that can be seen. */
function useReturnedFocus(isEditing: boolean): { readonly current: HTMLDivElement | null } {
  const actions = useRef<HTMLDivElement>(null);
  const was = useRef(isEditing);
  useLayoutEffect(() => {
    if (was.current && !isEditing && document.activeElement === document.body) {
      for (const button of actions.current?.querySelectorAll('button') ?? []) {
        button.focus({ preventScroll: true });
        if (document.activeElement === button) break;
      }
    }
    was.current = isEditing;
  }, [isEditing]);
  return actions;
}

function QuestionText({ turn }: { readonly turn: TurnModel }): JSX.Element {
  const { ui } = turn;
  const isOpen = ui.state.isQuestionOpen;
  const [isCut, setCut] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let frame = 0;
    // Not within the observer: what appears changes the size that is observed.
    const sizes = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (!isOpen) setCut(element.scrollHeight > element.clientHeight + 1);
      });
    });
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [isOpen]);
  return (
    <>
      <div class={`question-text ${isOpen ? 'open' : ''}`} ref={box}>
        {turn.facts.prompt}
      </div>
      {(isCut || isOpen) && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isOpen}
          onClick={() => ui.set({ isQuestionOpen: !isOpen })}
        >
          {isOpen ? strings.showLess : strings.showAll}
        </button>
      )}
    </>
  );
}
