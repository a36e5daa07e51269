import type { JSX } from 'preact';
import { Icon } from './iconButton';

interface ErrorBoxProps {
  readonly title: string;
  readonly detail: string;
  /** What the button says, which does `onAgain`. */
  readonly again: string;
  readonly onAgain: () => void;
}

/** What went wrong, read aloud at once, and a way to try again. */
export function ErrorBox({ title, detail, again, onAgain }: ErrorBoxProps): JSX.Element {
  return (
    <div class="error-box" role="alert">
      <Icon name="error" />
      <div class="error-body">
        <p class="error-title">{title}</p>
        <p class="error-detail">{detail}</p>
        <div class="actions">
          <button type="button" class="button" onClick={onAgain}>
            {again}
          </button>
        </div>
      </div>
    </div>
  );
}
