import type { JSX } from 'preact';
import type { ChatToHost } from '../../protocol/chatToHost';
import type { TurnErrorView } from '../../protocol/turn';
import { CopyButton } from '../shared/copyButton';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import type { Panel } from './panel';

interface TurnErrorProps {
  readonly panel: Panel;
  readonly turnId: string;
  readonly error: TurnErrorView;
}

/** What went wrong, where the answer would be, and what to do about it. */
export function TurnError({ panel, turnId, error }: TurnErrorProps): JSX.Element {
  const { requestId } = error;
  const choices = choicesOf(turnId, error);
  return (
    <div class="error-box">
      <Icon name="error" />
      <div class="error-body">
        <p class="error-title">{error.title}</p>
        {error.detail !== '' && <p class="error-detail">{error.detail}</p>}
        {requestId !== undefined && (
          <p class="request-id">
            <span>{strings.requestId(requestId)}</span>
            <CopyButton
              label={strings.copyRequestId}
              text={() => requestId}
              announce={(text) => panel.store.announce(text)}
            />
          </p>
        )}
        {choices.length > 0 && (
          <div class="actions">
            {choices.map(({ label, message }, index) => (
              <button
                key={label}
                type="button"
                class={index === 0 ? 'button' : 'button secondary'}
                onClick={() => panel.post(message)}
              >
                {label}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

interface Choice {
  readonly label: string;
  readonly message: ChatToHost;
}

/** What helps most comes first. */
function choicesOf(turnId: string, error: TurnErrorView): readonly Choice[] {
  const retry: Choice = { label: strings.retry, message: { type: 'retry', turnId } };
  const wait: Choice[] =
    error.wait === undefined
      ? []
      : [{ label: error.wait, message: { type: 'retryLater', turnId } }];
  const actions = error.actions.map(({ action, label }): Choice => {
    return { label, message: { type: 'action', action } };
  });
  return [
    ...(error.retry === 'first' ? [retry] : []),
    ...wait,
    ...actions,
    ...(error.retry === 'last' ? [retry] : []),
  ];
}
