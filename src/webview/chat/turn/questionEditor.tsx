import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { MAX_PROMPT_LENGTH } from '../../../protocol/chatToHost';
import { isComposing } from '../../shared/composing';
import { strings } from '../../shared/strings';

interface QuestionEditorProps {
  readonly text: string;
  readonly isBusy: boolean;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
  readonly onCancel: () => void;
}

/** The question in a field, in its place. Enter sends, Escape leaves it as it was. */
export function QuestionEditor(props: QuestionEditorProps): JSX.Element {
  const { text, isBusy, onText, onSend, onCancel } = props;
  const input = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();
  useLayoutEffect(() => {
    const field = input.current;
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }, []);
  const canSend = !isBusy && text.trim() !== '';
  const send = (): void => {
    if (canSend) onSend();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onCancel();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form
      class="question-editor"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        rows={2}
        dir="auto"
        value={text}
        maxLength={MAX_PROMPT_LENGTH}
        aria-label={strings.editLabel}
        aria-describedby={hintId}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p class="question-editor-hint" id={hintId}>
        {strings.editHint}
      </p>
      <div class="actions">
        <button
          type="submit"
          class="button"
          disabled={!canSend}
          title={isBusy ? strings.notWhileBusy : undefined}
        >
          {strings.sendEdit}
        </button>
        <button type="button" class="button secondary" onClick={onCancel}>
          {strings.cancel}
        </button>
      </div>
    </form>
  );
}
