import type { JSX } from 'preact';
import type { SessionView } from '../../../protocol/chat';
import { MAX_PROMPT_LENGTH } from '../../../protocol/chatToHost';
import { strings } from '../../shared/strings';
import { argumentHint } from './commandSuggestions';
import type { Draft } from './draft';
import { SUGGESTION_LIST_ID, suggestionId } from './suggestionList';
import type { Suggestions } from './useSuggestions';

interface QuestionTextProps {
  readonly session: SessionView;
  readonly draft: Draft;
  readonly suggestions: Suggestions;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
}

/** The text area, with what a command's arguments may be in grey behind it. */
export function QuestionText(props: QuestionTextProps): JSX.Element {
  const { session, draft, suggestions, onKeyDown, onPaste } = props;
  const { isOpen, items, active } = suggestions;
  const hint = argumentHint(session.commands, draft.text);
  const followCaret = (event: { currentTarget: HTMLTextAreaElement }): void =>
    suggestions.moved(event.currentTarget.selectionEnd);
  return (
    <div class="question-field">
      {hint !== '' && (
        <div class="argument-hint" aria-hidden="true">
          <span>{draft.text}</span>
          {hint}
        </div>
      )}
      <textarea
        ref={draft.input}
        rows={1}
        dir="auto"
        value={draft.text}
        maxLength={MAX_PROMPT_LENGTH}
        aria-label={strings.composerLabel}
        aria-description={hint === '' ? undefined : hint}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={isOpen ? SUGGESTION_LIST_ID : undefined}
        aria-activedescendant={isOpen && items.length > 0 ? suggestionId(active) : undefined}
        placeholder={
          session.endpoint.kind === 'none' ? strings.placeholderNoEndpoint : strings.placeholder
        }
        onInput={({ currentTarget }) => {
          draft.change(currentTarget.value);
          suggestions.typed(currentTarget.value, currentTarget.selectionEnd);
        }}
        onKeyDown={onKeyDown}
        onKeyUp={followCaret}
        onClick={followCaret}
        onPaste={onPaste}
        onBlur={() => {
          suggestions.close();
          draft.flush();
        }}
      />
    </div>
  );
}
