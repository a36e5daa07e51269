import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { isComposing } from '../../shared/composing';
import { IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import type { TurnModel } from '../turnModel';

interface FeedbackProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
}

/** Thumbs up and down; pressing again takes it back. A thumb down counts at once and asks for a reason that may be left out. */
export function FeedbackButtons({ panel, turn }: FeedbackProps): JSX.Element {
  const { feedback } = turn.facts;
  const rate = (rating: 'up' | 'down'): void => {
    const next = feedback?.rating === rating ? null : rating;
    panel.post({ type: 'feedback', turnId: turn.id, rating: next, reason: '' });
    turn.ui.set({ reason: next === 'down' ? '' : undefined });
  };
  const isUp = feedback?.rating === 'up';
  const isDown = feedback?.rating === 'down';
  const reason = isDown ? feedback.reason : '';
  return (
    <>
      <IconButton
        icon={isUp ? 'thumbsup-filled' : 'thumbsup'}
        label={strings.goodAnswer}
        isPressed={isUp}
        onClick={() => rate('up')}
      />
      <IconButton
        icon={isDown ? 'thumbsdown-filled' : 'thumbsdown'}
        label={reason === '' ? strings.badAnswer : strings.badAnswerBecause(reason)}
        isPressed={isDown}
        className="thumb-down"
        onClick={() => rate('down')}
      />
    </>
  );
}

/** The reason for a thumb down: Enter sends, Escape skips. */
export function ReasonField({ panel, turn }: FeedbackProps): JSX.Element | null {
  const { reason } = turn.ui.state;
  const input = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  useLayoutEffect(() => input.current?.focus(), []);
  if (reason === undefined) return null;
  const close = (from: HTMLElement | null): void => {
    const thumb = from?.closest('article')?.querySelector<HTMLElement>('.thumb-down');
    thumb?.focus({ preventScroll: true });
    turn.ui.set({ reason: undefined });
  };
  const send = (): void => {
    const text = reason.trim();
    if (text !== '') {
      panel.post({ type: 'feedback', turnId: turn.id, rating: 'down', reason: text });
      panel.store.announce(strings.thanks);
    }
    close(input.current);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event) || event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close(input.current);
  };
  return (
    <form
      class="reason"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label for={fieldId}>{strings.reasonLabel}</label>
      <div class="reason-row">
        <input
          ref={input}
          id={fieldId}
          class="text-field"
          type="text"
          maxLength={10_000}
          value={reason}
          autocomplete="off"
          onInput={(event) => turn.ui.set({ reason: event.currentTarget.value })}
        />
        <button type="submit" class="button" disabled={reason.trim() === ''}>
          {strings.sendReason}
        </button>
        <button type="button" class="button secondary" onClick={() => close(input.current)}>
          {strings.skip}
        </button>
      </div>
    </form>
  );
}
