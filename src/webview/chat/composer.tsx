import type { JSX } from 'preact';
import type { SessionView } from '../../protocol/chat';
import { isComposing } from '../shared/composing';
import { Icon, IconButton } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { Chips } from './composer/chips';
import { ComposerHead } from './composer/composerHead';
import { useDraft } from './composer/draft';
import type { Draft } from './composer/draft';
import { Gauge } from './composer/gauge';
import { IntakeNotes } from './composer/intakeNotes';
import { Pickers } from './composer/pickers';
import { QuestionText } from './composer/questionText';
import { QueueList } from './composer/queueList';
import { SuggestionList } from './composer/suggestionList';
import { useIntake } from './composer/useIntake';
import { useQuestionWalk } from './composer/useQuestionWalk';
import { useSuggestions } from './composer/useSuggestions';
import type { Panel } from './panel';

interface ComposerProps {
  readonly panel: Panel;
  readonly session: SessionView;
}

/** Where questions are written; also says where they go, what goes with them, and how much room there is. */
export function Composer({ panel, session }: ComposerProps): JSX.Element {
  const draft = useDraft(panel, session);
  const { attachments } = session;
  const suggestions = useSuggestions(panel, session, draft);
  const intake = useIntake(panel, attachments);
  const walk = useQuestionWalk(panel, draft);
  const focusText = (): void => draft.input.current?.focus();
  const canSend = session.endpoint.kind !== 'none' && draft.text.trim() !== '';
  const send = (): void => {
    const [firstStep] = session.setup;
    if (session.endpoint.kind === 'none' && firstStep)
      panel.post({ type: 'action', action: firstStep.action });
    if (!canSend) return;
    panel.post({ type: 'send', text: draft.text.trim() });
    draft.change('');
    suggestions.close();
    intake.dismiss();
  };
  const take = (event: KeyboardEvent): boolean => {
    if (suggestions.onKey(event) || walk(event)) return true;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) send();
    else if (event.key === 'Escape' && session.busy) panel.post({ type: 'stop' });
    else return event.key === 'Backspace' && focusLastChip(draft);
    return true;
  };
  return (
    <form
      class="composer"
      aria-label={strings.composerLabel}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <QueueList panel={panel} queue={session.queue} focusText={focusText} />
      <ComposerHead session={session} isWriting={draft.text !== '' || attachments.length > 0} />
      {session.gauge?.warning !== undefined && (
        <p class="composer-warning">
          <Icon name="warning" />
          <span>{session.gauge.warning}</span>
        </p>
      )}
      {intake.note && (
        <IntakeNotes
          note={intake.note}
          attachments={attachments}
          dismiss={intake.dismiss}
          insert={(text, id) => {
            panel.post({ type: 'detach', id });
            intake.dismiss();
            insertAtCaret(draft, text);
          }}
        />
      )}
      <div class="composer-box">
        {suggestions.isOpen && <SuggestionList suggestions={suggestions} />}
        <Chips
          panel={panel}
          attachments={attachments}
          thumbnails={intake.thumbnails}
          focusText={focusText}
        />
        <QuestionText
          session={session}
          draft={draft}
          suggestions={suggestions}
          onPaste={intake.onPaste}
          onKeyDown={(event) => {
            if (!isComposing(event) && take(event)) event.preventDefault();
          }}
        />
        <div class="composer-bar">
          <IconButton icon="add" label={strings.addContext} onClick={suggestions.ask} />
          <Pickers panel={panel} session={session} />
          <span class="composer-end">
            {session.gauge && (
              <Gauge
                panel={panel}
                gauge={session.gauge}
                canCompact={session.endpoint.kind !== 'none' && !session.busy}
              />
            )}
            {session.busy && (
              <IconButton
                icon="debug-stop"
                label={strings.stop}
                className="stop"
                onClick={() => panel.post({ type: 'stop' })}
              />
            )}
            {(!session.busy || canSend) && <SendButton isBusy={session.busy} canSend={canSend} />}
          </span>
        </div>
        {intake.isDragging && (
          <div class="drop-target">
            <Icon name="attach" />
            <span>{strings.dropHere}</span>
          </div>
        )}
      </div>
    </form>
  );
}

interface SendButtonProps {
  readonly isBusy: boolean;
  readonly canSend: boolean;
}

function SendButton({ isBusy, canSend }: SendButtonProps): JSX.Element {
  const label = isBusy ? strings.queueQuestion : strings.send;
  return (
    <button
      type="submit"
      class={`icon-button ${isBusy ? 'enqueue' : 'send'}`}
      title={label}
      aria-label={label}
      disabled={!canSend}
    >
      <Icon name={isBusy ? 'list-ordered' : 'send'} />
    </button>
  );
}

/** Backspace where nothing is left to delete goes to the last chip, which the next one removes. */
function focusLastChip(draft: Draft): boolean {
  const input = draft.input.current;
  if (draft.text !== '' || !input) return false;
  const chips = input.form?.querySelectorAll<HTMLElement>('.chip-open');
  const last = chips?.item(chips.length - 1);
  last?.focus();
  return Boolean(last);
}

function insertAtCaret(draft: Draft, text: string): void {
  const input = draft.input.current;
  const start = input?.selectionStart ?? draft.text.length;
  const end = input?.selectionEnd ?? start;
  draft.change(draft.text.slice(0, start) + text + draft.text.slice(end), start + text.length);
  input?.focus();
}
