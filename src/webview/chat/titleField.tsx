import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isComposing } from '../shared/composing';
import { strings } from '../shared/strings';

/** As the protocol has it, UTF-16 units. */
const MAX_TITLE_LENGTH = 300;

interface TitleFieldProps {
  readonly title: string;
  /** `renamed`: absent where nothing changed. `isByKey`: the focus is still here, and should go back to where it was. */
  readonly onDone: (renamed: string | undefined, isByKey: boolean) => void;
}

/** A conversation's name in a field, in its place: Enter or leaving it renames, Escape does not. */
export function TitleField({ title, onDone }: TitleFieldProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  /** Leaving the page makes a field lose its focus as well: that is no second answer. */
  const isDone = useRef(false);
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const end = (text: string, isByKey: boolean): void => {
    if (isDone.current) return;
    isDone.current = true;
    const next = text.trim();
    onDone(next === '' || next === title ? undefined : next, isByKey);
  };
  return (
    <input
      ref={input}
      class="text-field title-field"
      type="text"
      dir="auto"
      defaultValue={title}
      maxLength={MAX_TITLE_LENGTH}
      aria-label={strings.renameLabel}
      autocomplete="off"
      onBlur={(event) => end(event.currentTarget.value, false)}
      onKeyDown={(event) => {
        if (isComposing(event)) return;
        // What surrounds it would open, delete or close something.
        event.stopPropagation();
        if (event.key === 'Enter') end(event.currentTarget.value, true);
        else if (event.key === 'Escape') end(title, true);
        else return;
        event.preventDefault();
      }}
    />
  );
}
